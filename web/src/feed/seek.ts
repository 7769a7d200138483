// Where in a clip: from a point on its bar, or by a key.  Pure.

/** The part of the bar, 0 to 1, at a point; right-to-left the bar starts at the right. */
export function partAt(x: number, left: number, width: number, rtl: boolean): number {
  const part = width > 0 ? (x - left) / width : 0;
  return Math.min(Math.max(rtl ? 1 - part : part, 0), 1);
}

/** The second that a key leads to, or null for other keys. */
export function seekByKey(key: string, now: number, duration: number, rtl: boolean, step: number): number | null {
  const forward = rtl ? 'ArrowLeft' : 'ArrowRight', back = rtl ? 'ArrowRight' : 'ArrowLeft';
  const to = { [forward]: now + step, [back]: now - step, Home: 0, End: duration }[key];
  // The very end would start it over.
  return to === undefined ? null : Math.min(Math.max(to, 0), Math.max(duration - 0.1, 0));
}
