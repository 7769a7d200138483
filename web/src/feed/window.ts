// Which clips of a feed exist as video elements, and how eagerly each loads.  Pure, so that it can be tried.

export const keepBefore = 2;
export const keepAfter = 2;

export type Eagerness = 'auto' | 'metadata' | 'none';

/** Whether the clip at `index` has a video element while the one at `active` is on screen. */
export function isMounted(index: number, active: number): boolean {
  return index >= active - keepBefore && index <= active + keepAfter;
}

/** The one on screen and the next two load whole; those just passed keep what they have.  Who saves data loads the one on screen. */
export function eagerness(index: number, active: number, saves = false): Eagerness {
  if (saves) return index === active ? 'auto' : 'none';
  if (index >= active && index <= active + keepAfter) return 'auto';
  return isMounted(index, active) ? 'metadata' : 'none';
}

/** Whether the next page should be on its way: three clips before the end. */
export function wantsMore(active: number, loaded: number): boolean {
  return active >= loaded - 4;
}

/** The next clip in a direction that is not known to fail, or the end of the list. */
export function nextIndex(active: number, step: 1 | -1, count: number, fails: (index: number) => boolean): number {
  let index = active + step;
  while (index > 0 && index < count - 1 && fails(index)) index += step;
  return Math.min(Math.max(index, 0), Math.max(count - 1, 0));
}

/** Which clip is on screen, from the scroller's position. */
export function indexAt(scrollTop: number, height: number, count: number): number {
  if (height <= 0 || count === 0) return 0;
  return Math.min(Math.max(Math.round(scrollTop / height), 0), count - 1);
}
