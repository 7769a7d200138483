// A person's uploads under way and drafts on the server, kept while they look at other pages.
import { api, plainWords, root } from '../api';
import { t } from '../i18n';
import { forgetList } from '../lists';
import { me, onOtherPerson } from '../session';
import { toast } from '../shell/toasts';
import { createStore } from '../store';
import { Transfer, uploadKey, unfinished, type Meta, type Remembered, type TransferState } from '../upload';
import type { Draft } from '../types';
import { dropAllFiles, dropFile, keepFile, keptFile } from './keep';

export interface Item {
  key: string;
  name: string;
  caption: string;
  size: number;
  sent: number;
  state: TransferState;
  url: string;
  error: string;
  transfer: Transfer | null;
}

export const items = createStore<Item[]>([]);
export const drafts = createStore<Draft[]>([]);
/** Drafts that this page saw on their way: only those are shown once they are published. */
const watched = new Set<string>();

const running = (state: Draft['state']) => state === 'queued' || state === 'processing';

/** More at once would only make each slower. */
const atOnce = 2;
const isMoving = (item: Item) => item.state === 'uploading' || item.state === 'waiting';

function show(item: Item): void {
  items.update(all => all.some(other => other.key === item.key)
    ? all.map(other => other.key === item.key ? item : other) : [...all, item]);
}

const drop = (key: string) => items.update(all => all.filter(item => item.key !== key));

/** Starts those that wait, in their order, as far as there is room. */
function startNext(): void {
  for (const item of items.get()) {
    if (items.get().filter(isMoving).length >= atOnce) return;
    if (item.state === 'queued') void item.transfer?.start();
  }
}

function onTransfer(transfer: Transfer): void {
  if (transfer.state === 'done') {
    drop(transfer.key);
    void dropFile(transfer.key);
    void loadDrafts();
  } else {
    show(itemOf(transfer, transfer.state));
  }
  if (transfer.state !== 'uploading') startNext();
}

const itemOf = (transfer: Transfer, state: TransferState): Item => ({
  key: transfer.key, name: transfer.file.name, caption: transfer.meta.caption, size: transfer.file.size,
  sent: transfer.sent, state, url: transfer.url,
  error: transfer.problem ? plainWords(transfer.problem) : '', transfer,
});

function line(file: File, meta: Meta): void {
  const transfer = new Transfer(file, meta, me.get()!.id, `${root}/uploads`, onTransfer);
  show(itemOf(transfer, 'queued'));
  startNext();
}

export function beginUpload(file: File, meta: Meta): void {
  void keepFile(uploadKey(file, me.get()!.id, meta), file);
  line(file, meta);
}

/** Goes on, or tries again, when its turn comes. */
export function resumeUpload(item: Item): void {
  show({ ...item, state: 'queued', error: '' });
  startNext();
}

export function continueWith(item: Item, file: File): boolean {
  if (file.name !== item.name || file.size !== item.size) return false;
  const stored = unfinished(me.get()!.id).find(other => other.key === item.key);
  if (!stored) return false;
  // A file that was saved again has another time, and so another fingerprint.
  drop(item.key);
  localStorage.removeItem(item.key);
  localStorage.setItem(uploadKey(file, me.get()!.id, stored), JSON.stringify(stored));
  beginUpload(file, stored);
  return true;
}

export async function cancelUpload(item: Item): Promise<void> {
  void dropFile(item.key);
  if (item.transfer) await item.transfer.cancel();
  else {
    localStorage.removeItem(item.key);
    await fetch(item.url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => undefined);
  }
  drop(item.key);
  startNext();
  void loadDrafts();
}

const leftOver = (stored: Remembered & { key: string }): Item => ({
  key: stored.key, name: stored.name, caption: stored.caption, size: stored.size, sent: stored.sent,
  state: 'unfinished', url: stored.url, error: '', transfer: null,
});

/** What an earlier page began: goes on by itself where the browser has kept the file. */
async function takeUp(person: string): Promise<void> {
  for (const stored of unfinished(person)) {
    if (items.get().some(item => item.key === stored.key)) continue;
    show(leftOver(stored));
    const file = await keptFile(stored.key);
    const stillWanted = items.get().some(item => item.key === stored.key && item.state === 'unfinished');
    if (file && stillWanted && uploadKey(file, person, stored) === stored.key) line(file, stored);
  }
}

/** Not when another person came instead of who sent it. */
export const isHere = (item: Item) => items.get().some(other => other.key === item.key);

/** Whether a draft is the server's side of an upload. */
const isSame = (draft: Draft, item: Item) => draft.upload !== null && item.url !== '' && item.url.endsWith(draft.upload);

export const isShown = (draft: Draft, all: Item[]) =>
  !all.some(item => isSame(draft, item)) && (draft.state !== 'published' || watched.has(draft.id));

export async function loadDrafts(): Promise<void> {
  const person = me.get();
  if (!person) return;
  void takeUp(person.id);
  try {
    const { items: all } = await api.drafts();
    drafts.set(all);
    items.update(shown => shown.map(item => {
      const draft = item.state === 'unfinished' && all.find(other => isSame(other, item));
      return draft ? { ...item, sent: draft.received } : item;
    }));
    for (const draft of all) {
      if (running(draft.state)) void follow(draft.id);
    }
  } catch (thrown) {
    toast(plainWords(thrown));
  }
}

const followed = new Set<string>();

/** Asks after a draft until it is settled, ever less often. */
async function follow(id: string): Promise<void> {
  if (followed.has(id)) return;
  followed.add(id);
  watched.add(id);
  for (let wait = 500; ; wait = Math.min(wait * 1.4, 8000)) {
    await new Promise(resolve => setTimeout(resolve, wait));
    if (!followed.has(id)) return;
    try {
      const draft = await api.draft(id);
      drafts.update(all => all.map(other => other.id === id ? draft : other));
      if (running(draft.state)) continue;
      if (draft.state === 'published') announce();
      break;
    } catch {
      if (!drafts.get().some(draft => draft.id === id)) break;
    }
  }
  followed.delete(id);
}

function announce(): void {
  toast(t('upload.published_toast'));
  const handle = me.get()?.handle;
  if (handle) forgetList(`profile:${handle}`);
}

/** A draft as the server has it now. */
export function replaceDraft(next: Draft): void {
  drafts.update(all => all.map(other => other.id === next.id ? next : other));
  if (running(next.state)) void follow(next.id);
}

export async function publishDraft(draft: Draft): Promise<void> {
  try {
    const next = await api.publish(draft.id);
    watched.add(draft.id);
    drafts.update(all => all.map(other => other.id === draft.id ? next : other));
    if (next.state === 'published') announce();
    else void follow(draft.id);
  } catch (thrown) {
    toast(plainWords(thrown));
  }
}

export async function deleteDraft(draft: Draft): Promise<void> {
  try {
    await api.deleteDraft(draft.id);
    followed.delete(draft.id);
    drafts.update(all => all.filter(other => other.id !== draft.id));
  } catch (thrown) {
    toast(plainWords(thrown));
  }
}

onOtherPerson(arrived => {
  for (const item of items.get()) item.transfer?.pause();
  items.set([]);
  drafts.set([]);
  followed.clear();
  watched.clear();
  if (!arrived) void dropAllFiles();
});
