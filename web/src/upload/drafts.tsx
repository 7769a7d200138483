// What is on its way: uploads, clips being prepared, drafts, and those that failed.
import { useRef, useState } from 'preact/hooks';
import { bytes, hasText, t } from '../i18n';
import { comeBack } from '../session';
import { ask } from '../shell/ask';
import { Icon } from '../shell/icons';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Draft } from '../types';
import { EditDraft } from './edit';
import {
  cancelUpload, continueWith, deleteDraft, drafts, isHere, isShown, items, publishDraft, resumeUpload, type Item,
} from './work';

function Bar({ part, calm }: { part: number; calm?: boolean }) {
  const whole = Math.round(part * 100);
  return (
    <div class={`bar ${calm ? 'bar--calm' : ''}`} role="progressbar" aria-label={t('upload.progress')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={whole}>
      <div ref={element => element?.style.setProperty('--part', String(part))} />
    </div>
  );
}

const askDelete = (then: () => void) => ask({
  title: t('upload.delete_ask'), text: t('upload.delete_text'), yes: t('app.delete'), then,
});

function Picker({ item }: { item: Item }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <label class="button">
      {t('upload.choose_again')}
      <input ref={input} class="hidden" type="file" onChange={event => {
        const file = event.currentTarget.files?.[0];
        if (file && !continueWith(item, file)) toast(t('upload.wrong_file', { name: item.name }));
      }} />
    </label>
  );
}

function stateOf(item: Item): string {
  switch (item.state) {
    case 'queued': return t('upload.in_line');
    case 'paused': return t('upload.paused');
    case 'waiting': return t('upload.waiting');
    case 'unfinished': return t('upload.unfinished');
    case 'failed': return `${t('upload.failed')}: ${item.error}`;
    default: return t('upload.uploading');
  }
}

function ItemRow({ item }: { item: Item }) {
  const active = item.state === 'uploading' || item.state === 'waiting';
  return (
    <li class="draft">
      <div class="draft__picture"><Icon name="cloud" /></div>
      <div class="draft__body">
        <p class="draft__title" dir="auto">{item.caption || item.name}</p>
        <p class={`draft__state ${item.state === 'failed' ? 'is-bad' : ''}`} role="status">{stateOf(item)}</p>
        {item.state !== 'failed' && <>
          <Bar part={item.size ? item.sent / item.size : 0} calm={!active} />
          <p class="draft__amount">{t('upload.amount', { sent: bytes(item.sent), total: bytes(item.size) })}</p>
        </>}
        <div class="draft__acts">
          {active && <button class="button" type="button" onClick={() => item.transfer?.pause()}>{t('upload.pause')}</button>}
          {item.state === 'paused' && <button class="button button--main" type="button" onClick={() => resumeUpload(item)}>{t('upload.resume')}</button>}
          {item.state === 'failed' && (item.transfer?.problem?.status === 401
            ? <button class="button button--main" type="button" onClick={() => comeBack(() => { if (isHere(item)) resumeUpload(item); })}>{t('join.sign_in')}</button>
            : <button class="button" type="button" onClick={() => resumeUpload(item)}>{t('app.retry')}</button>)}
          {item.state === 'unfinished' && <Picker item={item} />}
          <button class="button button--quiet" type="button" onClick={() => askDelete(() => void cancelUpload(item))}>{t('app.delete')}</button>
        </div>
      </div>
    </li>
  );
}

/** Why it failed, in the person's language where the catalogue knows the reason. */
function reasonOf(draft: Draft): string {
  if (!draft.reason) return t('upload.fail.other');
  const key = `upload.fail.${draft.reason.code}`;
  return hasText(key) ? t(key) : draft.reason.text;
}

function draftState(draft: Draft): string {
  switch (draft.state) {
    case 'queued': return t('upload.queued');
    case 'processing': return t('upload.processing');
    case 'ready': return t('upload.ready');
    case 'failed': return `${t('upload.failed')}: ${reasonOf(draft)}`;
    case 'published': return t('upload.published');
    case 'uploading': return t('upload.elsewhere');
  }
}

/** How far it is, where there is a way to go. */
function partOf(draft: Draft): number | null {
  switch (draft.state) {
    case 'uploading': return draft.bytes > 0 ? draft.received / draft.bytes : 0;
    case 'queued': case 'processing': return draft.progress / 1000;
    default: return null;
  }
}

/** The poster; a draft that is ready plays when it is pressed. */
function Picture({ draft }: { draft: Draft }) {
  const [open, setOpen] = useState(false);
  const poster = draft.poster ? <img src={draft.poster} alt="" /> : <Icon name="film" />;
  if (draft.state !== 'ready' || !draft.src) return <div class="draft__picture">{poster}</div>;
  return (
    <>
      <button class="draft__picture" type="button" aria-label={t('feed.play')} onClick={() => setOpen(true)}>{poster}<Icon name="play" class="draft__play" /></button>
      {open && (
        <Sheet title={draft.caption || t('upload.untitled')} close={() => setOpen(false)} class="sheet--card">
          <video class="draft__video" src={draft.src} poster={draft.poster ?? undefined} controls autoplay playsInline />
        </Sheet>
      )}
    </>
  );
}

function DraftRow({ draft }: { draft: Draft }) {
  const [editing, setEditing] = useState(false);
  const part = partOf(draft);
  return (
    <li class="draft">
      <Picture draft={draft} />
      <div class="draft__body">
        <p class="draft__title" dir="auto">{draft.caption || t('upload.untitled')}</p>
        <p class={`draft__state ${draft.state === 'failed' ? 'is-bad' : draft.state === 'published' ? 'is-good' : ''}`} role="status">{draftState(draft)}</p>
        {part !== null && <Bar part={part} calm={draft.state !== 'processing'} />}
        <div class="draft__acts">
          {draft.state === 'ready' && <button class="button button--main" type="button" onClick={() => void publishDraft(draft)}>{t('upload.publish')}</button>}
          {draft.state === 'published' && draft.video && <a class="button" href={`/v/${draft.video}`}>{t('upload.watch')}</a>}
          {draft.state === 'ready' && <button class="button" type="button" onClick={() => setEditing(true)}>{t('upload.edit')}</button>}
          {draft.state !== 'published' && (
            <button class="button button--quiet" type="button" onClick={() => askDelete(() => void deleteDraft(draft))}>{t('app.delete')}</button>
          )}
        </div>
      </div>
      {editing && <EditDraft draft={draft} close={() => setEditing(false)} />}
    </li>
  );
}

export function Drafts() {
  const under = useStore(items);
  const all = useStore(drafts);
  const shown = all.filter(draft => isShown(draft, under));
  if (under.length === 0 && shown.length === 0) return null;
  return (
    <section class="drafts">
      <h2>{t('upload.drafts')}</h2>
      <ul>
        {under.map(item => <ItemRow key={item.key} item={item} />)}
        {shown.map(draft => <DraftRow key={draft.id} draft={draft} />)}
      </ul>
    </section>
  );
}
