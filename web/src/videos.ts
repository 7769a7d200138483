// The one copy of each loaded clip, followed by whatever shows it.
import { useEffect, useState } from 'preact/hooks';
import { onOtherPerson } from './session';
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
