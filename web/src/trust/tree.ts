// A log's tree as RFC 6962 and C2SP tlog-tiles have it, over WebCrypto's SHA-256.
export type Hash = Uint8Array;

export const tileWidth = 256;

const digest = async (bytes: Uint8Array): Promise<Hash> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));

export function leafHash(entry: Uint8Array): Promise<Hash> {
  const bytes = new Uint8Array(entry.length + 1);
  bytes.set(entry, 1);
  return digest(bytes);
}

export function nodeHash(left: Hash, right: Hash): Promise<Hash> {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return digest(bytes);
}

export const sameHash = (a: Hash, b: Hash) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The largest power of two below n. */
const split = (n: number) => 2 ** (Math.ceil(Math.log2(n)) - 1);

/** The root over hashes of equal subtrees, the last of which may be of a smaller, partial one. */
export async function rootOf(hashes: Hash[]): Promise<Hash> {
  if (hashes.length === 0) return digest(new Uint8Array());
  // From below, pair by pair; an odd one at the end goes up as it is: the same tree as the recursive one of RFC 6962.
  let row = hashes;
  while (row.length > 1) {
    const above = await Promise.all(Array.from({ length: row.length >> 1 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!)));
    if (row.length % 2) above.push(row[row.length - 1]!);
    row = above;
  }
  return row[0]!;
}

/** As rootOf, by the definition: what the tests hold it against. */
export async function rootByDefinition(hashes: Hash[]): Promise<Hash> {
  if (hashes.length <= 1) return hashes[0] ?? digest(new Uint8Array());
  const left = split(hashes.length);
  return nodeHash(await rootByDefinition(hashes.slice(0, left)), await rootByDefinition(hashes.slice(left)));
}

/** 1234067 is x001/x234/067. */
export function tileNumber(index: number): string {
  const last = String(index % 1000).padStart(3, '0');
  const rest = Math.floor(index / 1000);
  return rest === 0 ? last : `${tileNumber(rest).split('/').map(part => (part.startsWith('x') ? part : `x${part}`)).join('/')}/${last}`;
}

/** The address of a tile, or of a bundle of entries, in a tree of `size`, below the log's own. */
export function tilePath(level: number | 'entries', index: number, size: number): string {
  const width = tileWidthIn(level === 'entries' ? 0 : level, index, size);
  return `tile/${level}/${tileNumber(index)}${width === tileWidth ? '' : `.p/${width}`}`;
}

/** How many hashes a tile has there; 0: it is not there. */
export function tileWidthIn(level: number, index: number, size: number): number {
  const all = Math.floor(size / tileWidth ** level);
  return Math.max(0, Math.min(tileWidth, all - index * tileWidth));
}

/** Cuts a bundle into its entries; null: it is malformed. */
export function entriesOf(bundle: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length;) {
    if (at + 2 > bundle.length) return null;
    const length = bundle[at]! * 256 + bundle[at + 1]!;
    if (at + 2 + length > bundle.length) return null;
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

export function hashesOf(tile: Uint8Array): Hash[] {
  return Array.from({ length: Math.floor(tile.length / 32) }, (_, i) => tile.subarray(32 * i, 32 * i + 32));
}
