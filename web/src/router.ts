// Addresses and history.  What the server alone renders (/letter, files) is left to the browser.
import { createStore } from './store';

export type Route =
  | { name: 'home' } | { name: 'following' } | { name: 'upload' } | { name: 'sign-in' } | { name: 'sign-up' }
  | { name: 'me' } | { name: 'inbox' } | { name: 'settings' } | { name: 'search' } | { name: 'desk' } | { name: 'missing' }
  | { name: 'tag'; tag: string }
  | { name: 'profile'; handle: string } | { name: 'video'; id: string };

const fixed: Record<string, Route> = {
  '/': { name: 'home' }, '/following': { name: 'following' }, '/upload': { name: 'upload' },
  '/sign-in': { name: 'sign-in' }, '/sign-up': { name: 'sign-up' }, '/me': { name: 'me' },
  '/settings': { name: 'settings' }, '/inbox': { name: 'inbox' }, '/search': { name: 'search' }, '/desk': { name: 'desk' },
};

/** The route of a path, or null when it belongs to the server. */
export function match(path: string): Route | null {
  const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  if (Object.hasOwn(fixed, plain)) return fixed[plain]!;
  const profile = /^\/@([a-z0-9_.]{2,30})$/i.exec(plain);
  if (profile) return { name: 'profile', handle: profile[1]!.toLowerCase() };
  const video = /^\/v\/([0-9]{1,20})$/.exec(plain);
  if (video) return { name: 'video', id: video[1]! };
  const tag = /^\/tag\/([^/]+)$/.exec(plain);
  return tag ? tagRoute(tag[1]!) : null;
}

/** What is not percent-encoded rightly is left to the server. */
function tagRoute(encoded: string): Route | null {
  try {
    return { name: 'tag', tag: decodeURIComponent(encoded) };
  } catch {
    return null;
  }
}

export interface Place {
  route: Route;
  /** What the link that led here carried: the list that a clip is opened from. */
  from?: string;
  /** Tells entries of the history apart; scroll positions are kept under it. */
  key: string;
}

interface Entry { key: string; from?: string }

const scrolls = new Map<string, number>();
const newKey = () => Math.random().toString(36).slice(2);

function here(): Place {
  const entry = history.state as Entry | null;
  return { route: match(location.pathname) ?? { name: 'missing' }, from: entry?.from, key: entry?.key ?? 'first' };
}

export const place = createStore<Place>({ route: { name: 'missing' }, key: 'first' });

export function navigate(path: string, options: { replace?: boolean; from?: string } = {}): void {
  if (!match(path.split(/[?#]/)[0]!)) {
    location.assign(path);
    return;
  }
  scrolls.set(place.get().key, window.scrollY);
  const entry: Entry = { key: newKey(), from: options.from };
  if (options.replace) history.replaceState(entry, '', path);
  else history.pushState(entry, '', path);
  place.set(here());
  window.scrollTo(0, 0);
}

/** Names the clip on screen in the address, without making it a step of the history. */
export function rename(path: string): void {
  if (location.pathname + location.search !== path) history.replaceState(history.state, '', path);
}

export function goBack(): void {
  if (history.state && (history.state as Entry).key !== undefined && history.length > 1) history.back();
  else navigate('/', { replace: true });
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
  if (!match(link.pathname)) return;
  event.preventDefault();
  navigate(link.pathname + link.search, { from: link.dataset.from });
}

export function startRouter(): void {
  history.scrollRestoration = 'manual';
  place.set(here());
  document.addEventListener('click', onClick);
  window.addEventListener('popstate', () => {
    scrolls.set(place.get().key, window.scrollY);
    place.set(here());
    const target = scrolls.get(place.get().key) ?? 0;
    requestAnimationFrame(() => requestAnimationFrame(() => window.scrollTo(0, target)));
  });
}
