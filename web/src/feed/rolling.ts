// Whether the first clip plays.  Until then its neighbours wait: on a thin link they would take its place.
import { createStore } from '../store';

const latestMs = 2000;

export const rolling = createStore(false);

const roll = () => rolling.set(true);

/** A clip plays, somebody moves on, or the first clip takes too long or fails. */
export function awaitRolling(): void {
  for (const kind of ['playing', 'error', 'pointerdown', 'wheel', 'keydown']) {
    document.addEventListener(kind, roll, { capture: true, once: true, passive: true });
  }
}

/** At once where nothing starts by itself. */
export function rollSoon(waits: boolean): void {
  if (waits) roll();
  else setTimeout(roll, latestMs);
}
