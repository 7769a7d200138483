// Which part of a file is shown, in seconds; pure.  It is never shorter than `least` nor longer than `longest`: a handle that is
// drawn too far stops, or takes the other one along.
export interface Part { from: number; to: number }

export const least = 0.5;

const between = (value: number, low: number, high: number) => Math.min(Math.max(value, low), Math.max(low, high));

/** What is chosen before anybody touches a handle. */
export const firstPart = (duration: number, longest: number): Part => ({ from: 0, to: Math.min(duration, longest) });

export function moveStart(part: Part, at: number, longest: number): Part {
  const from = between(at, 0, part.to - least);
  return { from, to: Math.min(part.to, from + longest) };
}

export function moveEnd(part: Part, at: number, duration: number, longest: number): Part {
  const to = between(at, part.from + least, duration);
  return { from: Math.max(part.from, to - longest), to };
}

/** The whole window, its length kept. */
export function moveBoth(part: Part, from: number, duration: number): Part {
  const length = part.to - part.from;
  const start = between(from, 0, duration - length);
  return { from: start, to: start + length };
}

/** What the server is told: nothing where nothing is cut off. */
export function partInMs(part: Part, duration: number): { start?: number; end?: number } {
  const start = Math.round(part.from * 1000);
  const end = Math.round(part.to * 1000);
  return { ...(start > 0 && { start }), ...(part.to < duration - 0.05 && { end }) };
}
