// The browser's own check of a log: signature, root, figures, and what it saw before.  No word of it is shown here (panel.ts does).
import { count, readEntry, type Entry } from './claims';
import { readCheckpoint, readKey, toBase64, toHex, verify, type Checkpoint, type Key } from './note';
import { entriesOf, hashesOf, leafHash, rootOf, sameHash, tilePath, tileWidth, tileWidthIn, type Hash } from './tree';

/** A log of so many entries is read whole; of a longer one so many bundles of 256. */
export const wholeMax = 10_000;
export const bundlesDrawn = 40;

export interface Claim { key: string; value: number; label: string }
export interface Memory { size: number; root: string; date: string; first: string }
export interface Finding { text: string; params?: Record<string, string | number>; count?: number; facts?: [string, string][] }
export interface Result { verdict: 'good' | 'almost' | 'bad' | 'stopped'; good: Finding[]; bad: Finding[]; wrong?: number }
export interface Task {
  fetch: (path: string) => Promise<Uint8Array | null>;
  /** What the page shows, counted from its first `pageSize` entries; entries that it shows. */
  claims: Claim[];
  pageSize: number;
  shown: number[];
  recall: (origin: string) => Memory | null;
  remember: (origin: string, memory: Memory) => void;
  progress: (done: number, all: number) => void;
  now: () => string;
}

class Wrong extends Error {
  constructor(readonly finding: Finding, readonly entry?: number) { super(finding.text); }
}
class Stopped extends Error {
  constructor(readonly finding: Finding) { super(finding.text); }
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function get(task: Task, path: string): Promise<Uint8Array> {
  const bytes = await task.fetch(path);
  if (!bytes) throw new Stopped({ text: 'check.unreachable', params: { path: `/ledger/${path}` } });
  return bytes;
}

async function readHead(task: Task): Promise<{ checkpoint: Checkpoint; keys: Key[] }> {
  const note = await task.fetch('checkpoint');
  const checkpoint = note && readCheckpoint(decode(note));
  if (!checkpoint) throw new Stopped({ text: 'check.silent' });
  const keys = decode(await get(task, 'key')).split('\n').map(readKey).filter(key => key !== null);
  return { checkpoint, keys };
}

/** By which key it is signed; null: this browser cannot tell. */
async function signer(checkpoint: Checkpoint, keys: Key[]): Promise<Key | null> {
  let unable = false;
  for (const key of keys) {
    const verdict = await verify(checkpoint, key);
    if (verdict === 'signed') return key;
    unable ||= verdict === 'unable';
  }
  if (unable) return null;
  throw new Wrong({ text: 'check.bad_signature' });
}

/** A bundle's entries and their leaves. */
async function readBundle(task: Task, index: number, size: number): Promise<{ lines: Uint8Array[]; leaves: Hash[] }> {
  const lines = entriesOf(await get(task, tilePath('entries', index, size)));
  if (!lines || lines.length !== tileWidthIn(0, index, size)) throw new Wrong({ text: 'check.bad_root' });
  return { lines, leaves: await Promise.all(lines.map(leafHash)) };
}

const altered = (number: number, line: Uint8Array, expected: Hash, found: Hash) => new Wrong({
  text: 'check.bad_entry', params: { number },
  facts: [['check.served', decode(line)], ['check.expected', toHex(expected)], ['check.found', toHex(found)]],
}, number);

/** Which leaf is not the one in the log's tile; the tile counts only where it leads to what was signed. */
async function compare(task: Task, size: number, index: number, bundle: { lines: Uint8Array[]; leaves: Hash[] }): Promise<void> {
  const expected = hashesOf(await get(task, tilePath(0, index, size)));
  bundle.leaves.forEach((leaf, i) => {
    if (expected[i] && !sameHash(leaf, expected[i])) throw altered(index * tileWidth + i, bundle.lines[i]!, expected[i], leaf);
  });
}

async function readWhole(task: Task, { size, root }: Checkpoint): Promise<{ entries: (Entry | null)[]; leaves: Hash[]; rootAt: (size: number) => Promise<Hash> }> {
  const entries: (Entry | null)[] = [], leaves: Hash[] = [], bundles = [];
  for (let index = 0; index * tileWidth < size; index++) {
    const bundle = await readBundle(task, index, size);
    bundles.push(bundle);
    leaves.push(...bundle.leaves);
    entries.push(...bundle.lines.map(line => readEntry(decode(line))));
    task.progress(leaves.length, size);
  }
  const found = await rootOf(leaves);
  if (!sameHash(found, root)) {
    for (let index = 0; index < bundles.length; index++) await compare(task, size, index, bundles[index]!);
    throw new Wrong({ text: 'check.bad_root', facts: [['check.signed_root', toBase64(root)], ['check.found_root', toBase64(found)]] });
  }
  const malformed = entries.indexOf(null);
  if (malformed >= 0) throw new Wrong({ text: 'check.bad_form', params: { number: malformed } }, malformed);
  return { entries, leaves, rootAt: old => rootOf(leaves.slice(0, old)) };
}

/** Draws different numbers below `below`, after those that must be among them. */
function draw(wanted: number[], many: number, below: number): number[] {
  const drawn = new Set(wanted.filter(index => index < below));
  const most = Math.min(many, below);
  while (drawn.size < most) drawn.add(Math.floor(crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32 * below));
  return [...drawn];
}

/** All tiles of level 1 give the signed root; drawn bundles give their hash in these. */
async function readDrawn(task: Task, { size, root }: Checkpoint, old: number) {
  const fullBundles = Math.floor(size / tileWidth), rows: Hash[] = [];
  for (let index = 0; tileWidthIn(1, index, size) > 0; index++) rows.push(...hashesOf(await get(task, tilePath(1, index, size))));
  const rest = size % tileWidth ? (await readBundle(task, fullBundles, size)) : null;
  const found = await rootOf(rest ? [...rows, await rootOf(rest.leaves)] : rows);
  if (!sameHash(found, root)) {
    if (rest) await compare(task, size, fullBundles, rest);
    throw new Wrong({ text: 'check.bad_root', facts: [['check.signed_root', toBase64(root)], ['check.found_root', toBase64(found)]] });
  }
  let seen = rest?.leaves.length ?? 0;
  const drawn = draw(task.shown.map(number => Math.floor(number / tileWidth)), bundlesDrawn, fullBundles);
  for (const [at, index] of drawn.entries()) {
    const bundle = await readBundle(task, index, size);
    if (!sameHash(await rootOf(bundle.leaves), rows[index]!)) {
      await compare(task, size, index, bundle);
      throw new Wrong({ text: 'check.bad_root' });
    }
    seen += bundle.leaves.length;
    task.progress(at + 1, drawn.length);
  }
  const cut = Math.floor(old / tileWidth);
  const tail = old % tileWidth === 0 ? null : cut === fullBundles ? rest : await readBundle(task, cut, size);
  if (tail && cut < fullBundles && !sameHash(await rootOf(tail.leaves), rows[cut]!)) throw new Wrong({ text: 'check.bad_root' });
  return { seen, rootAt: async () => rootOf(tail ? [...rows.slice(0, cut), await rootOf(tail.leaves.slice(0, old % tileWidth))] : rows.slice(0, cut)) };
}

/** What this browser saw before must be the beginning of what it sees now. */
async function compareWithPast(task: Task, { origin, size, root }: Checkpoint, rootAt: (size: number) => Promise<Hash>): Promise<Finding> {
  const past = task.recall(origin);
  const date = task.now();
  const params = past && { date: past.date.slice(0, 10), size: past.size };
  if (past && (past.size > size || toBase64(await rootAt(past.size)) !== past.root)) throw new Wrong({ text: 'check.bad_past', params: params! });
  task.remember(origin, { size, root: toBase64(root), date, first: past?.first ?? date });
  return past ? { text: 'check.same', params: params! } : { text: 'check.first' };
}

function recount(task: Task, entries: (Entry | null)[], size: number): Finding | null {
  if (task.pageSize > size) throw new Wrong({ text: 'check.bad_size', params: { size: task.pageSize, signed: size } });
  const sums = count(entries.slice(0, task.pageSize));
  for (const { key, value, label } of task.claims) {
    const found = sums.get(key) ?? 0;
    if (found !== value) throw new Wrong({ text: 'check.bad_count', params: { label, said: value, found } });
  }
  return task.claims.length ? { text: 'check.counts', count: task.claims.length } : null;
}

/** The log's own entries must name the key that signs. */
function named(entries: (Entry | null)[], key: Key): boolean {
  const text = `${key.name}+${key.id}+`;
  return entries.some(entry => entry && ['origin', 'key-added', 'succession'].includes(entry.kind) && entry.fields.key?.startsWith(text));
}

async function look(task: Task, good: Finding[]): Promise<boolean> {
  const { checkpoint, keys } = await readHead(task);
  const key = await signer(checkpoint, keys);
  if (key) good.push({ text: 'check.signed', params: { name: key.name, id: key.id } });
  const { size } = checkpoint;
  if (size <= wholeMax) {
    const { entries, rootAt } = await readWhole(task, checkpoint);
    if (key && !named(entries, key)) throw new Wrong({ text: 'check.bad_key' });
    good.push({ text: 'check.root', count: size });
    const counted = recount(task, entries, size);
    if (counted) good.push(counted);
    good.push(await compareWithPast(task, checkpoint, rootAt));
  } else {
    const { seen, rootAt } = await readDrawn(task, checkpoint, task.recall(checkpoint.origin)?.size ?? 0);
    good.push({ text: 'check.sampled', params: { n: seen, all: size, chance: `${(100 * seen / size).toFixed(1)} %` } });
    good.push({ text: 'check.uncounted' });
    good.push(await compareWithPast(task, checkpoint, rootAt));
  }
  return key !== null;
}

export async function check(task: Task): Promise<Result> {
  const good: Finding[] = [];
  try {
    const signed = await look(task, good);
    return { verdict: signed ? 'good' : 'almost', good: signed ? good : [...good, { text: 'check.no_ed25519' }], bad: [] };
  } catch (thrown) {
    if (thrown instanceof Wrong) return { verdict: 'bad', good, bad: [thrown.finding], wrong: thrown.entry };
    if (thrown instanceof Stopped) return { verdict: 'stopped', good, bad: [thrown.finding] };
    throw thrown;
  }
}
