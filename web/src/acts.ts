// What a person does to clips and people.  An act shows at once and is taken back when the server refuses it.
import { api, plainWords } from './api';
import { t } from './i18n';
import { forgetList } from './lists';
import { place } from './router';
import { asSomeone } from './session';
import { toast } from './shell/toasts';
import { changeVideo, markFollowing } from './videos';
import type { Video } from './types';

/** Shows a state, asks the server for it, and shows the opposite again when it refuses. */
async function attempt(apply: (on: boolean) => void, on: boolean, request: () => Promise<void>): Promise<boolean> {
  apply(on);
  try {
    await request();
    return true;
  } catch (thrown) {
    apply(!on);
    toast(plainWords(thrown));
    return false;
  }
}

export function toggleLike({ id, liked }: Video): void {
  const on = !liked;
  const apply = (state: boolean) => changeVideo(id, video => video.liked === state ? {} : {
    liked: state, counts: { ...video.counts, likes: Math.max(0, video.counts.likes + (state ? 1 : -1)) },
  });
  asSomeone('like', async () => {
    if (await attempt(apply, on, () => api.like(id, on))) forgetList('likes');
  });
}

export function toggleSave({ id, saved }: Video): void {
  const on = !saved;
  asSomeone('save', async () => {
    if (!await attempt(state => changeVideo(id, () => ({ saved: state })), on, () => api.save(id, on))) return;
    forgetList('saves');
    if (on) toast(t('act.saved_toast'));
  });
}

export function setFollow(person: { id: string; handle: string }, on: boolean, then?: (on: boolean) => void): void {
  const apply = (state: boolean) => {
    markFollowing(person.id, state);
    then?.(state);
  };
  asSomeone('follow', async () => {
    if (!await attempt(apply, on, () => api.follow(person.handle, on))) return;
    // Who unfollows while watching that list is not thrown out of it.
    if (place.get().route.name !== 'following') forgetList('following');
  });
}
