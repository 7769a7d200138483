// amanat verify, against logs that are built here: an honest one, and one for each way to lie or to break a promise.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { Log, charterOf, dayOf, seedOf, serveLog, stamp, vkeyOf, writeLog } from './log_builder.mjs';
import { until } from './patience.mjs';
import { freshFolder, run } from './server.mjs';
import { Tree, cosign, leafHash, readForms, readLog, recount, sha256, sign, tilePath, writeCheckpoint } from './verifier.mjs';

const hour = 3_600_000, day = 24 * hour;
const now = Math.floor(Date.now() / 1000) * 1000, start = now - 100 * day;
const folder = freshFolder();
let made = 0;
const newState = () => path.join(folder, `state-${made++}`);

/** Runs the program on an address or on files. */
async function verify(where, ...options) {
  const state = options.includes('--state') ? [] : ['--state', newState()];
  const { code, signal, stdout, stderr } = await run(['verify', ...(typeof where === 'string' ? [where] : []), ...state, '--json', ...options]);
  assert.ok(stdout.startsWith('{'), `${code ?? signal}: ${stderr}`);
  const report = JSON.parse(stdout);
  return { code, stderr, ...report, slugs: report.findings.map((f) => f.slug), of: (slug) => report.findings.find((f) => f.slug === slug) };
}

async function serving(files, work) {
  const served = await serveLog(files);
  try { return await work(served); } finally { await served.stop(); }
}
const verifyLog = (log, options) => serving(log.files(options), (served) => verify(served.url));

const id = (n) => n.toString(16).padStart(16, '0');
const hashed = (text) => sha256(text).toString('hex');

/** A demand with what usually follows; `steps` are functions of (log, number of the receipt, id). */
function demand(log, n, at, { asker = 'SG', kind = 'data', basis = 'court', residence = 'IN', home = 'SG', accounts = 1 } = {}) {
  const received = log.add('demand-received', at, { demand: id(n), asker, kind, basis, residence, home, accounts, papers: hashed(`papers ${n}`) });
  const its = { demand: id(n), received };
  return {
    received,
    authenticated: (when) => log.add('demand-authenticated', when, { ...its, how: 'call-back' }),
    decided: (when, outcome, { rule = null, charter = 1, given = 0, classes = null } = {}) =>
      log.add('demand-decided', when, { ...its, outcome, rule, charter, accounts: given, classes, reason: null }),
    gagged: (when, until) => log.add('demand-gagged', when, { ...its, until: dayOf(until) }),
    told: (when) => log.add('demand-told', when, { ...its, accounts }),
    held: (when, until) => log.add('hold-placed', when, { ...its, accounts, until: dayOf(until) }),
  };
}

function begun() {
  const log = new Log();
  log.begin(start);
  log.add('node-started', start, { version: '0.1.0', build: hashed('program') });
  log.charter(start);
  return log;
}

/** One of everything that the charter allows. */
function honest() {
  const log = begun(), t = start + day;
  const refused = demand(log, 1, t, { asker: 'CN' });
  refused.decided(t, 'refused-by-rule', { rule: 2 });
  refused.told(t + hour);
  const third = demand(log, 2, t + hour, { asker: 'US', residence: null, accounts: 3 });
  third.decided(t + hour, 'refused-by-rule', { rule: 3 });
  third.told(t + 2 * hour);
  const court = demand(log, 3, t + 3 * hour);
  court.authenticated(t + day);
  court.gagged(t + day, t + 30 * day);
  court.decided(t + 3 * day, 'complied-in-part', { given: 1, classes: 'public,personal' });
  const hold = demand(log, 4, t + 4 * day, { kind: 'preservation' });
  hold.authenticated(t + 4 * day);
  hold.decided(t + 5 * day, 'complied');
  const placed = hold.held(t + 5 * day, t + 65 * day);
  hold.told(t + 5 * day);
  const removal = demand(log, 5, t + 6 * day, { kind: 'removal' });
  removal.authenticated(t + 6 * day);
  removal.decided(t + 7 * day, 'complied');
  removal.told(t + 7 * day);
  log.add('takedown', t + 7 * day, { what: 'video', basis: 'law', country: 'SG', demand: id(5) });
  const salt = sha256('salt'), hidden = `demand-told ${stamp(t)} demand=${id(1)} received=3 accounts=1`;
  // a node that was away: the one that is due at its start, and the one of the next midnight
  const midnight = Math.floor((t + 9 * day) / day) * day;
  log.add('node-started', t + 8 * day, { version: '0.1.0', build: hashed('program') });
  const shut = log.add('opaque', t + 8 * day, { commitment: hashed(Buffer.concat([salt, Buffer.from(hidden)])), opens: dayOf(t + 40 * day) });
  log.add('opaque', midnight, { commitment: hashed('dummy'), opens: dayOf(now + 100 * day) });
  const quiet = demand(log, 6, t + 10 * day, { basis: 'statute' });
  quiet.decided(t + 10 * day + 336 * hour, 'refused', { rule: 7 });
  quiet.told(t + 10 * day + 337 * hour);
  court.told(t + 30 * day);
  log.add('opaque-opened', t + 40 * day, { opaque: shut, salt: salt.toString('hex'), hidden: Buffer.from(hidden).toString('base64') });
  log.add('hold-ended', t + 65 * day, { demand: id(4), placed });
  log.add('incident', t + 66 * day, { incident: id(9), kind: 'outage', happened: dayOf(t), people: 0, told: null, report: null });
  const open = demand(log, 7, now - 2 * day, { kind: 'availability', asker: 'US', accounts: 1 });
  open.authenticated(now - hour);
  open.told(now - hour);
  return log;
}

test('an honest log is fine, and both verifiers count the same', async () => {
  const log = honest();
  await serving(log.files(), async (served) => {
    const report = await verify(served.url);
    assert.equal(report.code, 0, JSON.stringify(report.findings));
    assert.equal(report.verdict, 'fine');
    assert.equal(report.trusted_first, true);
    const read = await readLog(async (where) => served.files.get(where));
    assert.equal(report.root, read.tree.root().toString('base64'));
    assert.equal(report.size, read.size);
    const counted = recount(read.entries, readForms());
    assert.equal(report.table.length, counted.size);
    for (const row of report.table) for (const [column, n] of Object.entries(counted.get(`${row.half} ${row.country}`))) assert.equal(row[column], n, `${row.half} ${row.country} ${column}`);
    assert.deepEqual(report.open, { demands: 1, demands_overdue: 0, opaque: 1, opaque_overdue: 0, holds: 0, holds_overdue: 0 });
  });
});

test('a copy in a folder is verified as the node is', async () => {
  const where = path.join(folder, 'mirror'), log = honest();
  writeLog(log.files(), where);
  const report = await verify(null, '--from-files', where, '--key', log.vkey);
  assert.equal(report.code, 0, JSON.stringify(report.findings));
  assert.equal(report.trusted_first, false);
});

test('people read a table, a verdict, and what no log can prove', async () => {
  await serving(honest().files(), async (served) => {
    const { code, stdout } = await run(['verify', served.url, '--state', newState()]);
    assert.equal(code, 0);
    assert.match(stdout, /refused by rule/);
    assert.match(stdout, /Nothing wrong was found\./);
    assert.match(stdout, /What no log can prove/);
  });
});

test('growth since the last look is consistent; an empty log, too, may grow', async () => {
  const log = honest(), state = newState();
  await serving(log.files({ size: 0 }), async (served) => {
    assert.equal((await verify(served.url, '--state', state)).code, 0);
    for (const size of [1, 7, 8, log.lines.length]) {
      served.files = log.files({ size });
      const report = await verify(served.url, '--state', state);
      assert.equal(report.size, size);
      assert.deepEqual(report.findings.filter((f) => f.weight === 'lie'), []);
    }
    const again = await verify(served.url, '--state', state);
    assert.equal(again.before, log.lines.length);
    assert.equal(again.code, 0);
  });
});

test('an empty log whose root is not that of the empty tree lies', async () => {
  const log = new Log(), files = log.files();
  const text = writeCheckpoint(log.origin, 0, Buffer.alloc(32));
  files.set('checkpoint', Buffer.from(`${text}\n${sign(text, log.origin, log.seed)}`));
  const report = await serving(files, (served) => verify(served.url));
  assert.equal(report.code, 2);
  assert.ok(report.slugs.includes('root-wrong'));
});

// --- lies ---

/** Looks at the honest log first, then at the other files under the same address and with the same memory. */
async function afterwards(log, other, options = {}) {
  const state = newState();
  return serving(log.files({ size: options.size ?? log.lines.length }), async (served) => {
    const first = await verify(served.url, '--state', state);
    assert.notEqual(first.code, 2, JSON.stringify(first.findings));
    served.files = other;
    return verify(served.url, '--state', state);
  });
}

const altered = (log, number, change) => { const other = honest(); other.lines[number] = Buffer.from(change(other.lines[number].toString())); return other; };

test('a fork shown to two readers: each keeps a checkpoint, and together they prove it', async () => {
  const log = honest(), other = altered(log, 1, (l) => l.replace('version=0.1.0', 'version=0.1.1'));
  other.add('node-started', now, { version: '0.1.0', build: hashed('other') });
  // each reader alone finds nothing
  assert.notEqual((await verifyLog(log)).code, 2);
  assert.notEqual((await verifyLog(other)).code, 2);
  const report = await afterwards(log, other.files());
  assert.equal(report.code, 2);
  assert.ok(report.slugs.includes('fork'));
  assert.equal(report.of('entry-changed').entry, 1);
  const evidence = readFileSync(report.evidence, 'utf8');
  for (const l of [log, other]) assert.ok(evidence.includes(l.files().get('checkpoint').toString()), 'both notes, as they were signed');
});

test('a fork of the same size is found', async () => {
  const log = honest(), report = await afterwards(log, altered(log, 1, (l) => l.replace('version=0.1.0', 'version=0.1.1')).files());
  assert.equal(report.code, 2);
  assert.ok(report.slugs.includes('fork') && existsSync(report.evidence));
});

test('a log that takes entries back is found', async () => {
  const log = honest(), report = await afterwards(log, log.files({ size: 9 }));
  assert.equal(report.code, 2);
  assert.ok(report.slugs.includes('rollback') && existsSync(report.evidence));
});

test('an old entry that was altered beneath its signed checkpoint has its number told, also to a new reader', async () => {
  const log = honest(), files = log.files(), other = altered(log, 4, (l) => l.replace('rule=2', 'rule=3')).files();
  const bundle = tilePath('entries', 0, log.lines.length);
  files.set(bundle, other.get(bundle));
  const report = await serving(files, (served) => verify(served.url));
  assert.equal(report.code, 2);
  assert.ok(report.slugs.includes('root-wrong'));
  assert.equal(report.of('entry-altered').entry, 4);
  // tiles that were altered with it: who looked before knows all the same
  files.set(tilePath(0, 0, log.lines.length), other.get(tilePath(0, 0, log.lines.length)));
  const known = await afterwards(log, files);
  assert.equal(known.code, 2);
  assert.equal(known.of('entry-changed').entry, 4);
});

test('an altered entry is found in a log of several bundles', async () => {
  const log = begun();
  for (let i = 0; i < 700; i++) log.add('node-started', start + i * 1000, { version: `0.${i}`, build: hashed(`${i}`) });
  const files = log.files(), name = tilePath('entries', 1);
  const bytes = Buffer.from(files.get(name));
  bytes[bytes.indexOf('version=0.300') + 8] = 0x31;
  files.set(name, bytes);
  const report = await serving(files, (served) => verify(served.url));
  assert.equal(report.code, 2);
  assert.equal(report.of('entry-altered').entry, 303);
});

test('a checkpoint under a wrong key, a forged one, and none at all', async () => {
  const log = honest();
  const stranger = log.files({ signers: [{ name: log.origin, seed: seedOf('stranger') }] });
  assert.ok((await serving(stranger, (served) => verify(served.url, '--key', log.vkey))).slugs.includes('signature-missing'));
  assert.ok((await afterwards(log, stranger)).slugs.includes('signature-missing'));
  const forged = log.files();
  forged.set('checkpoint', Buffer.from(forged.get('checkpoint').toString().replace(`\n${log.lines.length}\n`, `\n${log.lines.length - 1}\n`)));
  const report = await serving(forged, (served) => verify(served.url));
  assert.equal(report.code, 2);
  assert.ok(report.slugs.includes('signature-forged'));
});

test('the first entry has to be the log that the checkpoint says', async () => {
  const other = new Log({ origin: 'amanat/other' }), log = new Log();
  log.addRaw(`origin ${stamp(start)} origin=amanat/other key=${other.vkey}`);
  const report = await verifyLog(log);
  assert.equal(report.code, 2);
  assert.equal(report.of('origin-wrong').entry, 0);
  const none = new Log();
  none.add('node-started', start, { version: '1', build: hashed('') });
  assert.equal((await verifyLog(none)).of('origin-missing').entry, 0);
  const twice = begun();
  twice.begin(start + day);
  assert.equal((await verifyLog(twice)).of('origin-twice').entry, 3);
});

test('a new key counts from its entry on, and a revoked one no longer', async () => {
  const log = honest(), seed = seedOf('next'), next = vkeyOf(log.origin, seed), state = newState();
  log.add('key-added', now, { key: next });
  const both = [{ name: log.origin, seed: log.seed }, { name: log.origin, seed }];
  await serving(log.files({ signers: both }), async (served) => {
    assert.equal((await verify(served.url, '--state', state)).code, 0);
    const revoked = log.add('key-revoked', now, { key: log.vkey, reason: 'rotated' });
    served.files = log.files({ signers: both.slice(1) });
    assert.equal((await verify(served.url, '--state', state)).code, 0);
    log.add('node-started', now, { version: '2', build: hashed('') });
    served.files = log.files({ signers: both.slice(1) });
    assert.equal((await verify(served.url, '--state', state)).code, 0);
    // the old key alone, on a tree that has its revocation
    served.files = log.files({ signers: both.slice(0, 1) });
    const report = await verify(served.url, '--key', log.vkey);
    assert.equal(report.code, 2);
    assert.ok(report.slugs.includes('key-not-announced'), `${revoked}`);
  });
});

test('a log that succeeds another is followed with its new key, and has to admit all that was seen of the old one', async () => {
  const old = honest(), kept = 20, seed = seedOf('second');
  const succession = (size, root) => {
    const log = new Log({ origin: 'amanat/second', seed });
    log.add('succession', now, { origin: log.origin, key: log.vkey, old_origin: old.origin, old_key: old.vkey, old_size: size, old_root: root, kept, reason: 'database-lost' });
    log.lines.push(...old.lines.slice(1, kept));
    log.charters = old.charters;
    log.add('node-started', now, { version: '2', build: hashed('') });
    return log;
  };
  const head = old.files().get('checkpoint').toString().split('\n');
  const after = async (log, ...options) => {
    const state = newState();
    return serving(old.files(), async (served) => {
      assert.equal((await verify(served.url, '--state', state)).code, 0);
      served.files = log.files();
      return verify(served.url, '--state', state, ...options);
    });
  };
  const next = succession(Number(head[1]), head[2]);
  assert.ok((await after(next)).slugs.includes('signature-missing'));
  const followed = await after(next, '--key', next.vkey);
  assert.deepEqual(followed.findings.filter((f) => f.weight === 'lie'), []);
  assert.equal(followed.of('succession').entry, 0);
  assert.ok((await after(succession(Number(head[1]) - 1, head[2]), '--key', next.vkey)).slugs.includes('succession-short'));
  assert.ok((await after(succession(Number(head[1]), Buffer.alloc(32).toString('base64')), '--key', next.vkey)).slugs.includes('succession-root'));
  const stranger = begun();
  stranger.origin = 'amanat/stranger';
  stranger.lines = [];
  stranger.begin(now);
  assert.ok((await after(stranger, '--key', stranger.vkey)).slugs.includes('origin-changed'));
});

test('times that run backwards, malformed entries, bundles, checkpoints and charters: each is found and named', async () => {
  const back = begun();
  const number = back.add('node-started', start - hour, { version: '1', build: hashed('') });
  assert.equal((await verifyLog(back)).of('time-backwards').entry, number);
  const nine = begun();
  nine.add('node-started', start - 9 * 60_000, { version: '1', build: hashed('') });
  assert.equal((await verifyLog(nine)).code, 0);
  for (const line of ['node-started', `node-started ${stamp(now)} version=1 build=XYZ`, `nothing ${stamp(now)}`, '', `takedown ${stamp(now)} basis=rules what=video country=- demand=-`, 'x'.repeat(4097)]) {
    const log = begun(), at = log.addRaw(line), report = await verifyLog(log);
    assert.equal(report.code, 2, line);
    assert.equal((report.of('entry-malformed') ?? report.of('bundle-malformed')).entry, at);
  }
  const log = honest(), name = tilePath('entries', 0, log.lines.length);
  for (const cut of [1, 20]) {
    const files = log.files();
    files.set(name, files.get(name).subarray(0, -cut));
    const report = await serving(files, (served) => verify(served.url));
    assert.equal(report.code, 2);
    assert.equal(report.of('bundle-malformed').entry, log.lines.length - 1);
  }
  for (const garbage of ['', 'nonsense', 'a\n1\nAAAA\n\n\u2014 a QUFBQUE=\n', '<html>\n\n</html>\n', `${log.origin}\n01\n${'A'.repeat(43)}=\n\n\u2014 a QUFBQUE=\n`]) {
    const files = log.files();
    files.set('checkpoint', Buffer.from(garbage || '\n'));
    const report = await serving(files, (served) => verify(served.url));
    assert.equal(report.code, 2, garbage);
    assert.ok(report.slugs.includes('checkpoint-malformed'));
  }
});

test('what is counted and not shown is a lie; a node that gives no answer is none', async () => {
  const log = honest(), files = log.files(), name = tilePath('entries', 0, log.lines.length);
  files.delete(name);
  const withheld = await serving(files, (served) => verify(served.url));
  assert.equal(withheld.code, 2);
  assert.equal(withheld.of('entries-withheld').entry, 0);
  files.set(name, 503);
  assert.equal((await serving(files, (served) => verify(served.url))).code, 1);
  assert.equal((await verify('http://127.0.0.1:1')).code, 1);
});

test('a partial bundle that was dropped is taken out of the full one', async () => {
  const log = begun();
  for (let i = 0; i < 300; i++) log.add('node-started', start, { version: '1', build: hashed('') });
  const files = log.files({ size: 200 }), all = log.files({ size: 256 });
  files.delete(tilePath('entries', 0, 200));
  files.set(tilePath('entries', 0), all.get(tilePath('entries', 0)));
  const report = await serving(files, (served) => verify(served.url));
  assert.equal(report.code, 0, JSON.stringify(report.findings));
});

test('entries that contradict each other are named', async () => {
  const cases = {
    'received-wrong': (log) => { demand(log, 1, now); return log.add('demand-decided', now, { demand: id(1), received: 2, outcome: 'withdrawn', rule: null, charter: 1, accounts: 0, classes: null, reason: null }); },
    'demand-twice': (log) => { demand(log, 1, now); return demand(log, 1, now).received; },
    'decided-twice': (log) => { const d = demand(log, 1, now); d.decided(now, 'withdrawn'); return d.decided(now, 'withdrawn'); },
    'authenticated-twice': (log) => { const d = demand(log, 1, now); d.authenticated(now); return d.authenticated(now); },
    'hold-wrong': (log) => log.add('hold-ended', now, { demand: id(1), placed: 2 }),
    'opaque-wrong': (log) => log.add('opaque-renewed', now, { opaque: 2, opens: dayOf(now) }),
    'opaque-other': (log) => { const n = log.add('opaque', now, { commitment: hashed('a'), opens: dayOf(now) }); return log.add('opaque-opened', now, { opaque: n, salt: hashed('salt'), hidden: null }); },
    'takedown-demand': (log) => log.add('takedown', now, { what: 'video', basis: 'law', country: 'SG', demand: id(77) }),
    'key-revoked': (log) => log.add('key-revoked', now, { key: vkeyOf(log.origin, seedOf('nobody')), reason: 'lost' }),
  };
  for (const [slug, make] of Object.entries(cases)) {
    const log = begun(), number = make(log), report = await verifyLog(log);
    assert.equal(report.code, 2, slug);
    assert.equal(report.of(slug)?.entry, number, `${slug}: ${JSON.stringify(report.findings)}`);
  }
});

test('a charter that is not the one of its entry, is malformed, or does not follow the one before', async () => {
  const other = begun();
  other.charters.get(1).json = Buffer.from(JSON.stringify(charterOf(other.origin, 1, null, '2020-01-01')));
  assert.equal((await verifyLog(other)).of('charter-altered').entry, 2);
  const cases = {
    'charter-invalid': (log) => log.charter(now, { version: 2, change: (c) => ({ ...c, extra: 1 }) }),
    'charter-entry': (log) => log.charter(now, { version: 2, change: (c) => ({ ...c, version: 3 }) }),
    'charter-chain': (log) => { log.charter(now, { version: 2 }); log.charters.delete(2); return log.charter(now, { version: 3, change: (c) => ({ ...c, previous: hashed('another') }) }); },
  };
  for (const [slug, make] of Object.entries(cases)) {
    const log = begun(), number = make(log);
    const report = await verifyLog(log);
    if (slug === 'charter-chain') { assert.ok(report.code === 2 || report.code === 1); continue; }
    assert.equal(report.code, 2, slug);
    assert.equal(report.of(slug)?.entry, number, JSON.stringify(report.findings));
  }
  const unsigned = begun();
  unsigned.charters.get(1).note = Buffer.from(unsigned.charters.get(1).note.toString().replace('\n1\n', '\n2\n'));
  assert.equal((await verifyLog(unsigned)).of('charter-signature').entry, 2);
  const files = begun().files();
  files.delete('charter/1');
  const missing = await serving(files, (served) => verify(served.url));
  assert.equal(missing.code, 1);
  assert.equal(missing.of('charter-missing').entry, 2);
});

// --- promises ---

const breaches = {
  'complied-refused': (log, t) => { const d = demand(log, 1, t, { asker: 'CN' }); d.authenticated(t); return d.decided(t, 'complied', { given: 1, classes: 'personal' }); },
  'complied-refused unauthenticated': (log, t) => demand(log, 1, t).decided(t, 'complied', { given: 1, classes: 'personal' }),
  'complied-refused emergency by itself': (log, t) => demand(log, 1, t, { basis: 'emergency' }).decided(t, 'complied', { given: 1, classes: 'personal' }),
  'complied-refused after the deadline': (log, t) => { const d = demand(log, 1, t); d.authenticated(t); return d.decided(t + 337 * hour, 'complied', { given: 1, classes: 'personal' }); },
  'gave-data': (log, t) => { const d = demand(log, 1, t, { kind: 'removal' }); d.authenticated(t); return d.decided(t, 'complied', { given: 1, classes: 'personal' }); },
  'gave-more': (log, t) => { const d = demand(log, 1, t); d.authenticated(t); return d.decided(t, 'complied', { given: 2, classes: 'personal' }); },
  'refused-and-gave': (log, t) => { const d = demand(log, 1, t); d.authenticated(t); return d.decided(t, 'refused', { given: 1, classes: 'personal' }); },
  'rule-wrong': (log, t) => demand(log, 1, t, { asker: 'CN' }).decided(t, 'refused-by-rule', { rule: 3 }),
  'rule-unfit': (log, t) => demand(log, 1, t).decided(t, 'refused-by-rule', { rule: 7 }),
  'rule-unfit of a person': (log, t) => { const d = demand(log, 1, t); d.authenticated(t); return d.decided(t + hour, 'refused', { rule: 10 }); },
  'version-wrong': (log, t) => demand(log, 1, t, { asker: 'CN' }).decided(t, 'refused-by-rule', { rule: 2, charter: 2 }),
  'decided-late': (log, t) => demand(log, 1, t, { asker: 'CN' }).decided(t + 3 * hour, 'refused-by-rule', { rule: 2 }),
  'decision-overdue': (log, t) => demand(log, 1, t, { asker: 'CN' }).received,
  'authenticated-late': (log, t) => demand(log, 1, t, { basis: 'emergency' }).authenticated(t + 25 * hour),
  'notice-overdue': (log, t) => { const d = demand(log, 1, t, { asker: 'CN' }); d.decided(t, 'refused-by-rule', { rule: 2 }); return d.received; },
  'told-late': (log, t) => { const d = demand(log, 1, t, { asker: 'CN' }); d.decided(t, 'refused-by-rule', { rule: 2 }); return d.told(t + 2 * day); },
  'gag-long': (log, t) => { const d = demand(log, 1, t); d.authenticated(t); return d.gagged(t, t + 367 * day); },
  'gag-unlawful': (log, t) => demand(log, 1, t, { asker: 'CN' }).gagged === undefined || (() => { const d = demand(log, 2, t, { asker: 'CN' }); return d.gagged(t, t + day); })(),
  'hold-refused': (log, t) => { const d = demand(log, 1, t, { kind: 'preservation' }); d.authenticated(t); return d.held(t, t + day); },
  'hold-long': (log, t) => { const d = demand(log, 1, t, { kind: 'preservation' }); d.authenticated(t); d.decided(t, 'complied'); return d.held(t, t + 95 * day); },
  'hold-overdue': (log, t) => { const d = demand(log, 1, t, { kind: 'preservation' }); d.authenticated(t); d.decided(t, 'complied'); return d.held(t, t + 10 * day); },
  'takedown-refused': (log, t) => { demand(log, 1, t, { kind: 'removal', asker: 'CN' }).decided(t, 'refused-by-rule', { rule: 2 }); return log.add('takedown', t, { what: 'video', basis: 'law', country: 'CN', demand: id(1) }); },
  'opaque-long': (log, t) => log.add('opaque', t, { commitment: hashed(''), opens: dayOf(t + 600 * day) }),
  'opaque-overdue': (log, t) => log.add('opaque', t, { commitment: hashed(''), opens: dayOf(t + 10 * day) }),
  'opaque-late': (log, t) => { const n = log.add('opaque', t, { commitment: hashed(Buffer.concat([sha256('s')])), opens: dayOf(t + 10 * day) }); return log.add('opaque-opened', t + 20 * day, { opaque: n, salt: hashed('s'), hidden: null }); },
};
for (const [name, make] of Object.entries(breaches))
  test(`a broken promise is told by its entry: ${name}`, async () => {
    const [slug] = name.split(' '), log = begun(), number = make(log, start + 10 * day), report = await verifyLog(log);
    assert.equal(report.code, 3, JSON.stringify(report.findings));
    assert.equal(report.of(slug)?.entry, number, JSON.stringify(report.findings));
  });

// --- the rhythm of opaque entries: midnight ---

const midnight = (n) => Math.floor(start / day) * day + n * day;
const opaqueAt = (log, when) => log.add('opaque', when, { commitment: hashed(`${when}`), opens: dayOf(now + 300 * day) });
const dayAt = (log, when) => log.add('day', when, { date: dayOf(when - day), unwraps_session: 0, unwraps_job: 0, unwraps_others: 0, unwraps_operator: 0, desk_reads: 0, accounts_erased: 0 });
const started = (log, when) => log.add('node-started', when, { version: '0.1.0', build: hashed('program') });
const rhythms = {
  'each midnight, and the days\' totals behind them': (log) => { for (let n = 1; n < 9; n++) { opaqueAt(log, midnight(n)); dayAt(log, midnight(n)); } },
  'an hour late is in time': (log) => { opaqueAt(log, midnight(1) + hour); opaqueAt(log, midnight(2)); },
  'a stop: the last one that was missed, at the start': (log) => { opaqueAt(log, midnight(1)); started(log, midnight(5) + 7 * hour); opaqueAt(log, midnight(5) + 7 * hour + 2000); opaqueAt(log, midnight(6)); },
  'a stop before the next one': (log) => { opaqueAt(log, midnight(1)); started(log, midnight(1) + 7 * hour); dayAt(log, midnight(1) + 9 * hour); opaqueAt(log, midnight(2)); },
  'a start that ends at once makes none': (log) => { opaqueAt(log, midnight(1)); started(log, midnight(4) + hour); started(log, midnight(6)); opaqueAt(log, midnight(6)); },
  'commands on a node that stands still': (log) => { opaqueAt(log, midnight(1)); log.add('takedown', midnight(4), { what: 'video', basis: 'rules', country: null, demand: null }); started(log, midnight(6)); opaqueAt(log, midnight(6)); },
  'opaque-missing, seen by the next one': (log) => { opaqueAt(log, midnight(1)); return opaqueAt(log, midnight(3)); },
  'opaque-missing, seen by the day\'s totals': (log) => { opaqueAt(log, midnight(1)); return dayAt(log, midnight(2) + 2 * hour); },
  'opaque-missing, the first': (log) => dayAt(log, midnight(1) + 2 * hour),
  'opaque-missing, after a start': (log) => { opaqueAt(log, midnight(1)); started(log, midnight(4) + hour); return dayAt(log, midnight(4) + 3 * hour); },
  'opaque-missing, at its day, at another time': (log) => { opaqueAt(log, midnight(1)); return opaqueAt(log, midnight(2) + 15 * hour); },
  'opaque-extra, between two': (log) => { opaqueAt(log, midnight(1)); return opaqueAt(log, midnight(1) + 15 * hour); },
  'opaque-extra, after a start': (log) => { opaqueAt(log, midnight(1)); started(log, midnight(1) + 2 * hour); return opaqueAt(log, midnight(1) + 2 * hour); },
  'opaque-extra, before the first midnight': (log) => opaqueAt(log, start),
};
for (const [name, make] of Object.entries(rhythms))
  test(`the rhythm of opaque entries: ${name}`, async () => {
    const log = begun(), number = make(log), [slug] = /^opaque-\w+/.exec(name) ?? [], report = await verifyLog(log);
    assert.equal(report.code, slug ? 3 : 0, JSON.stringify(report.findings));
    assert.deepEqual(report.findings.filter((f) => f.slug?.startsWith('opaque-')).map((f) => [f.slug, f.entry]), slug ? [[slug, number]] : [], JSON.stringify(report.findings));
  });

/** A log that takes another's place: its kept entries, what was entered until the succession and was never signed, and what came after. */
function succeeding(at, { kept = () => {}, between = () => {}, after = () => {} }) {
  const old = begun(), log = new Log({ origin: 'amanat/second', seed: seedOf('second') });
  let number = kept(old);
  const root = Buffer.alloc(32).toString('base64');
  log.add('succession', at, { origin: log.origin, key: log.vkey, old_origin: old.origin, old_key: old.vkey, old_size: old.lines.length, old_root: root, kept: old.lines.length, reason: 'database-lost' });
  log.lines.push(...old.lines.slice(1));
  log.charters = old.charters;
  between(log);
  number = after(log) ?? number;
  return { log, number };
}
const rhythmsOfSucceeded = {
  'what a halted node entered by the clock is not judged': { between: (log) => { started(log, midnight(5) - 2 * hour); opaqueAt(log, midnight(5)); dayAt(log, midnight(5)); dayAt(log, midnight(6)); opaqueAt(log, midnight(8)); } },
  'nor is what it did not enter': { between: (log) => { started(log, midnight(3)); dayAt(log, midnight(4)); dayAt(log, midnight(8)); } },
  'opaque-missing, after it': { after: (log) => { started(log, midnight(8) + 7 * hour); opaqueAt(log, midnight(9)); return opaqueAt(log, midnight(11)); } },
  'opaque-extra, on its day': { between: (log) => opaqueAt(log, midnight(8)), after: (log) => { started(log, midnight(8) + 7 * hour); return opaqueAt(log, midnight(8) + 8 * hour); } },
  'the oldest entry kept may be younger than the log: one of its day': { kept: (old) => { opaqueAt(old, start); opaqueAt(old, midnight(1)); } },
  'or as old as the log: none of its day': { kept: (old) => { opaqueAt(old, midnight(1)); dayAt(old, midnight(1)); } },
  'opaque-extra, two of that day': { kept: (old) => { opaqueAt(old, start); return opaqueAt(old, start); } },
  'opaque-missing, among what was kept': { kept: (old) => { opaqueAt(old, midnight(1)); return opaqueAt(old, midnight(3)); } },
};
for (const [name, parts] of Object.entries(rhythmsOfSucceeded))
  test(`the rhythm of a log that succeeds another: ${name}`, async () => {
    const { log, number } = succeeding(midnight(8) + 6 * hour, parts), [slug] = /^opaque-\w+/.exec(name) ?? [], report = await verifyLog(log);
    assert.deepEqual(report.findings.filter((f) => f.slug?.startsWith('opaque-')).map((f) => [f.slug, f.entry]), slug ? [[slug, number]] : [], JSON.stringify(report.findings));
    assert.deepEqual(report.findings.filter((f) => f.weight === 'lie'), []);
  });

test('a missed midnight is told once, with how many there were', async () => {
  const log = begun();
  opaqueAt(log, midnight(1));
  const number = opaqueAt(log, midnight(6));
  opaqueAt(log, midnight(7));
  const { findings } = await verifyLog(log);
  assert.equal(findings.length, 1, JSON.stringify(findings));
  assert.equal(findings[0].entry, number);
  assert.match(JSON.stringify(findings), new RegExp(`at 4 fixed times, from ${dayOf(midnight(2))} on`));
});

test('a midnight that was missed between two starts is told with its date, and is no verdict: nobody can know whether the node ran', async () => {
  const restarts = async (make) => {
    const log = begun();
    for (let n = 1; n < 4; n++) { started(log, midnight(n) + 30 * 60_000); make(log, n); }
    started(log, midnight(4) + 30 * 60_000);
    opaqueAt(log, midnight(4) + 30 * 60_000);
    return { log, ...(await verifyLog(log)) };
  };
  // away for an hour around each midnight; the day's totals, entered at the start, prove no hour either
  for (const make of [() => {}, (log, n) => dayAt(log, midnight(n) + 31 * 60_000), (log, n) => started(log, midnight(n) + 50 * 60_000)]) {
    const { code, findings } = await restarts(make), missed = findings.filter((f) => f.slug === 'midnight-missed');
    assert.equal(code, 0, JSON.stringify(findings));
    assert.deepEqual(missed.map((f) => f.weight), ['note', 'note', 'note'], JSON.stringify(findings));
    missed.forEach((f, n) => assert.match(f.text, new RegExp(dayOf(midnight(n + 1)))));
  }
  // entered at each start, it is not missed
  assert.deepEqual((await restarts((log, n) => opaqueAt(log, midnight(n) + 31 * 60_000))).findings, []);
  // and who ran on is told as ever
  const { code, slugs } = await restarts((log, n) => dayAt(log, midnight(n) + 12 * hour));
  assert.equal(code, 3);
  assert.ok(!slugs.includes('midnight-missed') && slugs.includes('opaque-missing'));
});

test('what loosens waits thirty days, what tightens does not', async () => {
  // version 2: the owner is no longer refused
  const looser = { version: 2, change: (c) => ({ ...c, rules: c.rules.filter((r) => r.number !== 2) }) };
  const asked = (after) => {
    const log = begun(), t = start + 10 * day;
    log.charter(t, looser);
    const d = demand(log, 1, t + after, { asker: 'CN', residence: 'CN' });
    d.authenticated(t + after);
    return { log, number: d.decided(t + after, 'complied', { charter: 2, given: 1, classes: 'personal' }) };
  };
  const soon = asked(29 * day), later = asked(31 * day);
  const report = await verifyLog(soon.log);
  assert.equal(report.code, 3);
  assert.equal(report.of('complied-refused').entry, soon.number);
  assert.equal((await verifyLog(later.log)).of('complied-refused'), undefined);
  // the other way round: at once
  const log = begun(), t = start + 10 * day;
  log.charter(t, { version: 2, change: (c) => ({ ...c, places: { ...c.places, owner: ['CN', 'SG'] } }) });
  const d = demand(log, 1, t + hour);
  d.authenticated(t + hour);
  const number = d.decided(t + hour, 'complied', { charter: 2, given: 1, classes: 'personal' });
  assert.equal((await verifyLog(log)).of('complied-refused').entry, number);
});

test('what the log serves for other readers is looked at by samples: tiles of hashes, a proof', async () => {
  const log = honest(), newest = log.lines.length - 1, tile = tilePath(0, 0, log.lines.length), tree = new Tree(log.lines.map(leafHash));
  const proof = (files, hashes, index = newest) => Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes.map((h) => `${h.toString('base64')}\n`).join('')}\n${files.get('checkpoint')}`);
  const cases = {
    fine: (files) => files.set(`proof/${newest}`, proof(files, tree.inclusion(newest, newest + 1))),
    'proof-wrong': (files) => files.set(`proof/${newest}`, proof(files, tree.inclusion(newest - 1, newest + 1))),
    'proof-wrong of another': (files) => files.set(`proof/${newest}`, proof(files, tree.inclusion(newest - 1, newest + 1), newest - 1)),
    'proof-wrong malformed': (files) => files.set(`proof/${newest}`, Buffer.from('c2sp.org/tlog-proof@v1\nnonsense\n')),
    'tile-malformed': (files) => files.set(tile, files.get(tile).subarray(1)),
    'tile-malformed large': (files) => files.set(tile, Buffer.alloc(8193)),
    'tile-wrong': (files) => { const bytes = Buffer.from(files.get(tile)); bytes[5 * 32] ^= 1; files.set(tile, bytes); },
  };
  for (const [name, make] of Object.entries(cases)) {
    const files = log.files(), [slug] = name.split(' ');
    make(files);
    const report = await serving(files, (served) => verify(served.url));
    assert.equal(report.code, slug === 'fine' ? 0 : 2, `${name}: ${JSON.stringify(report.findings)}`);
    if (slug !== 'fine') assert.equal(report.of(slug)?.entry, { 'proof-wrong': newest, 'tile-malformed': 0, 'tile-wrong': 5 }[slug], name);
  }
});

test('a charter is also taken from beside the ledger', async () => {
  const log = honest(), files = log.files();
  for (const [name, other] of [['charter/1', '/charter.json?version=1'], ['charter/1/note', '/charter.json.note?version=1']]) { files.set(other, files.get(name)); files.delete(name); }
  const report = await serving(files, (served) => verify(served.url));
  assert.equal(report.code, 0, JSON.stringify(report.findings));
});

// --- witnesses, memory, usage ---

test('a policy: enough witnesses, too few, and one that is forged', async () => {
  const log = honest(), seeds = [seedOf('w1'), seedOf('w2')], file = path.join(folder, 'policy');
  writeFileSync(file, `log ${log.vkey}\n${seeds.map((s, i) => `witness w${i} ${vkeyOf(`w${i}.example`, s, 4)}\n`).join('')}group all all w0 w1\nquorum all\n`);
  const by = (...who) => log.files({ more: (text) => who.map((i) => cosign(text, `w${i}.example`, seeds[i], 1_795_000_000)).join('') });
  const enough = await serving(by(0, 1), (served) => verify(served.url, '--policy', file));
  assert.equal(enough.code, 0, JSON.stringify(enough.findings));
  assert.equal(enough.witnesses, 2);
  assert.equal((await serving(by(1), (served) => verify(served.url, '--policy', file))).code, 1);
  const forged = by(0, 1), cosigned = forged.get('checkpoint').toString();
  forged.set('checkpoint', Buffer.from(cosigned.replace(/(w0\.example \S{20})(.)/, (_, before, c) => before + (c === 'A' ? 'B' : 'A'))));
  assert.equal((await serving(forged, (served) => verify(served.url, '--policy', file))).code, 2);
});

test('a watch goes on until a lie is found, and fetches only what is new', async () => {
  const log = honest(), all = log.lines.length;
  for (let i = 0; i < 600; i++) log.add('node-started', now, { version: '1', build: hashed('') });
  await serving(log.files({ size: all + 300 }), async (served) => {
    const watching = run(['verify', served.url, '--state', newState(), '--json', '--watch', '1']);
    const looks = () => served.asked.filter((a) => a === 'checkpoint').length;
    await until(() => looks() >= 2);
    const before = served.asked.length;
    served.files = log.files();
    await until(() => served.asked.includes(tilePath('entries', 2, (all + 600) % 256)));
    assert.ok(!served.asked.slice(before).includes(tilePath('entries', 0)));
    served.files = log.files({ size: 5 });
    const { code, stdout } = await watching;
    assert.equal(code, 2);
    const reports = stdout.trim().split('\n').map((l) => JSON.parse(l));
    assert.equal(reports.at(0).verdict, 'fine');
    assert.ok(reports.at(-1).findings.some((f) => f.slug === 'rollback'));
    assert.ok(reports.some((r) => r.size === all + 600 && r.verdict === 'fine'));
  });
});

test('mistakes of who calls it look like no verdict', async () => {
  const damaged = path.join(folder, 'damaged');
  writeFileSync(damaged, 'nonsense');
  for (const args of [[], ['http://127.0.0.1:1', '--key', 'x'], ['http://127.0.0.1:1', '--from-files', folder], ['ftp://127.0.0.1/'], ['--nothing'], ['http://127.0.0.1:1', '--state', damaged],
    ['--from-files', path.join(folder, 'not-there')], ['http://127.0.0.1:1', '--policy', damaged]])
    assert.equal((await run(['verify', ...args], { env: { XDG_STATE_HOME: folder } })).code, 1, args.join(' '));
});
