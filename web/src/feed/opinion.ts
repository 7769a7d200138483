// More like this, less like this, not interested: said, shown at once, and taken back when it was not meant.
import { api, plainWords } from '../api';
import { captionParts } from '../caption';
import { t } from '../i18n';
import { listOf } from '../lists';
import { me } from '../session';
import { toast } from '../shell/toasts';
import type { Opinion, Video } from '../types';
import { videoOf } from '../videos';
import { signals } from './signals';

const tagsOf = (video: Video) => captionParts(video.caption).flatMap(part => part.href?.startsWith('/tag/') ? [part.href] : []);

/** The clips that are loaded and still to come which share their author or a hashtag with this one. */
function comingLike(video: Video): string[] {
  const list = listOf('feed');
  const tags = new Set(tagsOf(video));
  return list.state.get().ids.slice(list.at + 1).filter(id => {
    const other = videoOf(id);
    return other && (other.author.id === video.author.id || tagsOf(other).some(tag => tags.has(tag)));
  });
}

async function tell(video: Video, opinion: Opinion, undo: boolean): Promise<void> {
  if (me.get()) await api.opinion(video.id, opinion, undo);
  else signals.say(video.id, undo ? undefined : opinion);
}

const done: Record<Opinion, string> = { more: 'tune.more_done', less: 'tune.less_done', hide: 'tune.hide_done' };

export async function say(video: Video, opinion: Opinion): Promise<void> {
  const list = listOf('feed');
  const gone = opinion === 'more' ? [] : [...comingLike(video), ...(opinion === 'hide' ? [video.id] : [])];
  const before = list.state.get().ids;
  try {
    await tell(video, opinion, false);
  } catch (thrown) {
    toast(plainWords(thrown));
    return;
  }
  for (const id of gone) list.drop(id);
  toast(t(done[opinion]), 6, {
    text: t('tune.undo'),
    async then() {
      try {
        await tell(video, opinion, true);
        list.putBack(before, gone, opinion === 'hide' ? video.id : undefined);
        toast(t('tune.undone'), 2);
      } catch (thrown) {
        toast(plainWords(thrown));
      }
    },
  });
}
