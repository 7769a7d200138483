// Why a clip is there, in the reader's words.
import { hasText, languageName, t } from '../i18n';
import { nameOf } from '../shell/avatar';
import type { Reason, Video } from '../types';

/** Names keep their own direction inside a sentence. */
const apart = (text: string) => `\u2068${text}\u2069`;

function subject(video: Video, reason: Reason): string {
  if (reason.about === 'hashtag') return `#${reason.name}`;
  if (reason.about === 'language' || reason.code === 'language') return languageName(video.language ?? '');
  return nameOf(video.author);
}

/** Short, for the chip; or the whole sentence.  '' for a clip that no feed chose. */
export function reasonOf(video: Video, long = false): string {
  const { reason } = video;
  if (!reason) return '';
  const key = long ? `${reason.text_key}.long` : reason.text_key;
  return hasText(key) ? t(key, { name: apart(subject(video, reason)) }) : t('feed.reason.other.long');
}
