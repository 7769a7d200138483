// What can be done with a clip: the column beside or over it.
import { useState } from 'preact/hooks';
import { setFollow, toggleLike, toggleSave } from '../acts';
import { compact, t, tn } from '../i18n';
import { me } from '../session';
import { Avatar, nameOf } from '../shell/avatar';
import { Icon, type IconName } from '../shell/icons';
import { useStore } from '../store';
import type { Video } from '../types';
import { shareClip } from './opened';

interface ActProps {
  icon: IconName;
  label: string;
  text?: string;
  on?: boolean;
  pressed?: boolean;
  class?: string;
  onClick: () => void;
}

function Act({ icon, label, text, on, pressed, class: extra, onClick }: ActProps) {
  return (
    <button class={`act ${on ? 'is-on' : ''} ${extra ?? ''}`} type="button" aria-pressed={pressed} onClick={onClick}>
      <span class="hidden">{label}</span>
      <span class="act__icon"><Icon name={icon} filled={on} /></span>
      {text && <span class="act__text" aria-hidden="true">{text}</span>}
    </button>
  );
}

interface Props { video: Video; onComments: () => void; onOptions: () => void }

export function Rail({ video, onComments, onOptions }: Props) {
  const person = useStore(me);
  // The like springs only when it was just given, not on every clip that was liked before.
  const [fresh, setFresh] = useState(false);
  const { author, counts } = video;
  const name = nameOf(author);
  return (
    <div class="rail">
      <div class="rail__author">
        <a href={`/@${author.handle}`} aria-label={t('act.profile_of', { name })}><Avatar person={author} /></a>
        {person?.id !== author.id && (
          <button class={`rail__follow ${video.following ? 'is-on' : ''}`} type="button"
            aria-label={t(video.following ? 'act.unfollow_name' : 'act.follow_name', { name })}
            onClick={() => setFollow(author, !video.following)}>
            <span><Icon name={video.following ? 'check' : 'plus'} /></span>
          </button>
        )}
      </div>
      <Act icon="heart" on={video.liked} pressed={video.liked} class={`act--like ${fresh ? 'is-fresh' : ''}`} text={counts.likes ? compact(counts.likes) : t('act.like')}
        label={`${t('act.like')}, ${tn('count.likes', counts.likes)}`}
        onClick={() => { setFresh(!video.liked); toggleLike(video); }} />
      <Act icon="comment" text={counts.comments ? compact(counts.comments) : t('act.comment')} label={`${t('act.comment')}, ${tn('count.comments', counts.comments)}`}
        onClick={onComments} />
      <Act icon="bookmark" on={video.saved} pressed={video.saved} text={t(video.saved ? 'act.saved' : 'act.save')}
        label={t('act.save')} onClick={() => toggleSave(video)} />
      <Act icon="share" text={t('act.share')} label={t('act.share')} onClick={() => shareClip(video.id, video.caption)} />
      <Act icon="dots" label={t('act.options')} onClick={onOptions} />
    </div>
  );
}
