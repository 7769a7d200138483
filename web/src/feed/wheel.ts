// Turns wheels and touchpads into single steps.  Left to the browser, one notch of a wheel is too short to leave a
// clip and snaps back, while a touchpad's momentum runs over several.

const least = 24;         // pixels that are meant, not a tremble
const quietMs = 180;      // without events for so long, the gesture is over
const againMs = 450;      // a wheel that keeps turning steps again after this
const momentum = 0.6;     // below this part of a gesture's fastest event, it is only running out

const pixels = [1, 16, 400];

export class WheelStepper {
  private last = -Infinity;
  private sum = 0;
  private peak = 0;
  private steppedAt: number | null = null;

  /** The step that this event completes. */
  push(delta: number, mode: number, time: number): -1 | 0 | 1 {
    const way = delta * (pixels[mode] ?? 1);
    if (time - this.last > quietMs || way * this.sum < 0) {
      this.sum = 0;
      this.peak = 0;
      this.steppedAt = null;
    }
    this.last = time;
    this.peak = Math.max(this.peak, Math.abs(way));
    if (this.steppedAt !== null) {
      const again = time - this.steppedAt >= againMs && Math.abs(way) >= this.peak * momentum;
      if (!again) return 0;
      this.sum = 0;
    }
    this.sum += way;
    if (Math.abs(this.sum) < least) return 0;
    this.steppedAt = time;
    return this.sum > 0 ? 1 : -1;
  }
}
