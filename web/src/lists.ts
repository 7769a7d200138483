// Lists of clips that are read page by page and outlive the screens that show them, so that going
// back finds the same list at the same clip.
import { api } from './api';
import { signals } from './feed/signals';
import { views } from './feed/views';
import { me, onOtherPerson } from './session';
import { createStore, type Store } from './store';
import { remember } from './videos';
import type { Page, Video } from './types';

export interface ListState {
  ids: string[];
  next: string | null;
  status: 'new' | 'loading' | 'more' | 'end' | 'error';
  error?: unknown;
  /** The clip to go to as soon as it is there. */
  show?: string;
}

export interface VideoList {
  key: string;
  state: Store<ListState>;
  /** The clip that the person was last at. */
  at: number;
  loadMore(): Promise<void>;
  restart(): Promise<void>;
  /** Whether more has come behind the end. */
  lookAgain(): Promise<void>;
  drop(id: string): void;
  /** Puts `ids` again where they stood among `before`, and shows `show`. */
  putBack(before: string[], ids: string[], show?: string): void;
  shown(): void;
}

type Load = (cursor: string | null) => Promise<Page<Video>>;

export function createList(key: string, load: Load): VideoList {
  const fresh: ListState = { ids: [], next: null, status: 'new' };
  const state = createStore<ListState>(fresh);
  let turn = 0;
  const list: VideoList = {
    key, state, at: 0,
    async loadMore() {
      const before = state.get();
      if (before.status === 'loading' || before.status === 'end') return;
      const own = ++turn;
      state.set({ ...before, status: 'loading' });
      try {
        const page = await load(before.next);
        if (own !== turn) return;
        const had = new Set(before.ids);
        const ids = remember(page.items).filter(id => !had.has(id));
        state.set({ ids: [...before.ids, ...ids], next: page.next, status: page.next ? 'more' : 'end' });
      } catch (error) {
        if (own === turn) state.set({ ...before, status: 'error', error });
      }
    },
    restart() {
      turn++;
      list.at = 0;
      state.set(fresh);
      return list.loadMore();
    },
    async lookAgain() {
      const own = ++turn;
      const page = await load(null).catch(() => null);
      const before = state.get();
      if (!page || own !== turn || before.status !== 'end') return;
      const had = new Set(before.ids);
      const ids = remember(page.items).filter(id => !had.has(id));
      if (ids.length > 0) state.set({ ids: [...before.ids, ...ids], next: page.next, status: page.next ? 'more' : 'end' });
    },
    drop: id => state.update(value => ({ ...value, ids: value.ids.filter(other => other !== id) })),
    putBack: (before, back, show) => state.update(value => {
      const standing = new Set([...value.ids, ...back]);
      const old = new Set(before);
      return { ...value, ids: [...before.filter(id => standing.has(id)), ...value.ids.filter(id => !old.has(id))], show };
    }),
    shown: () => state.update(({ show: _shown, ...value }) => value),
  };
  return list;
}

/** What was watched counts for the very next page. */
async function forYou(cursor: string | null): Promise<Page<Video>> {
  await views.flush();
  const told = me.get() ? [] : signals.told();
  return told.length ? api.feedTold(cursor, told) : api.feed(cursor);
}

/** A clip by its link, and after it the other clips of its author. */
function byLink(id: string): Load {
  let author = '';
  return async cursor => {
    if (!cursor) {
      const video = await api.video(id);
      author = video.author.handle;
      return { items: [video], next: 'author:' };
    }
    const page = await api.videosOf(author, cursor.slice('author:'.length) || null);
    return { items: page.items.filter(video => video.id !== id), next: page.next && `author:${page.next}` };
  };
}

const lists = new Map<string, VideoList>();

function loader(key: string): Load {
  const rest = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('profile:')) return cursor => api.videosOf(rest, cursor);
  if (key.startsWith('search:')) return cursor => api.searchVideos(rest, cursor);
  if (key.startsWith('tag:')) return cursor => api.videosTagged(rest, cursor);
  if (key.startsWith('video:')) return byLink(rest);
  switch (key) {
    case 'following': return api.followingFeed;
    case 'likes': return api.likes;
    case 'saves': return api.saves;
    default: return forYou;
  }
}

export function listOf(key: string): VideoList {
  const old = lists.get(key);
  if (old) return old;
  const list = createList(key, loader(key));
  lists.set(key, list);
  return list;
}

export const forgetList = (key: string) => { lists.delete(key); };
export const dropEverywhere = (id: string) => { for (const list of lists.values()) list.drop(id); };

/** Counts up when all lists were forgotten, so that screens fetch theirs again. */
export const generation = createStore(0);

const personal = new Set(['following', 'likes', 'saves']);

onOtherPerson(arrived => {
  for (const key of [...lists.keys()]) {
    if (!arrived || personal.has(key)) lists.delete(key);
  }
  generation.update(n => n + 1);
});
