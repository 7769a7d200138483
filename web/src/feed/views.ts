// What was watched and for how long, told to the server in batches.
import { api, Problem } from '../api';
import { me } from '../session';
import { signals } from './signals';
import type { View } from '../types';

const most = 50;

export class ViewLog {
  private waiting: View[] = [];
  private sending?: Promise<void>;

  constructor(private readonly send: (items: View[]) => Promise<void>, private readonly batch = 8) {}

  add(view: View): void {
    if (view.watched_ms <= 0) return;
    this.waiting.push({ ...view, watched_ms: Math.round(view.watched_ms) });
    if (this.waiting.length >= this.batch) void this.flush();
  }

  /** One batch after the other; done when what waits now was sent. */
  flush(): Promise<void> {
    if (this.sending) return this.waiting.length ? this.sending.then(() => this.flush()) : this.sending;
    if (this.waiting.length === 0) return Promise.resolve();
    this.sending = this.sendWaiting().finally(() => { this.sending = undefined; });
    return this.sending;
  }

  private async sendWaiting(): Promise<void> {
    const items = this.waiting.splice(0, most);
    try {
      await this.send(items);
    } catch (thrown) {
      // Lost links and overload come back; what the server refused would be refused again.
      const passing = thrown instanceof Problem && (thrown.status === 0 || thrown.status === 429 || thrown.status >= 500);
      if (passing) this.waiting = [...items, ...this.waiting].slice(-most * 4);
    }
  }
}

export const views = new ViewLog(api.views);

const shared = new Set<string>();
/** Counts with the present showing of the clip. */
export const noteShared = (video: string) => { shared.add(video); };

/** The end of one showing; `left`: by going elsewhere than to another clip. */
export function seen(view: View, left: boolean): void {
  if (view.watched_ms <= 0) return;
  const whole = { ...view, watched_ms: Math.round(view.watched_ms), ...(shared.delete(view.video) && { shared: true }),
    ...(left && { left: true }) };
  views.add(whole);
  if (!me.get()) signals.saw(whole);
}

export function startViews(): void {
  setInterval(() => void views.flush(), 15_000);
  const leave = () => void views.flush();
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', () => { if (document.hidden) leave(); });
}

/** The time for which one clip really moved. */
export class Watch {
  private since: number | null = null;
  private total = 0;
  private from = 0;
  private at = 0;
  completed = false;

  /** Where the clip is now.  Seen whole is who saw it from its beginning to its end, or to its next beginning. */
  reached(seconds: number, duration: number): void {
    const again = seconds + 0.5 < this.at;
    if (this.from < 0.5 && (again || seconds > duration - 0.3)) this.completed = true;
    if (again) this.from = 0;
    this.at = seconds;
  }

  /** Somebody moved the clip to another moment: what is between was not watched. */
  sought(seconds: number): void {
    this.from = this.at = seconds;
  }

  play(now = performance.now()): void {
    this.since ??= now;
  }

  stop(now = performance.now()): void {
    if (this.since !== null) this.total += now - this.since;
    this.since = null;
  }

  /** Ends this showing of the clip and hands it over. */
  take(video: string, now = performance.now()): View {
    this.stop(now);
    const view = { video, watched_ms: this.total, completed: this.completed };
    this.total = 0;
    this.completed = false;
    this.from = this.at = 0;
    return view;
  }
}
