// The sheets that a clip opens: comments, options, "why this?", report.
import { useEffect } from 'preact/hooks';
import { api, plainWords } from '../api';
import { hasText, t } from '../i18n';
import { dropEverywhere } from '../lists';
import { asSomeone, me } from '../session';
import { ask } from '../shell/ask';
import { nameOf } from '../shell/avatar';
import { Icon, type IconName } from '../shell/icons';
import { homePlace, Shield } from '../shell/nav';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Video } from '../types';
import { useVideo } from '../videos';
import { Comments } from './comments';
import { blockPerson } from './block';
import { openReport } from './report';
import { copyLink } from './share';

export interface OpenSheet { kind: 'comments' | 'options' | 'why'; id: string }

interface Props { open: OpenSheet | null; setOpen: (open: OpenSheet | null) => void }

export function MenuItem({ icon, text, danger, onClick }: { icon: IconName; text: string; danger?: boolean; onClick: () => void }) {
  return (
    <li>
      <button class={`menu__item ${danger ? 'menu__item--danger' : ''}`} type="button" onClick={onClick}>
        <Icon name={icon} />{text}
      </button>
    </li>
  );
}

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

function Options({ video, close, why }: { video: Video; close: () => void; why: () => void }) {
  const person = useStore(me);
  const own = person?.id === video.author.id;
  const moderates = person && person.role !== 'member';
  const then = (act: () => void) => () => { close(); act(); };
  return (
    <Sheet title={t('act.options')} close={close} class="sheet--card">
      <ul class="menu">
        {video.reason && <MenuItem icon="info" text={t('feed.why')} onClick={why} />}
        <MenuItem icon="link" text={t('act.share')} onClick={then(() => void copyLink(`/v/${video.id}`))} />
        {!own && <MenuItem icon="flag" text={t('act.report')} onClick={then(() => openReport('video', video.id))} />}
        {!own && <MenuItem icon="block" text={t('act.block_ask', { name: nameOf(video.author) })} danger
          onClick={then(() => asSomeone('any', () => blockPerson(video.author)))} />}
        {(own || moderates) && <MenuItem icon="trash" text={t('act.delete_clip')} danger onClick={then(() => deleteClip(video))} />}
      </ul>
    </Sheet>
  );
}

function Why({ video, close }: { video: Video; close: () => void }) {
  const key = `feed.reason.${video.reason?.code ?? 'other'}.long`;
  return (
    <Sheet title={t('feed.why_title')} close={close} class="sheet--card">
      <p class="sheet__text sheet__text--large">{t(hasText(key) ? key : 'feed.reason.other.long')}</p>
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
    case 'options': return <Options video={video} close={close} why={() => setOpen({ kind: 'why', id: video.id })} />;
    case 'why': return <Why video={video} close={close} />;
  }
}
