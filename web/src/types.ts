// The shapes that /api/v1 speaks.  Ids are strings: they do not fit a double.

export type Role = 'member' | 'moderator' | 'operator';

export interface Me {
  id: string;
  handle: string;
  name: string;
  bio: string;
  avatar: string | null;
  languages: string[];
  country: string | null;
  role: Role;
}

export interface Author {
  id: string;
  handle: string;
  name: string;
  avatar: string | null;
}

export interface Profile extends Author {
  bio: string;
  counts: { followers: number; following: number; videos: number; likes: number };
  following: boolean;
  blocked: boolean;
  self: boolean;
}

export interface Video {
  id: string;
  author: Author;
  caption: string;
  language: string | null;
  created: string;
  duration_ms: number;
  width: number;
  height: number;
  src: string;
  poster: string;
  color: string;
  has_audio: boolean;
  /** Languages that it has captions in. */
  tracks: string[];
  counts: { likes: number; comments: number; views: number };
  liked: boolean;
  saved: boolean;
  following: boolean;
  reason?: Reason;
}

/** `about`: what it shares with clips that this person watched, liked or asked for; `name` of a hashtag, without #. */
export interface Reason { code: string; text_key: string; about?: 'creator' | 'hashtag' | 'language'; name?: string }

export type Opinion = 'more' | 'less' | 'hide';

/** One thing that the feed has learned; the score in thousandths, from -10 to 10. */
export interface Interest {
  type: 'creator' | 'hashtag' | 'language';
  name: string;
  score: number;
  held_back: boolean;
  watched: boolean;
  enjoyed: boolean;
  asked: boolean;
}

/** Without #, folded. */
export interface Hashtag { name: string; videos: number }

export interface Comment {
  id: string;
  video: string;
  author: Author;
  text: string;
  created: string;
  /** Of a reply: the comment that its thread hangs on. */
  thread: string | null;
  /** Of a reply: the handle of whom it answers. */
  answers: string | null;
  replies: number;
  own: boolean;
}

export type NotificationKind = 'follow' | 'like' | 'comment' | 'reply' | 'mention' | 'published' | 'failed' | 'demand';

export interface Notification {
  id: string;
  kind: NotificationKind;
  created: string;
  unread: boolean;
  /** How many did it. */
  people: number;
  /** The newest of them. */
  actors: Author[];
  /** Whether this person follows the first of them. */
  following: boolean;
  video: { id: string; caption: string; poster: string; color: string } | null;
  comment: { id: string; thread: string | null; text: string } | null;
  reason: string | null;
}

export interface Session {
  id: string;
  created: string;
  last_used: string;
  client: string;
  current: boolean;
}

export type DraftState = 'uploading' | 'queued' | 'processing' | 'ready' | 'failed' | 'published';

export interface Draft {
  id: string;
  upload: string | null;
  state: DraftState;
  /** Thousandths of the preparation done. */
  progress: number;
  caption: string;
  language: string | null;
  reason: { code: string; text: string } | null;
  trim_start_ms: number;
  trim_end_ms: number | null;
  cover_ms: number | null;
  duration_ms: number;
  poster: string | null;
  src: string | null;
  video: string | null;
  created: string;
  bytes: number;
  received: number;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface View {
  video: string;
  watched_ms: number;
  completed: boolean;
  shared?: boolean;
  /** They went elsewhere, not on to the next clip: however short, it is no skip. */
  left?: boolean;
}

export interface Node {
  name: string;
  place: string;
  jurisdiction: string;
  operator: string;
  sign_up: 'open' | 'invitation' | 'closed';
  languages: string[];
  demands: number;
  /** Ids of accounts that are a demonstration, not people. */
  demo: string[];
}

/** How far the making of the demo network's clips is. */
export interface Demo { made: number; wanted: number; making: boolean }

/** oEmbed: how another site shows a clip. */
export interface Embed { html: string; width: number; height: number }

export type ReportKind = 'video' | 'comment' | 'account';
