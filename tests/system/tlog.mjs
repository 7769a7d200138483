// An independent reader of the log's formats, written from the specifications: RFC 6962, C2SP signed-note, tlog-checkpoint, tlog-proof.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';

export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
export const leafHash = (entry) => sha256([0], entry);
const nodeHash = (left, right) => sha256([1], left, right);

/** "name+hex+base64": RFC 8032 keys, type 1. */
export function readKey(text) {
  const [, name, id, base64] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim());
  const typed = Buffer.from(base64, 'base64');
  assert.equal(typed[0], 1);
  assert.equal(sha256(`${name}\n`, typed).subarray(0, 4).toString('hex'), id);
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);
  return { name, id, public: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
}

/** The text of a note that this key signed. */
export function readNote(note, key) {
  const at = note.lastIndexOf('\n\n');
  const text = note.slice(0, at + 1);
  for (const line of note.slice(at + 2).split('\n').filter(Boolean)) {
    const [, name, base64] = /^— (\S+) (\S+)$/.exec(line);
    const bytes = Buffer.from(base64, 'base64');
    if (name !== key.name || bytes.subarray(0, 4).toString('hex') !== key.id) continue;
    assert.ok(verify(null, Buffer.from(text), key.public, bytes.subarray(4)), 'the signature is wrong');
    return text;
  }
  return assert.fail('this key did not sign');
}

export function readCheckpoint(note, key) {
  const [origin, size, root] = readNote(note, key).split('\n');
  assert.equal(origin, key.name);
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

/** RFC 6962 section 2.1.1, upwards. */
function rootOf(index, size, leaf, path) {
  let hash = leaf, at = index, last = size - 1, used = 0;
  while (last > 0) {
    if (at % 2 === 1 || at < last) {
      assert.ok(used < path.length, 'the path is too short');
      hash = at % 2 === 1 ? nodeHash(path[used++], hash) : nodeHash(hash, path[used++]);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  assert.equal(used, path.length, 'the path is too long');
  return hash;
}

/** A proof file; `entry` or what its extra line carries is what it proves. */
export function readProof(file, key, entry) {
  const at = file.indexOf('\n\n');
  const lines = file.slice(0, at).split('\n');
  assert.equal(lines.shift(), 'c2sp.org/tlog-proof@v1');
  const extra = lines[0].startsWith('extra ') ? Buffer.from(lines.shift().slice(6), 'base64').toString() : '';
  const index = Number(/^index (\d+)$/.exec(lines.shift())[1]);
  const checkpoint = readCheckpoint(file.slice(at + 2), key);
  const proved = entry ?? extra;
  assert.ok(index < checkpoint.size);
  assert.deepEqual(rootOf(index, checkpoint.size, leafHash(proved), lines.map((line) => Buffer.from(line, 'base64'))), checkpoint.root);
  return { index, extra, checkpoint };
}
