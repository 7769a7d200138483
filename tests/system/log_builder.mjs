// Builds logs, honest ones and others, and serves them: for tests of who reads them.
import http from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { Tree, leafHash, publicOf, sha256, sign, tilePath, writeCheckpoint, writeKey } from './verifier.mjs';

export const seedOf = (word) => sha256(`seed of a test: ${word}`);
export const vkeyOf = (name, seed, type = 1) => writeKey(name, type, publicOf(seed));
export const stamp = (ms) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
export const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);

export class Log {
  constructor({ origin = 'amanat/test', seed = seedOf('log') } = {}) {
    Object.assign(this, { origin, seed, lines: [], charters: new Map() });
  }

  get vkey() { return vkeyOf(this.origin, this.seed); }

  /** Adds a line "kind TIME field=value ..."; fields in the order in which they are given. Resolves to its number. */
  add(kind, ms, fields = {}) {
    this.lines.push(Buffer.from([kind, stamp(ms), ...Object.entries(fields).map(([k, v]) => `${k}=${v ?? '-'}`)].join(' ')));
    return this.lines.length - 1;
  }

  addRaw(text) { this.lines.push(Buffer.from(text)); return this.lines.length - 1; }

  begin(ms) { return this.add('origin', ms, { origin: this.origin, key: this.vkey }); }

  /** A charter with its entry and its signature; `change` alters the object before it is written. */
  charter(ms, { version = 1, change = (c) => c, served } = {}) {
    const before = this.charters.get(version - 1);
    const text = JSON.stringify(change(charterOf(this.origin, version, before ? sha256(before.json).toString('hex') : null, dayOf(ms))));
    const json = Buffer.from(text), hash = sha256(json);
    const note = `amanat charter\n${this.origin}\n${version}\n${hash.toString('base64')}\n`;
    this.charters.set(version, { json: served ?? json, note: Buffer.from(`${note}\n${sign(note, this.origin, this.seed)}`) });
    return this.add('charter', ms, { version, charter: hash.toString('hex'), previous: before ? sha256(before.json).toString('hex') : null });
  }

  /** Everything that a node serves, by its path under /ledger. */
  files({ size = this.lines.length, signers = [{ name: this.origin, seed: this.seed }], more = () => '' } = {}) {
    const files = new Map(), lines = this.lines.slice(0, size), tree = new Tree(lines.map(leafHash));
    const text = writeCheckpoint(this.origin, size, tree.root());
    files.set('checkpoint', Buffer.from(`${text}\n${signers.map((s) => sign(text, s.name, s.seed)).join('')}${more(text)}`));
    files.set('key', Buffer.from(`${this.vkey}\n`));
    for (let index = 0; index * 256 < size; index++) {
      const bundle = lines.slice(index * 256, index * 256 + 256);
      files.set(tilePath('entries', index, bundle.length), Buffer.concat(bundle.flatMap((l) => [Buffer.from([l.length >> 8, l.length & 255]), l])));
    }
    for (let level = 0, n = size; n > 0; level++, n = Math.floor(n / 256))
      for (let index = 0; index * 256 < n; index++) {
        const hashes = [];
        for (let i = index * 256; i < Math.min(n, index * 256 + 256); i++) hashes.push(tree.range(i * 256 ** level, (i + 1) * 256 ** level));
        files.set(tilePath(level, index, hashes.length), Buffer.concat(hashes));
      }
    for (const [version, { json, note }] of this.charters) { files.set(`charter/${version}`, json); files.set(`charter/${version}/note`, note); }
    return files;
  }
}

/** The first charter's shape, small: home SG, owner CN. */
export const charterOf = (name, version, previous, issued) => ({
  format: 'amanat-charter/v1', name, version, previous, issued,
  places: { home: [{ region: 'sg', state: 'SG' }], owner: ['CN'] },
  rules: [
    { number: 1, says: 'No access that goes on.', kinds: ['live', 'bulk', 'weaken'], then: 'refuse', notice_hours: 0 },
    { number: 2, says: 'The owner is refused.', asker: ['owner'], then: 'refuse', notice_hours: 0 },
    { number: 3, says: 'A third state is refused.', kinds: ['data', 'metadata', 'preservation', 'removal'], asker: ['third'], then: 'refuse', notice_hours: 0 },
    { number: 6, says: 'An emergency is proved.', bases: ['emergency'], authenticated: false, then: 'authenticate', deadline_hours: 24, notice_hours: 72 },
    { number: 7, says: 'Who asks proves it.', authenticated: false, then: 'authenticate', deadline_hours: 336, notice_hours: 336 },
    { number: 8, says: 'Kept for a time.', kinds: ['preservation'], then: 'decide', deadline_hours: 72, notice_hours: 0, gag_days: 90, hold_days: 90 },
    { number: 9, says: 'An emergency.', kinds: ['data', 'metadata'], bases: ['emergency'], then: 'decide', deadline_hours: 24, notice_hours: 72, gag_days: 0 },
    { number: 10, says: 'A person decides.', kinds: ['data', 'metadata'], then: 'decide', deadline_hours: 336, notice_hours: 0, gag_days: 365 },
    { number: 12, says: 'A removal.', kinds: ['removal', 'availability'], then: 'decide', deadline_hours: 36, notice_hours: 0, gag_days: 0 },
    { number: 14, says: 'The rest is refused.', then: 'refuse', notice_hours: 0 },
  ],
});

/** Serves files by their path; `files` may be exchanged while it serves. Resolves with { url, files, asked, stop }. */
export async function serveLog(files) {
  const served = { files, asked: [] };
  const server = http.createServer((request, response) => {
    const where = decodeURI(request.url).replace(/^\/ledger\//, '');
    served.asked.push(where);
    const body = served.files.get(where);
    if (typeof body === 'number') { response.statusCode = body; response.end(); return; }
    response.statusCode = body ? 200 : 404;
    response.end(body ?? '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  served.url = `http://127.0.0.1:${server.address().port}`;
  served.stop = () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); });
  return served;
}

/** The same into a folder, as --from-files reads it. */
export function writeLog(files, folder) {
  for (const [name, bytes] of files) {
    const where = path.join(folder, /^charter\/\d+$/.test(name) ? `${name}.json` : name.replace(/^(charter\/\d+)\/note$/, '$1.note'));
    mkdirSync(path.dirname(where), { recursive: true });
    writeFileSync(where, bytes);
  }
}
