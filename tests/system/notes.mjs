// Signed notes, cosignatures and trees, written from the specifications alone (C2SP signed-note, tlog-cosignature, RFC 6962): the tests' own.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();

// --- keys ---

const spki = (raw) => createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]), format: 'der', type: 'spki' });
const raw = (key) => Buffer.from(key.export({ format: 'jwk' }).x, 'base64url');
const idOf = (name, type, bytes) => sha256(`${name}\n`, [type], bytes).subarray(0, 4);

/** A verifier key's text as { name, id, type, key }; throws when its id is not its own. */
export function readKey(vkey) {
  const [name, hex, ...rest] = vkey.trim().split('+'), bytes = Buffer.from(rest.join('+'), 'base64');
  const id = idOf(name, bytes[0], bytes.subarray(1));
  if (id.toString('hex') !== hex || bytes.length !== 33) throw new Error(`not a key: ${vkey}`);
  return { name, id, type: bytes[0], key: spki(bytes.subarray(1)) };
}
/** A signer with `vkey`; of type 1 (a log) or 4 (a witness). */
export function newSigner(name, type = 1, { privateKey } = generateKeyPairSync('ed25519')) {
  const bytes = raw(createPublicKey(privateKey)), id = idOf(name, type, bytes);
  return { name, type, id, privateKey, vkey: `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.from([type]), bytes]).toString('base64')}` };
}
/** The signer in a node's key file. */
export function signerOfFile(text) {
  const [, , name, , ...rest] = text.trim().split('\n').at(-1).split('+'), bytes = Buffer.from(rest.join('+'), 'base64');
  const privateKey = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), bytes.subarray(1)]), format: 'der', type: 'pkcs8' });
  return newSigner(name, bytes[0], { privateKey });
}

// --- notes ---

const line = (signer, bytes) => `— ${signer.name} ${Buffer.concat([signer.id, bytes]).toString('base64')}\n`;
export const signLine = (signer, text) => line(signer, sign(null, Buffer.from(text), signer.privateKey));
export function cosignLine(signer, text, time) {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  return line(signer, Buffer.concat([stamp, sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), signer.privateKey)]));
}
/** { text, lines }: the checkpoint's text and its signature lines. */
export function readNote(note) {
  const at = note.lastIndexOf('\n\n');
  if (at < 0 || !note.endsWith('\n')) throw new Error(`not a note: ${note}`);
  return { text: note.slice(0, at + 1), lines: note.slice(at + 2).split('\n').slice(0, -1) };
}
export function readCheckpoint(note) {
  const [origin, size, root] = readNote(note).text.split('\n');
  return { origin, size: Number(size), root };
}
/** The times of the valid cosignatures (0: a plain signature) of this key; throws on one under its name that does not hold. */
export function signaturesOf(note, key) {
  const { text, lines } = readNote(note), times = [];
  for (const each of lines) {
    const [, name, base64] = /^— (\S+) (\S+)$/.exec(each), bytes = Buffer.from(base64, 'base64');
    if (name !== key.name || !bytes.subarray(0, 4).equals(key.id)) continue;
    const time = key.type === 4 ? bytes.readBigUInt64BE(4) : 0n;
    const message = key.type === 4 ? `cosignature/v1\ntime ${time}\n${text}` : text;
    if (!verify(null, Buffer.from(message), key.key, bytes.subarray(key.type === 4 ? 12 : 4))) throw new Error(`forged: ${each}`);
    times.push(Number(time));
  }
  return times;
}

// --- trees ---

const split = (n) => { let k = 1; while (2 * k < n) k *= 2; return k; };
const node = (l, r) => sha256([1], l, r);
export const root = (leaves) => (leaves.length === 0 ? sha256() : leaves.length === 1 ? leaves[0]
  : node(root(leaves.slice(0, split(leaves.length))), root(leaves.slice(split(leaves.length)))));
/** RFC 6962 section 2.1.2. */
export function consistency(m, leaves, whole = true) {
  const n = leaves.length;
  if (m === 0) return [];
  if (m === n) return whole ? [] : [root(leaves)];
  const k = split(n);
  return m <= k ? [...consistency(m, leaves.slice(0, k), whole), root(leaves.slice(k))] : [...consistency(m - k, leaves.slice(k), false), root(leaves.slice(0, k))];
}

/** A log that anybody may fork: entries, checkpoints, and the body of add-checkpoint. */
export class Log {
  constructor(name, leaves = []) { this.signer = newSigner(name); this.leaves = leaves; }
  get vkey() { return this.signer.vkey; }
  grow(count, salt = '') { for (let i = 0; i < count; i++) this.leaves.push(sha256([0], `${salt}${this.leaves.length}`)); return this; }
  /** The same key, other entries from `size` on. */
  fork(size, count, salt) { const other = new Log(this.signer.name, this.leaves.slice(0, size)); other.signer = this.signer; return other.grow(count, salt); }
  text(size = this.leaves.length) { return `${this.signer.name}\n${size}\n${root(this.leaves.slice(0, size)).toString('base64')}\n`; }
  checkpoint(size) { const text = this.text(size); return `${text}\n${signLine(this.signer, text)}`; }
  question(old, size = this.leaves.length, note = this.checkpoint(size)) {
    const proof = old <= size ? consistency(old, this.leaves.slice(0, size)) : [];
    return `old ${old}\n${proof.map((h) => `${h.toString('base64')}\n`).join('')}\n${note}`;
  }
}
