// The one copy of each loaded clip, and what a person does to it.  An act shows at once and is taken
// back when the server refuses it.
import { useEffect, useState } from 'preact/hooks';
import { api, plainWords } from './api';
import { asSomeone, onOtherPerson } from './session';
import { toast } from './shell/toasts';
import { t } from './i18n';
import type { Video } from './types';

const known = new Map<string, Video>();
const followers = new Map<string, Set<() => void>>();

export const videoOf = (id: string) => known.get(id);

function put(video: Video): void {
  known.set(video.id, video);
  for (const follower of [...followers.get(video.id) ?? []]) follower();
}

export function remember(videos: Video[]): string[] {
  for (const video of videos) {
    const reason = video.reason ?? known.get(video.id)?.reason;
    put({ ...video, ...(reason && { reason }) });
  }
  return videos.map(video => video.id);
}

export function changeVideo(id: string, change: (video: Video) => Partial<Video>): void {
  const video = known.get(id);
  if (video) put({ ...video, ...change(video) });
}

export function markFollowing(authorId: string, following: boolean): void {
  for (const video of known.values()) {
    if (video.author.id === authorId) put({ ...video, following });
  }
}

export function useVideo(id: string): Video | undefined {
  const [, redraw] = useState<object>();
  useEffect(() => {
    const own = () => redraw({});
    const set = followers.get(id) ?? new Set();
    followers.set(id, set.add(own));
    return () => { set.delete(own); };
  }, [id]);
  return known.get(id);
}

// Who arrives keeps the public clip in front of them: the act that made them sign in is done to it.
onOtherPerson(arrived => { if (!arrived) known.clear(); });

const moved = (counts: Video['counts'], by: number) => ({ ...counts, likes: Math.max(0, counts.likes + by) });

async function putLike(id: string, on: boolean): Promise<void> {
  const apply = (liked: boolean) => changeVideo(id, video => video.liked === liked ? {}
    : { liked, counts: moved(video.counts, liked ? 1 : -1) });
  apply(on);
  try {
    await api.like(id, on);
  } catch (thrown) {
    apply(!on);
    toast(plainWords(thrown));
  }
}

export function toggleLike(video: Video): void {
  asSomeone('like', () => void putLike(video.id, !video.liked));
}

export function toggleSave(video: Video): void {
  const on = !video.saved;
  asSomeone('save', async () => {
    changeVideo(video.id, () => ({ saved: on }));
    try {
      await api.save(video.id, on);
      if (on) toast(t('act.saved_toast'));
    } catch (thrown) {
      changeVideo(video.id, () => ({ saved: !on }));
      toast(plainWords(thrown));
    }
  });
}

export function setFollow(person: { id: string; handle: string }, on: boolean, then?: (on: boolean) => void): void {
  const apply = (state: boolean) => {
    markFollowing(person.id, state);
    then?.(state);
  };
  asSomeone('follow', async () => {
    apply(on);
    try {
      await api.follow(person.handle, on);
    } catch (thrown) {
      apply(!on);
      toast(plainWords(thrown));
    }
  });
}
