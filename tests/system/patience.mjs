// Waiting for what another thread or process brings about: for a condition, never for a time.  Patience is long, since only a failure uses it up, and a
// sanitized server on two busy cores makes seconds of what takes milliseconds.
import { setTimeout as moment } from 'node:timers/promises';

const SECONDS = 30;

/** Looks again until `look` throws no more; gives what it gave, or throws what it threw last. */
export async function soon(look, seconds = SECONDS) {
  for (const end = Date.now() + seconds * 1000; ; await moment(50)) {
    try { return await look(); } catch (thrown) { if (Date.now() > end) throw thrown; }
  }
}

/** Asks again, every `pause` ms, until `holds` gives what is not empty, false or 0; gives that. */
export async function until(holds, what = String(holds), { seconds = SECONDS, pause = 30 } = {}) {
  for (const end = Date.now() + seconds * 1000; ; await moment(pause)) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
  }
}
