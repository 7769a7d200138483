// Everything that the client asks of /api/v1, with types.
import { hasText, language, t } from './i18n';
import type {
  Author, Comment, Demo, Draft, Embed, Hashtag, Interest, Me, Notification, Opinion, Page, Profile, ReportKind, Session, Video, View,
} from './types';

export const root = '/api/v1';

/** A refusal (RFC 9457) or, with status 0, no answer at all. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string, readonly retryAfter = 0) {
    super(detail || code);
  }
}

const byStatus: Record<number, string> = {
  400: 'invalid', 401: 'anonymous', 403: 'denied', 404: 'not-found', 409: 'conflict', 413: 'too-large', 422: 'invalid',
  429: 'limit', 500: 'io', 503: 'busy', 507: 'full',
};

/** What to tell a person about anything that was thrown.  The server's own sentences are English. */
export function plainWords(thrown: unknown): string {
  if (!(thrown instanceof Problem)) return t('problem.unknown');
  for (const key of [`problem.${thrown.code}`, `upload.fail.${thrown.code}`]) {
    if (hasText(key)) return t(key);
  }
  if (thrown.detail && language().code === 'en') return thrown.detail;
  return t(`problem.${byStatus[thrown.status] ?? 'unknown'}`);
}

export async function readProblem(answer: Response): Promise<Problem> {
  try {
    const body = await answer.json();
    return new Problem(answer.status, body.code ?? 'unknown', body.detail ?? body.title ?? '', body.retry_after ?? 0);
  } catch {
    return new Problem(answer.status, answer.status === 413 ? 'too-large' : answer.status >= 500 ? 'io' : 'unknown', '');
  }
}

let onLostSession = () => false;
/** What happens when the server no longer knows who is here; it says whether somebody was. */
export const whenSessionIsLost = (then: () => boolean) => { onLostSession = then; };

/* How often somebody came in or got a new session: an answer to what was asked before that says nothing about who is here now. */
let entrances = 0;

interface Options {
  body?: unknown; raw?: Blob; keepalive?: boolean; patient?: boolean; nameless?: boolean;
  /** Its answer brings a session. */
  enters?: boolean;
}

export async function ask<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), options.patient ? 60_000 : 20_000);
  // Asked while a new session is on its way, it may be refused for the old one: counted when it is sent, and when it has come.
  if (options.enters) entrances++;
  const asked = entrances;
  let answer: Response;
  try {
    answer = await fetch(root + path, {
      method,
      signal: stop.signal,
      keepalive: options.keepalive,
      credentials: options.nameless ? 'omit' : 'same-origin',
      headers: options.raw ? { 'Content-Type': options.raw.type }
        : options.body === undefined ? undefined : { 'Content-Type': 'application/json' },
      body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
    });
  } catch {
    throw new Problem(0, stop.signal.aborted ? 'timeout' : 'network', '');
  } finally {
    clearTimeout(timer);
  }
  if (!answer.ok) {
    const problem = await readProblem(answer);
    if (problem.status !== 401 || !['anonymous', 'session-ended'].includes(problem.code)) throw problem;
    if (asked !== entrances) throw new Problem(401, 'unknown', '');
    throw onLostSession() ? new Problem(401, 'session-ended', '') : problem;
  }
  if (options.enters) entrances++;
  return answer.status === 204 ? undefined as T : await answer.json() as T;
}

const get = <T>(path: string) => ask<T>('GET', path);
const post = <T>(path: string, body: unknown) => ask<T>('POST', path, { body });
const set = (path: string, on: boolean) => ask<void>(on ? 'PUT' : 'DELETE', path);
const page = <T>(path: string, cursor: string | null) =>
  get<Page<T>>(cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path);
const search = <T>(kind: string) => (query: string, cursor: string | null) =>
  get<Page<T>>(`/search?${new URLSearchParams({ q: query, kind, ...(cursor && { cursor }) })}`);
const person = (handle: string) => `/accounts/${encodeURIComponent(handle)}`;

export interface SignUp {
  handle: string;
  password: string;
  languages: string[];
  country?: string;
  invitation?: string;
}

export const api = {
  signUp: (form: SignUp) => ask<{ account: Me }>('POST', '/accounts', { body: { ...form, client: 'web' }, patient: true, enters: true }),
  signIn: (handle: string, password: string) =>
    ask<{ account: Me }>('POST', '/sessions', { body: { handle, password, client: 'web' }, patient: true, enters: true }),
  signOut: () => ask<void>('DELETE', '/sessions/current'),
  sessions: () => get<{ items: Session[] }>('/sessions'),
  endSession: (id: string) => ask<void>('DELETE', `/sessions/${id}`),

  me: () => get<Me>('/me'),
  changeMe: (change: Partial<Pick<Me, 'name' | 'bio' | 'languages' | 'country'>>) =>
    ask<Me>('PATCH', '/me', { body: change }),
  changeAvatar: (picture: Blob) => ask<Me>('PUT', '/me/avatar', { raw: picture, patient: true }),
  changePassword: (old: string, fresh: string) =>
    ask<{ account: Me }>('PUT', '/me/password', { body: { old, new: fresh }, patient: true, enters: true }),
  deleteMe: (password: string) => ask<void>('DELETE', '/me', { body: { password }, patient: true }),
  blocked: (cursor: string | null) => page<Profile>('/me/blocked', cursor),
  likes: (cursor: string | null) => page<Video>('/me/likes', cursor),
  saves: (cursor: string | null) => page<Video>('/me/saves', cursor),

  profile: (handle: string) => get<Profile>(person(handle)),
  videosOf: (handle: string, cursor: string | null) => page<Video>(`${person(handle)}/videos`, cursor),
  follow: (handle: string, on: boolean) => set(`${person(handle)}/follow`, on),
  block: (handle: string, on: boolean) => set(`${person(handle)}/block`, on),

  suggestTags: (query: string) => get<{ items: Hashtag[] }>(`/suggest?${new URLSearchParams({ kind: 'tag', q: query })}`),
  suggestPeople: (query: string) => get<{ items: Author[] }>(`/suggest?${new URLSearchParams({ kind: 'person', q: query })}`),
  searchPeople: search<Author>('people'),
  searchHashtags: search<Hashtag>('hashtags'),
  searchVideos: search<Video>('videos'),
  videosTagged: (tag: string, cursor: string | null) => page<Video>(`/hashtags/${encodeURIComponent(tag)}/videos`, cursor),

  feed: (cursor: string | null) => page<Video>('/feed', cursor),
  /** For who is not signed in: with what this window remembers. */
  feedTold: (cursor: string | null, signals: unknown[]) => post<Page<Video>>('/feed', { cursor, signals }),
  opinion: (video: string, opinion: Opinion, undo: boolean) => post<void>('/feed/opinions', { video, opinion, undo }),
  interests: () => get<Page<Interest>>('/me/interests'),
  forgetInterests: (what: { everything: true } | Pick<Interest, 'type' | 'name'>) => ask<void>('DELETE', '/me/interests', { body: what }),
  /** What anybody sees: tells an empty place from one where this person has seen everything. */
  feedOfAnybody: () => ask<Page<Video>>('GET', '/feed', { nameless: true }),
  followingFeed: (cursor: string | null) => page<Video>('/feed/following', cursor),
  demo: () => get<Demo>('/demo'),
  video: (id: string) => get<Video>(`/videos/${id}`),
  changeVideo: (id: string, change: Partial<Pick<Video, 'caption' | 'language'>>) => ask<Video>('PATCH', `/videos/${id}`, { body: change }),
  setCaptions: (id: string, code: string, file: Blob) => ask<void>('PUT', `/videos/${id}/captions/${code}`, { raw: new Blob([file], { type: 'text/vtt' }), patient: true }),
  dropCaptions: (id: string, code: string) => ask<void>('DELETE', `/videos/${id}/captions/${code}`),
  embed: (url: string) => get<Embed>(`/oembed?url=${encodeURIComponent(url)}`),
  deleteVideo: (id: string) => ask<void>('DELETE', `/videos/${id}`),
  like: (id: string, on: boolean) => set(`/videos/${id}/like`, on),
  save: (id: string, on: boolean) => set(`/videos/${id}/save`, on),
  comments: (id: string, cursor: string | null) => page<Comment>(`/videos/${id}/comments`, cursor),
  comment: (id: string, text: string) => post<Comment>(`/videos/${id}/comments`, { text }),
  replies: (id: string, cursor: string | null) => page<Comment>(`/comments/${id}/replies`, cursor),
  reply: (id: string, text: string) => post<Comment>(`/comments/${id}/replies`, { text }),
  notifications: (cursor: string | null) => get<Page<Notification> & { unread: number }>(`/notifications${cursor ? `?cursor=${cursor}` : ''}`),
  readNotifications: (upTo: string) => post<void>('/notifications/read', { up_to: upTo }),
  deleteComment: (id: string) => ask<void>('DELETE', `/comments/${id}`),
  views: (items: View[]) => ask<void>('POST', '/views', { body: { items }, keepalive: true }),
  report: (kind: ReportKind, id: string, reason: string, text: string) =>
    post<{ id: string }>('/reports', { kind, id, reason, ...(text && { text }) }),

  drafts: () => get<{ items: Draft[] }>('/drafts'),
  draft: (id: string) => get<Draft>(`/drafts/${id}`),
  publish: (id: string) => post<Draft>(`/drafts/${id}/publish`, {}),
  changeDraft: (id: string, change: { caption?: string; language?: string | null }) => ask<Draft>('PATCH', `/drafts/${id}`, { body: change }),
  changeCover: (id: string, ms: number) => ask<Draft>('PUT', `/drafts/${id}/cover`, { body: { at_ms: ms } }),
  deleteDraft: (id: string) => ask<void>('DELETE', `/drafts/${id}`),
};
