// What a browser remembers of the last clips while nobody is signed in: in this window only, and not long.  It goes along
// when the next page is asked for; the server keeps nothing of it.
import type { Opinion, View } from '../types';

export interface Signal extends Partial<View> { video: string; opinion?: Opinion }

const most = 40;
const key = 'amanat.signals';

export class Signals {
  private all: Signal[];

  constructor(private readonly store?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.all = this.read();
  }

  /** Kept by other windows of this site or broken: then it begins anew. */
  private read(): Signal[] {
    try {
      const kept: unknown = JSON.parse(this.store?.getItem(key) ?? '[]');
      return Array.isArray(kept) ? kept.filter(one => typeof one?.video === 'string').slice(-most) : [];
    } catch {
      return [];
    }
  }

  private write(): void {
    try {
      this.store?.setItem(key, JSON.stringify(this.all));
    } catch { /* private windows may refuse: then it lasts as long as the page */ }
  }

  private change(video: string, change: (old: Signal) => Signal): void {
    const old = this.all.find(one => one.video === video) ?? { video };
    this.all = [...this.all.filter(one => one !== old), change(old)].slice(-most);
    this.write();
  }

  /** The best look at a clip counts: passing it on the way back is no skip. */
  saw({ video, watched_ms, completed, shared, left }: View): void {
    this.change(video, old => ({
      ...old, watched_ms: Math.max(old.watched_ms ?? 0, watched_ms), completed: completed || !!old.completed,
      ...((shared || old.shared) && { shared: true }),
      ...(left && old.watched_ms === undefined && { left: true }),
    }));
  }

  say(video: string, opinion: Opinion | undefined): void {
    this.change(video, ({ opinion: _old, ...rest }) => ({ ...rest, ...(opinion && { opinion }) }));
  }

  /** What the server takes: a clip of which nothing but its name is left says nothing. */
  told(): Signal[] {
    return this.all.filter(one => one.opinion || one.watched_ms !== undefined);
  }

  forget(): void {
    this.all = [];
    try {
      this.store?.removeItem(key);
    } catch { /* as above */ }
  }
}

function windowStore(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

export const signals = new Signals(windowStore());
