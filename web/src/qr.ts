// QR codes (ISO/IEC 18004): bytes, correction level M, versions 1 to 10, as one SVG path.  Pure.

/** Correction bytes a block and blocks, by version. */
const correction = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26];
const blocks = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5];
const largest = 10;

const centres = (version: number): number[] => {
  if (version === 1) return [];
  const size = version * 4 + 17;
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((size - 13) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - step * (count - 2 - i))];
};

/** Modules that carry data: all but the patterns. */
function room(version: number): number {
  const aligned = version === 1 ? 0 : Math.floor(version / 7) + 2;
  const patterns = version === 1 ? 0 : (25 * aligned - 10) * aligned - 55;
  return (16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0);
}

/** Product in the field of 256 elements with x^8+x^4+x^3+x^2+1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

function divisorOf(degree: number): number[] {
  const out: number[] = new Array(degree).fill(0);
  out[degree - 1] = 1;
  for (let i = 0, root = 1; i < degree; i++, root = times(root, 2)) {
    for (let at = 0; at < degree; at++) out[at] = times(out[at]!, root) ^ (out[at + 1] ?? 0);
  }
  return out;
}

function remainder(data: number[], divisor: number[]): number[] {
  const out = divisor.map(() => 0);
  for (const byte of data) {
    const factor = byte ^ out.shift()!;
    out.push(0);
    divisor.forEach((part, i) => { out[i]! ^= times(part, factor); });
  }
  return out;
}

/** Length, bytes and filling, cut into blocks with their correction, woven together. */
function codewords(bytes: Uint8Array, version: number): number[] {
  const all = Math.floor(room(version) / 8), count = blocks[version]!, extra = correction[version]!;
  const capacity = all - count * extra;
  const bits: number[] = [];
  const put = (value: number, length: number) => { for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1); };
  put(4, 4);
  put(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach(byte => put(byte, 8));
  put(0, Math.min(4, capacity * 8 - bits.length));
  put(0, (8 - bits.length % 8) % 8);
  for (let filler = 0xec; bits.length < capacity * 8; filler ^= 0xec ^ 0x11) put(filler, 8);
  const data = Array.from({ length: capacity }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0));

  const short = Math.floor(all / count) - extra, longs = all % count;
  const parts: number[][] = [];
  for (let i = 0, at = 0; i < count; i++) {
    const length = short + (i >= count - longs ? 1 : 0);
    parts.push(data.slice(at, at + length));
    at += length;
  }
  const checks = parts.map(part => remainder(part, divisorOf(extra)));
  const weave = (rows: number[][], length: number) =>
    Array.from({ length }, (_, i) => rows.flatMap(row => i < row.length ? [row[i]!] : [])).flat();
  return [...weave(parts, short + 1), ...weave(checks, extra)];
}

type Grid = (boolean | undefined)[][];

function square(grid: Grid, x: number, y: number, reach: number, dark: (ring: number) => boolean): void {
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      if (grid[y + dy] && x + dx >= 0 && x + dx < grid.length) grid[y + dy]![x + dx] = dark(Math.max(Math.abs(dx), Math.abs(dy)));
    }
  }
}

function patterns(version: number): Grid {
  const size = version * 4 + 17;
  const grid: Grid = Array.from({ length: size }, () => new Array(size).fill(undefined));
  for (let i = 0; i < size; i++) grid[6]![i] = grid[i]![6] = i % 2 === 0;
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) square(grid, x, y, 4, ring => ring !== 2 && ring !== 4);
  const at = centres(version), last = at.length - 1;
  at.forEach((y, j) => at.forEach((x, i) => {
    const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
    if (!corner) square(grid, x, y, 2, ring => ring !== 1);
  }));
  if (version >= 7) {
    let rest = version;
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = version << 12 | rest;
    for (let i = 0; i < 18; i++) {
      const a = size - 11 + i % 3, b = Math.floor(i / 3);
      grid[a]![b] = grid[b]![a] = (bits >>> i & 1) === 1;
    }
  }
  return grid;
}

/** Level M is 0; the mask's number with its own correction, twice. */
function format(grid: Grid, mask: number): void {
  const size = grid.length;
  let rest = mask;
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = (mask << 10 | rest) ^ 0x5412;
  const bit = (i: number) => (bits >>> i & 1) === 1;
  for (let i = 0; i < 15; i++) {
    const down = i < 6 ? i : i < 8 ? i + 1 : size - 15 + i;
    const along = i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i;
    grid[down]![8] = bit(i);
    grid[8]![along] = bit(i);
  }
  grid[size - 8]![8] = true;
}

const masks: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0, (_, y) => y % 2 === 0, x => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => x * y % 2 + x * y % 3 === 0,
  (x, y) => (x * y % 2 + x * y % 3) % 2 === 0, (x, y) => ((x + y) % 2 + x * y % 3) % 2 === 0,
];

/** How hard a grid is to read: long runs, blocks, what looks like a corner, too much of one colour. */
function trouble(grid: boolean[][]): number {
  const size = grid.length;
  const lines = [...grid, ...grid.map((_, x) => grid.map(row => row[x]!))].map(line => line.map(Number).join(''));
  let sum = 0, dark = 0;
  for (const line of lines) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += 40 * ([...line.matchAll(/(?=10111010000|00001011101)/g)].length);
  }
  grid.forEach((row, y) => row.forEach((cell, x) => {
    dark += Number(cell);
    if (x && y && cell === row[x - 1] && cell === grid[y - 1]![x] && cell === grid[y - 1]![x - 1]) sum += 3;
  }));
  return sum + 10 * Math.floor(Math.abs(dark / (size * size) - 0.5) * 20);
}

/** Rows of modules, true for dark; null for a text that is too long. */
export function qrModules(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  let version = 1;
  const fits = () => Math.floor(room(version) / 8) - blocks[version]! * correction[version]! >= bytes.length + (version < 10 ? 2 : 3);
  while (version <= largest && !fits()) version++;
  if (version > largest) return null;
  const fixed = patterns(version);
  format(fixed, 0);
  const words = codewords(bytes, version), size = fixed.length;
  const free: [number, number][] = [];
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let i = 0; i < size; i++) {
      const y = ((right + 1) & 2) === 0 ? size - 1 - i : i;
      for (const x of [right, right - 1]) if (fixed[y]![x] === undefined) free.push([x, y]);
    }
  }
  const tries = masks.map((mask, number) => {
    const grid: Grid = fixed.map(row => [...row]);
    free.forEach(([x, y], i) => { grid[y]![x] = ((words[i >> 3] ?? 0) >>> (7 - (i & 7)) & 1) === 1 !== mask(x, y); });
    format(grid, number);
    return grid as boolean[][];
  });
  return tries.reduce((best, grid) => trouble(grid) < trouble(best) ? grid : best);
}

/** The dark modules as a path, with the four light modules around them that readers need. */
export function qrPath(modules: boolean[][]): { path: string; side: number } {
  const path = modules.flatMap((row, y) => row.flatMap((dark, x) => dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : [])).join('');
  return { path, side: modules.length + 8 };
}
