// The sheets that a clip opens: comments, options with its speed, "why this?", changing it.
import { useEffect } from 'preact/hooks';
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { dropEverywhere } from '../lists';
import { asSomeone, me } from '../session';
import { ask } from '../shell/ask';
import { nameOf } from '../shell/avatar';
import { Icon, type IconName } from '../shell/icons';
import { MenuItem } from '../shell/menu';
import { homePlace, Shield } from '../shell/nav';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import { LearnedSheet } from '../settings/learned';
import type { Opinion, Video } from '../types';
import { useVideo } from '../videos';
import { Comments } from './comments';
import { blockPerson } from './block';
import { captionsOn } from './captions';
import { CaptionsSheet } from './captions_sheet';
import { EditClip } from './edit';
import { say } from './opinion';
import { reasonOf } from './reason';
import { openReport } from './report';
import { shareClip } from './share';
import { speed, speeds } from './speed';

export interface OpenSheet { kind: 'comments' | 'options' | 'why' | 'edit' | 'captions' | 'learned'; id: string }

interface Props { open: OpenSheet | null; setOpen: (open: OpenSheet | null) => void }

function deleteClip(video: Video): void {
  ask({
    title: t('act.delete_clip_ask'), text: t('act.delete_clip_text'), yes: t('app.delete'),
    async then() {
      try {
        await api.deleteVideo(video.id);
        dropEverywhere(video.id);
        toast(t('act.deleted'));
      } catch (thrown) {
        toast(plainWords(thrown));
      }
    },
  });
}

function Speed() {
  const now = useStore(speed);
  return (
    <div class="speed">
      <span id="speed-name">{t('feed.speed')}</span>
      <div class="segments" role="group" aria-labelledby="speed-name">
        {speeds.map(each => (
          <button key={each} type="button" aria-pressed={now === each} onClick={() => speed.set(each)}>{t('feed.speed_times', { n: each })}</button>
        ))}
      </div>
    </div>
  );
}

function Options({ video, close, to }: { video: Video; close: () => void; to: (kind: 'why' | 'edit' | 'captions') => void }) {
  const person = useStore(me);
  const captioned = useStore(captionsOn);
  const own = person?.id === video.author.id;
  const moderates = person && person.role !== 'member';
  const then = (act: () => void) => () => { close(); act(); };
  return (
    <Sheet title={t('act.options')} close={close} class="sheet--card">
      <Speed />
      <ul class="menu">
        {video.reason && <MenuItem icon="info" text={t('feed.why')} onClick={() => to('why')} />}
        {video.tracks.length > 0 && <MenuItem icon="captions" text={t(captioned ? 'captions.hide' : 'captions.show')} onClick={then(() => captionsOn.set(!captioned))} />}
        <MenuItem icon="share" text={t('act.share')} onClick={then(() => shareClip(video.id, video.caption))} />
        {own && <MenuItem icon="pencil" text={t('act.edit_clip')} onClick={() => to('edit')} />}
        {own && <MenuItem icon="captions" text={t('captions.edit')} onClick={() => to('captions')} />}
        {!own && video.reason && <MenuItem icon="unseen" text={t('tune.hide')} onClick={then(() => void say(video, 'hide'))} />}
        {!own && <MenuItem icon="flag" text={t('act.report')} onClick={then(() => openReport('video', video.id))} />}
        {!own && <MenuItem icon="block" text={t('act.block_name', { name: nameOf(video.author) })} danger
          onClick={then(() => asSomeone('any', () => blockPerson(video.author)))} />}
        {(own || moderates) && <MenuItem icon="trash" text={t('act.delete_clip')} danger onClick={then(() => deleteClip(video))} />}
      </ul>
    </Sheet>
  );
}

const opinions: [Opinion, IconName][] = [['more', 'thumb'], ['less', 'thumb'], ['hide', 'unseen']];

function Why({ video, close, toLearned }: { video: Video; close: () => void; toLearned: () => void }) {
  const own = useStore(me)?.id === video.author.id;
  return (
    <Sheet title={t('feed.why_title')} close={close} class="sheet--card">
      <p class="sheet__text sheet__text--large">{reasonOf(video, true)}</p>
      {!own && (
        <div class="tune">
          {opinions.map(([opinion, icon]) => (
            <button key={opinion} class="tune__act" type="button" onClick={() => { close(); void say(video, opinion); }}>
              <Icon name={icon} class={opinion === 'less' ? 'icon--turned' : undefined} />{t(`tune.${opinion}`)}
            </button>
          ))}
        </div>
      )}
      <ul class="menu"><MenuItem icon="sparkle" text={t('learned.title')} onClick={toLearned} /></ul>
      <p class="sheet__text">{t('feed.why_note', { place: homePlace() })}</p>
      <Shield />
    </Sheet>
  );
}

export function FeedSheets({ open, setOpen }: Props) {
  const video = useVideo(open?.id ?? '');
  const close = () => setOpen(null);
  useEffect(() => {
    if (open && !video) close();
  }, [open, video]);
  if (!open || !video) return null;
  switch (open.kind) {
    case 'comments': return <Comments key={video.id} video={video} close={close} />;
    case 'options': return <Options video={video} close={close} to={kind => setOpen({ kind, id: video.id })} />;
    case 'edit': return <EditClip video={video} close={close} />;
    case 'captions': return <CaptionsSheet video={video} close={close} />;
    case 'why': return <Why video={video} close={close} toLearned={() => setOpen({ kind: 'learned', id: video.id })} />;
    case 'learned': return <LearnedSheet close={close} />;
  }
}
