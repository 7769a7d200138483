// What a finger or a mouse means on a clip: a tap, another tap close behind it, a long hold.  Pure but for its timers.

export const doubleMs = 260;
export const holdMs = 380;
const slack = 12;         // pixels that a resting finger trembles
const near = 70;          // how far apart two taps may be that belong together

export interface PressActs {
  tap(): void;
  /** The second tap, and each further one that follows as fast. */
  again(x: number, y: number): void;
  hold(on: boolean): void;
  /** Whether a tap must wait for a second one: only where doing it at once would be seen and taken back. */
  waits(): boolean;
}

export type Later = (act: () => void, ms: number) => () => void;

const byTimer: Later = (act, ms) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

interface Point { x: number; y: number; time: number }

const apart = (a: Point, x: number, y: number) => Math.hypot(a.x - x, a.y - y);

export class Press {
  private from: Point | null = null;
  private last: Point | null = null;
  private held = false;
  private dropHold = () => {};
  private dropTap = () => {};

  constructor(private readonly acts: PressActs, private readonly later: Later = byTimer) {}

  down(x: number, y: number, time: number): void {
    this.from = { x, y, time };
    this.dropHold();
    this.dropHold = this.later(() => {
      this.held = true;
      this.acts.hold(true);
    }, holdMs);
  }

  move(x: number, y: number): void {
    if (this.from && !this.held && apart(this.from, x, y) > slack) this.cancel();
  }

  up(x: number, y: number, time: number): void {
    const pressed = this.from, held = this.held;
    this.cancel();
    if (!pressed) return;
    if (held) {
      this.last = null;
      return;
    }
    const together = this.last && time - this.last.time <= doubleMs && apart(this.last, x, y) <= near;
    this.last = { x, y, time };
    this.dropTap();
    if (together) this.acts.again(x, y);
    else if (this.acts.waits()) this.dropTap = this.later(() => this.acts.tap(), doubleMs);
    else this.acts.tap();
  }

  /** The press became something else: a swipe. */
  cancel(): void {
    this.dropHold();
    this.from = null;
    if (!this.held) return;
    this.held = false;
    this.acts.hold(false);
  }

  /** The clip is going away. */
  end(): void {
    this.cancel();
    this.dropTap();
  }
}
