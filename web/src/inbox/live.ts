// News as it happens: one EventSource while somebody is signed in and looking.
import { root } from '../api';
import { t } from '../i18n';
import { place } from '../router';
import { me, onOtherPerson } from '../session';
import { nameOf } from '../shell/avatar';
import { toast } from '../shell/toasts';
import type { Notification } from '../types';
import { saying } from './words';
import { unread } from './unread';

const hiddenMostMs = 60_000;
const waitFirstMs = 2_000;
const waitMostMs = 120_000;
const toastEveryMs = 12_000;

type Follower = (news: Notification) => void;
const followers = new Set<Follower>();
/** Called with each notification that arrives; the answer ends it. */
export function onNews(follower: Follower): () => void {
  followers.add(follower);
  return () => { followers.delete(follower); };
}

let source: EventSource | null = null;
let lastId = '';
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let lastToast = 0;

function hear(news: Notification): void {
  for (const follower of followers) follower(news);
  // Of one's own clips the page that posted them tells.
  const own = news.kind === 'published' || news.kind === 'failed';
  const busy = own || document.hidden || document.querySelector('dialog[open]') !== null;
  if (place.get().route.name === 'inbox' || busy || Date.now() - lastToast < toastEveryMs) return;
  lastToast = Date.now();
  const [first] = news.actors;
  toast(saying(news, first ? nameOf(first) : t('inbox.someone')));
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = null;
}

/** Later and later, and never all clients of a server that came back at one moment. */
function openLater(): void {
  const wait = Math.min(waitMostMs, waitFirstMs * 2 ** Math.min(failures++, 6));
  timer = setTimeout(open, wait * (0.5 + Math.random()));
}

function open(): void {
  close();
  if (!me.get() || document.hidden) return;
  const stream = source = new EventSource(`${root}/events${lastId && `?last_event_id=${lastId}`}`);
  stream.addEventListener('open', () => { failures = 0; });
  stream.addEventListener('unread', event => unread.set(JSON.parse(event.data).unread));
  stream.addEventListener('notification', event => {
    lastId = event.lastEventId;
    hear(JSON.parse(event.data) as Notification);
  });
  stream.addEventListener('error', () => {
    if (source !== stream) return;
    close();
    openLater();
  });
}

let hiding: ReturnType<typeof setTimeout> | undefined;
function onVisibility(): void {
  clearTimeout(hiding);
  if (document.hidden) hiding = setTimeout(close, hiddenMostMs);
  else if (!source) open();
}

let started = false;
export function start(): void {
  if (started) return;
  started = true;
  document.addEventListener('visibilitychange', onVisibility);
  addEventListener('online', open);
  onOtherPerson(() => {
    lastId = '';
    unread.set(0);
    open();
  });
  open();
}
