// The log's formats and a reader of logs, written a second time: from the C2SP specifications, RFC 6962 and docs/ledger-entries.md, not from the C.
// What it needs of a key it takes from node:crypto.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { root as repository } from './server.mjs';

export const sha256 = (...parts) => {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const need = (truth, why) => { if (!truth) throw new Error(why); };

// --- the tree: RFC 6962 section 2, by its own recursion ---

export const leafHash = (bytes) => sha256(Buffer.from([0]), bytes);
export const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);
export const emptyRoot = () => sha256('');

const split = (n) => { let k = 1; while (k * 2 < n) k *= 2; return k; };

/** A tree over leaf hashes; roots of complete subtrees are kept, so that many proofs of a large tree are quick. */
export class Tree {
  constructor(leaves) { this.leaves = leaves; this.kept = new Map(); }

  range(from, to) {
    const n = to - from;
    if (n === 0) return emptyRoot();
    if (n === 1) return this.leaves[from];
    const complete = (n & (n - 1)) === 0, key = complete && n >= 16 ? from * 64 + Math.log2(n) : null;
    if (key !== null && this.kept.has(key)) return this.kept.get(key);
    const k = split(n);
    const hash = nodeHash(this.range(from, from + k), this.range(from + k, to));
    if (key !== null) this.kept.set(key, hash);
    return hash;
  }

  root(size = this.leaves.length) { return this.range(0, size); }

  inclusion(index, size, from = 0) {                     // PATH(m, D[n])
    if (size <= 1) return [];
    const k = split(size);
    return index < k ? [...this.inclusion(index, k, from), this.range(from + k, from + size)]
      : [...this.inclusion(index - k, size - k, from + k), this.range(from, from + k)];
  }

  consistency(old, size) {                               // PROOF(m, D[n])
    const sub = (m, from, n, whole) => {
      if (m === n) return whole ? [] : [this.range(from, from + n)];
      const k = split(n);
      return m <= k ? [...sub(m, from, k, whole), this.range(from + k, from + n)]
        : [...sub(m - k, from + k, n - k, false), this.range(from, from + k)];
    };
    return old === 0 ? [] : sub(old, 0, size, true);
  }
}

/** RFC 9162, 2.1.3.2, which RFC 6962 leaves to the reader.  Sizes as BigInt or numbers below 2^53. */
export function includes(index, size, leaf, proof, root) {
  let fn = BigInt(index), sn = BigInt(size) - 1n, r = leaf;
  if (fn < 0n || fn > sn) return false;
  for (const p of proof) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      r = nodeHash(p, r);
      while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
    } else r = nodeHash(r, p);
    fn >>= 1n; sn >>= 1n;
  }
  return sn === 0n && r.equals(root);
}

/** The same, Consistency. */
export function consistent(old, size, oldRoot, root, proof) {
  const m = BigInt(old), n = BigInt(size);
  if (m > n) return false;
  if (m === n) return proof.length === 0 && oldRoot.equals(root);
  if (m === 0n) return proof.length === 0;
  if (proof.length === 0) return false;
  const path = (m & (m - 1n)) === 0n ? [oldRoot, ...proof] : [...proof];
  let fn = m - 1n, sn = n - 1n;
  while (fn & 1n) { fn >>= 1n; sn >>= 1n; }
  let fr = path[0], sr = path[0];
  for (const c of path.slice(1)) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      fr = nodeHash(c, fr); sr = nodeHash(c, sr);
      while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
    } else sr = nodeHash(sr, c);
    fn >>= 1n; sn >>= 1n;
  }
  return sn === 0n && fr.equals(oldRoot) && sr.equals(root);
}

// --- base64, strictly ---

export function base64(text) {
  need(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text), 'not base64');
  const bytes = Buffer.from(text, 'base64');
  need(bytes.toString('base64') === text, 'not canonical base64');
  return bytes;
}

// --- keys and signed notes ---

const spki = Buffer.from('302a300506032b6570032100', 'hex'), pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicKey = (raw) => crypto.createPublicKey({ key: Buffer.concat([spki, raw]), format: 'der', type: 'spki' });
const privateKey = (seed) => crypto.createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
export const publicOf = (seed) => crypto.createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-32);

export const nameIsValid = (name) => name.length > 0 && !/[\s+\u0085]/u.test(name) && ![...name].some((c) => c.codePointAt(0) < 0x20);
export const keyId = (name, type, raw) => sha256(`${name}\n`, Buffer.from([type]), raw).subarray(0, 4);

export function parseKey(vkey) {
  const [name, id, ...rest] = vkey.split('+');           // the base64 may have a + of its own
  const bytes = base64(rest.join('+'));
  need(nameIsValid(name) && /^[0-9a-f]{8}$/.test(id), 'malformed key');
  const [type, raw] = [bytes[0], bytes.subarray(1)];
  need((type === 1 || type === 4) && raw.length === 32, 'a key of another type');
  need(keyId(name, type, raw).toString('hex') === id, "the key's id is another key's");
  return { name, type, raw, id: Buffer.from(id, 'hex') };
}
export const writeKey = (name, type, raw) => `${name}+${keyId(name, type, raw).toString('hex')}+${Buffer.concat([Buffer.from([type]), raw]).toString('base64')}`;

const utf8 = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export function parseNote(bytes) {
  const text = utf8(bytes);
  for (const c of text) need(c === '\n' || c.codePointAt(0) >= 0x20, 'a control character');
  const at = text.lastIndexOf('\n\n');
  need(at >= 0 && text.endsWith('\n'), 'no signatures');
  const lines = text.slice(at + 2).split('\n').slice(0, -1);
  need(lines.length > 0, 'no signatures');
  const signatures = lines.map((line) => {
    const found = /^\u2014 (\S+) (\S+)$/u.exec(line);
    need(found && nameIsValid(found[1]), 'a malformed signature line');
    const blob = base64(found[2]);
    need(blob.length > 4, 'a short signature');
    return { name: found[1], id: blob.subarray(0, 4), bytes: blob.subarray(4) };
  });
  return { text: text.slice(0, at + 1), signatures };
}

/** 'signed' | 'unsigned' | 'forged'; a cosignature also has its time. */
export function checkNote(note, key) {
  let verdict = { verdict: 'unsigned' };
  for (const s of note.signatures) {
    if (s.name !== key.name || !s.id.equals(key.id)) continue;
    let message = Buffer.from(note.text), signature = s.bytes, time;
    if (key.type === 4) {
      if (s.bytes.length !== 72) return { verdict: 'forged' };
      time = s.bytes.readBigUInt64BE(0);
      message = Buffer.from(`cosignature/v1\ntime ${time}\n${note.text}`);
      signature = s.bytes.subarray(8);
    }
    if (signature.length !== 64 || !crypto.verify(null, message, publicKey(key.raw), signature)) return { verdict: 'forged' };
    verdict = { verdict: 'signed', time };
  }
  return verdict;
}

export const sign = (text, name, seed) => `\u2014 ${name} ${Buffer.concat([keyId(name, 1, publicOf(seed)), crypto.sign(null, Buffer.from(text), privateKey(seed))]).toString('base64')}\n`;
export function cosign(text, name, seed, time) {
  const stamp = Buffer.alloc(8);
  stamp.writeBigUInt64BE(BigInt(time));
  const signature = crypto.sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), privateKey(seed));
  return `\u2014 ${name} ${Buffer.concat([keyId(name, 4, publicOf(seed)), stamp, signature]).toString('base64')}\n`;
}

// --- checkpoints, tiles, proof files ---

const decimal = (text) => { need(/^(?:0|[1-9]\d*)$/.test(text) && BigInt(text) < 1n << 63n, 'not a decimal number'); return BigInt(text); };

export function parseCheckpoint(text) {
  need(text.endsWith('\n'), 'no newline at the end');
  const [origin, size, root, ...extensions] = text.slice(0, -1).split('\n');
  need(root !== undefined && origin.length > 0 && extensions.every((e) => e.length > 0), 'a checkpoint has three lines');
  const hash = base64(root);
  need(hash.length === 32, 'a root has 32 bytes');
  return { origin, size: decimal(size), root: hash, extensions };
}
export const writeCheckpoint = (origin, size, root) => `${origin}\n${size}\n${root.toString('base64')}\n`;

export function tilePath(level, index, width = 256) {
  let groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) groups = [`x${String(rest % 1000).padStart(3, '0')}`, ...groups];
  return `tile/${level}/${groups.join('/')}${width < 256 ? `.p/${width}` : ''}`;
}

export function parseBundle(bytes) {
  const entries = [];
  let at = 0;
  while (at < bytes.length) {
    need(at + 2 <= bytes.length, 'a bundle that is cut short');
    const n = bytes.readUInt16BE(at);
    need(at + 2 + n <= bytes.length, 'a bundle that is cut short');
    entries.push(bytes.subarray(at + 2, at + 2 + n));
    at += 2 + n;
  }
  return entries;
}

export function parseProof(bytes) {
  const text = utf8(bytes);
  const at = text.indexOf('\n\n');
  need(at >= 0, 'no checkpoint');
  const lines = text.slice(0, at).split('\n');
  need(lines.shift() === 'c2sp.org/tlog-proof@v1', 'not a proof');
  const extra = lines[0]?.startsWith('extra ') ? base64(lines.shift().slice(6)) : null;
  const index = /^index (\S+)$/.exec(lines.shift() ?? '');
  need(index, 'no index');
  const hashes = lines.map(base64);
  need(hashes.every((h) => h.length === 32), 'a hash has 32 bytes');
  return { index: decimal(index[1]), extra, hashes, checkpoint: Buffer.from(text.slice(at + 2)) };
}

export function checkProof(bytes, entry, key) {
  const proof = parseProof(bytes), note = parseNote(proof.checkpoint), checkpoint = parseCheckpoint(note.text);
  return checkNote(note, key).verdict === 'signed' && checkpoint.origin === key.name &&
    includes(proof.index, checkpoint.size, leafHash(entry), proof.hashes, checkpoint.root);
}

// --- policies ---

export function parsePolicy(text) {
  const policy = { logs: [], parties: new Map(), quorum: undefined };
  const grouped = new Set();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/[ \t]+/);
    if (line.trim() === '' || fields[0].startsWith('#')) continue;
    const [what, name, ...rest] = fields;
    if (what === 'log') {
      policy.logs.push({ key: parseKey(name), url: rest[0] });
    } else if (what === 'witness') {
      need(!policy.parties.has(name) && name !== 'none', 'a name twice');
      policy.parties.set(name, { key: parseKey(rest[0]), url: rest[1] });
      need(policy.parties.get(name).key.type === 4, 'a witness needs a cosigning key');
    } else if (what === 'group') {
      const [rule, ...members] = rest;
      need(!policy.parties.has(name) && name !== 'none', 'a name twice');
      for (const member of members) {
        need(policy.parties.has(member) && !grouped.has(member), 'a member that is not there, or in two groups');
        grouped.add(member);
      }
      const wanted = rule === 'all' ? members.length : rule === 'any' ? 1 : Number(decimal(rule));
      need(wanted >= 1 && wanted <= members.length, 'a group that cannot agree');
      policy.parties.set(name, { members, wanted });
    } else if (what === 'quorum') {
      need(policy.quorum === undefined && (name === 'none' || policy.parties.has(name)) && rest.length === 0, 'one quorum');
      policy.quorum = name;
    } else need(false, `unknown: ${what}`);
  }
  need(policy.logs.length > 0 && policy.quorum !== undefined, 'a policy has a log and a quorum');
  return policy;
}

export function satisfies(note, policy) {
  const agrees = (name) => {
    const party = policy.parties.get(name);
    return party.members ? party.members.filter(agrees).length >= party.wanted : checkNote(note, party.key).verdict === 'signed';
  };
  const forged = [...policy.parties.values()].some((p) => p.key && checkNote(note, p.key).verdict === 'forged');
  const log = policy.logs.some(({ key }) => checkNote(note, key).verdict === 'signed' && note.text.startsWith(`${key.name}\n`));
  return log && !forged && (policy.quorum === 'none' || agrees(policy.quorum));
}

// --- entries, as docs/ledger-entries.md has them ---

export function readForms(text = readFileSync(path.join(repository, 'docs/ledger-entries.md'), 'utf8')) {
  const forms = new Map();
  for (const section of text.split('\n### ').slice(1)) {
    const rows = section.split('\n').filter((l) => l.startsWith('| `'));
    forms.set(section.slice(0, section.indexOf('\n')), rows.map((row) => {
      const [, name, value, there] = /^\| `([^`]+)` \| (.+?) \| (must|may) \|/.exec(row);
      const [, type, words] = /^(\w+)(?:: `([^`]*)`)?$/.exec(value);
      return { name, type, words: words?.split(' ') ?? [], must: there === 'must' };
    }));
  }
  return forms;
}

const day = (text) => { const ms = Date.parse(`${text}T00:00:00Z`); return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(ms).toISOString().slice(0, 10) === text && ms >= 0; };
const values = {
  count: (v) => /^(?:0|[1-9]\d{0,15})$/.test(v) && BigInt(v) < 1n << 53n,
  country: (v) => /^[A-Z]{2}$/.test(v),
  date: (v) => { try { return day(v); } catch { return false; } },
  id: (v) => /^[0-9a-f]{16}$/.test(v),
  sha256: (v) => /^[0-9a-f]{64}$/.test(v),
  word: (v, f) => f.words.includes(v),
  words: (v, f) => { const places = v.split(',').map((w) => f.words.indexOf(w)); return places.every((p, i) => p >= 0 && (i === 0 || p > places[i - 1])); },
  key: (v) => { try { parseKey(v); return true; } catch { return false; } },
  base64: (v) => { try { return base64(v).length > 0; } catch { return false; } },
  text: (v) => /^[!-~]{1,200}$/.test(v) && v !== '-',
};
values.index = values.count;

export function parseEntry(line, forms) {
  need(line.length <= 4096 && /^[!-~]+(?: [!-~]+)*$/.test(line), 'not a line of words');
  const [kind, time, ...words] = line.split(' ');
  const form = forms.get(kind);
  need(form, `unknown kind ${kind}`);
  const at = Date.parse(time);
  need(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) && new Date(at).toISOString() === time.replace('Z', '.000Z') && at >= 0, 'no time');
  need(words.length === form.length, 'fields are missing, or too many');
  const fields = {};
  form.forEach((field, i) => {
    need(words[i].startsWith(`${field.name}=`), `here should stand ${field.name}`);
    const value = words[i].slice(field.name.length + 1);
    if (value === '-' && !field.must) fields[field.name] = null;
    else { need(values[field.type](value, field), `no value for ${field.name}`); fields[field.name] = value; }
  });
  return { kind, at, fields };
}

// --- a whole log ---

/** `get(path)` resolves with a Buffer.  Reads every entry and recomputes the root; resolves with all that it found. */
export async function readLog(get, key) {
  const note = parseNote(await get('checkpoint'));
  const checkpoint = parseCheckpoint(note.text), size = Number(checkpoint.size);
  const vkey = key ?? parseKey((await get('key')).toString().split('\n')[0]);
  need(checkNote(note, vkey).verdict === 'signed' && checkpoint.origin === vkey.name, 'the checkpoint is not signed by its log');
  const entries = [];
  for (let index = 0; index * 256 < size; index++) {
    const width = Math.min(256, size - index * 256);
    const bundle = parseBundle(await get(tilePath('entries', index, width)));
    need(bundle.length === width, `bundle ${index} has ${bundle.length} entries, not ${width}`);
    entries.push(...bundle);
  }
  const tree = new Tree(entries.map(leafHash));
  need(tree.root().equals(checkpoint.root), 'the entries do not have the signed root');
  return { note, checkpoint, size, key: vkey, entries, tree };
}

/** Every hash of every tile of a log against its tree. */
export async function checkTiles(get, log) {
  let looked = 0;
  for (let level = 0, n = log.size; n > 0; level++, n = Math.floor(n / 256)) {
    for (let index = 0; index * 256 < n; index++) {
      const width = Math.min(256, n - index * 256), bytes = await get(tilePath(level, index, width));
      need(bytes.length === width * 32, `tile ${level}/${index} has ${bytes.length} bytes`);
      for (let i = 0; i < width; i++) {
        const from = (index * 256 + i) * 256 ** level;
        need(log.tree.range(from, from + 256 ** level).equals(bytes.subarray(i * 32, i * 32 + 32)), `hash ${i} of tile ${level}/${index} is wrong`);
        looked++;
      }
    }
  }
  return looked;
}

const outcomes = { 'refused-by-rule': 'refused_by_rule', 'complied-in-part': 'complied_in_part' };

/** The table by half-year and country, counted from the entries: keys "2026 H2 SG". */
export function recount(lines, forms) {
  const rows = new Map(), demands = new Map();
  const row = (country, at) => {
    const date = new Date(at), name = `${date.getUTCFullYear()} H${date.getUTCMonth() < 6 ? 1 : 2} ${country ?? '--'}`;
    if (!rows.has(name)) rows.set(name, { received: 0, authenticated: 0, refused_by_rule: 0, refused: 0, narrowed: 0, complied_in_part: 0, complied: 0, withdrawn: 0, open: 0, gags: 0, takedowns: 0, incidents: 0 });
    return rows.get(name);
  };
  for (const line of lines) {
    const { kind, at, fields } = parseEntry(line.toString('latin1'), forms);
    if (kind === 'demand-received') {
      const its = row(fields.asker, at);
      demands.set(fields.demand, its);
      its.received++;
      its.open++;
    } else if (kind === 'demand-authenticated') demands.get(fields.demand).authenticated++;
    else if (kind === 'demand-decided') {
      demands.get(fields.demand)[outcomes[fields.outcome] ?? fields.outcome]++;
      demands.get(fields.demand).open--;
    } else if (kind === 'demand-gagged') demands.get(fields.demand).gags++;
    else if (kind === 'takedown') row(fields.country, at).takedowns++;
    else if (kind === 'incident') row(null, at).incidents++;
  }
  return rows;
}
