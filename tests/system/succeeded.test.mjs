// A log with witnesses that is succeeded by another: nothing is shown until the quorum knows the new key, what was lost stays on record at the witnesses, the mirror
// becomes the new log's; and whatever is left half done signs nothing.
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { enter } from './entered.mjs';
import { readCheckpoint, readKey, readNote, signaturesOf, signerOfFile } from './notes.mjs';
import { run, Server } from './server.mjs';
import { parseBundle } from './verifier.mjs';
import { checkpointOf, newLog, newWitness, started, until, whole, withPolicy } from './witnesses.mjs';

const put = (from, to) => { rmSync(to, { recursive: true }); cpSync(from, to, { recursive: true }); };
const ok = ({ code, stdout, stderr }) => { assert.equal(code, 0, `${stdout}\n${stderr}`); return stdout; };
const succeed = (server, { size, root }) => server.cli('ledger', 'succeed', '--yes', '--reason', 'database-lost', '--old-size', String(size), '--old-root', root);
const keyIn = (stdout) => /^\S+\+[0-9a-f]{8}\+\S+$/m.exec(stdout)[0];
const incidents = (n) => Array.from({ length: n }, (_, i) => `incident ${new Date().toISOString().slice(0, 19)}Z incident=${i.toString(16).padStart(16, '0')} kind=outage happened=2026-06-01 people=0 told=- report=-`);

/** A log with witnesses whose newest entries are lost: { server, vkey, witnesses, today: its newest checkpoint, kept }. It does not run. */
async function withLoss({ entries = 0, quorum = 'all', names = ['b'] } = {}) {
  const { server, vkey } = await newLog(), witnesses = [];
  for (const name of names) witnesses.push(await newWitness(name, vkey));
  withPolicy(server, vkey, witnesses, quorum);
  const mirror = path.join(path.dirname(server.folder), 'mirror');
  mkdirSync(mirror);
  server.settings['ledger.mirror'] = mirror;
  await started(server);
  await whole(server);
  if (entries) await enter(server, incidents(entries));
  const kept = (await whole(server)).size, state = path.join(path.dirname(server.folder), 'seen');
  await server.stop();
  cpSync(server.folder, `${server.folder}.yesterday`, { recursive: true });
  await server.start();
  await whole(server);
  const { text } = await checkpointOf(server), today = readCheckpoint(text);
  assert.equal(today.size, kept + 1);
  ok(await run(['verify', server.url, '--state', state, '--policy', server.settings['ledger.policy']]));
  await server.stop();
  put(`${server.folder}.yesterday`, server.folder);
  return { server, vkey, witnesses, today, kept, mirror, state };
}

test('a succession counts once the policy and the witnesses have its key; the witnesses keep the old head, the mirror follows', async () => {
  const { server, vkey, witnesses, today, kept, mirror, state } = await withLoss({ entries: 300, names: ['b', 'c'] });
  await server.start();
  assert.equal((await until(server, (s) => s.state === 'behind', 'the loss is noticed')).shown, null);
  await server.stop();
  const said = ok(await succeed(server, today)), next = keyIn(said);
  assert.notEqual(next, vkey);
  assert.match(said, /each witness/);
  assert.ok(said.includes(server.settings['ledger.policy']));

  // the policy is the old log's: it is said, and how to get the key
  await assert.rejects(server.start(), /has no line "log" with this log's key, which `amanat ledger show` tells/);
  assert.ok(ok(await server.cli('ledger', 'show')).includes(next));

  // the witnesses do not know it: nothing is shown
  withPolicy(server, next, witnesses, 'all');
  await server.start();
  const waiting = await until(server, (s) => s.state === 'unwitnessed' && s.witnesses.every((w) => w.answer === 'refuses'), 'waits');
  assert.deepEqual([waiting.size, waiting.entries], [0, kept + 2]);
  assert.notEqual((await checkpointOf(server)).status, 200);
  assert.ok(await server.alive());
  for (const { server: other } of witnesses) {
    appendFileSync(path.join(path.dirname(other.folder), 'logs'), `log ${next}\n`);
    await other.restart();
  }
  const now = await whole(server), { text } = await checkpointOf(server);
  assert.deepEqual([now.size, now.keys], [kept + 2, [next]]);
  assert.equal(signaturesOf(text, readKey(next)).length, 1);
  for (const { key, server: other } of witnesses) {
    assert.equal(signaturesOf(text, key).length, 1);
    assert.equal(readNote((await other.visitor().get(`/witness/checkpoint/${now.origin}`)).text).text, readNote(text).text);
    assert.equal(readCheckpoint((await other.visitor().get(`/witness/checkpoint/${vkey.split('+')[0]}`)).text).size, today.size, 'what was lost');
  }
  const first = (await server.visitor().get('/ledger/entry/0')).text;
  // the start at which the loss was noticed was never signed: it is no entry of the old log, whatever its number
  assert.match(first, new RegExp(`^succession \\S+ .*old_size=${today.size} .*kept=${kept} reason=database-lost$`));

  // strangers: who saw the old one follows with the new key
  const report = await run(['verify', server.url, '--state', state, '--key', next, '--policy', server.settings['ledger.policy'], '--json']);
  assert.deepEqual([report.code, JSON.parse(report.stdout).findings.filter((f) => f.weight !== 'note')], [0, []], report.stdout);
  assert.ok(JSON.parse(report.stdout).findings.some((f) => f.slug === 'succession'));

  // the mirror is the new log's, from its first entry on
  assert.equal(readNote(readFileSync(path.join(mirror, 'checkpoint'), 'utf8')).text, readNote(text).text);
  assert.equal(String(parseBundle(readFileSync(path.join(mirror, 'tile/entries/000')))[0]), first);
  ok(await server.cli('fsck'));

  // and it goes on
  await server.restart();
  assert.equal((await whole(server)).size, now.size + 1);
  assert.equal(signaturesOf((await checkpointOf(server)).text, witnesses[1].key).length, 1);
});

test('a succession that was killed between the new entries and the new key: nothing is signed by the old key, though no witness is needed', async () => {
  const { server, witnesses, today } = await withLoss();
  const key = `${server.folder}.ledger`, old = readFileSync(key, 'utf8'), ledger = path.join(server.folder, 'ledger');
  withPolicy(server, signerOfFile(old).vkey, witnesses, 'all');
  writeFileSync(server.settings['ledger.policy'], readFileSync(server.settings['ledger.policy'], 'utf8').replace(/^quorum .*$/m, 'quorum none'));
  const next = keyIn(ok(await succeed(server, today)));
  // as it lay before the last step
  renameSync(key, `${key}.next`);
  renameSync(`${key}.before`, key);
  writeFileSync(path.join(ledger, 'mending'), '');
  await server.start();
  await until(server, (s) => s.state === 'behind', 'nothing is signed');
  assert.match(server.log, /ledger: it was being mended and that did not end: run the same command again/);
  assert.notEqual((await checkpointOf(server)).status, 200);
  assert.ok(!existsSync(path.join(ledger, 'signed')));
  await server.stop();
  assert.match((await server.cli('ledger', 'continue', '--yes')).stderr, /run the same command again/);
  assert.equal(keyIn(ok(await server.cli('ledger', 'succeed', '--yes', '--reason', 'database-lost'))), next);
  withPolicy(server, next, witnesses, 'all');
  writeFileSync(server.settings['ledger.policy'], readFileSync(server.settings['ledger.policy'], 'utf8').replace(/^quorum .*$/m, 'quorum none'));
  await server.start();
  assert.deepEqual((await whole(server)).keys, [next]);
  const first = (await server.visitor().get('/ledger/entry/0')).text;
  assert.match(first, new RegExp(` old_size=${today.size} `), 'it was told already');
  await server.stop();

  // killed behind the last step: only the mark is left, and who runs it again begins no third log
  writeFileSync(path.join(ledger, 'mending'), 'succeed\n');
  const kept = readFileSync(`${key}.before`, 'utf8');
  assert.match((await server.cli('ledger', 'fetch', path.join(path.dirname(server.folder), 'mirror'))).stderr, /succeed|mirror/);
  assert.equal(keyIn(ok(await server.cli('ledger', 'succeed', '--yes', '--reason', 'database-lost'))), next);
  assert.ok(!existsSync(path.join(ledger, 'mending')) && readFileSync(`${key}.before`, 'utf8') === kept);

  // the old key, put back by hand, signs nothing of the new log
  const own = readFileSync(key, 'utf8'), policy = server.settings['ledger.policy'];
  writeFileSync(key, old);
  server.settings['ledger.policy'] = '';
  await server.start();
  await until(server, (s) => s.state === 'behind', 'nothing is signed');
  assert.match(server.log, /the key in ledger\.key_file is another log's/);
  await server.stop();
  writeFileSync(key, own);
  server.settings['ledger.policy'] = policy;
  await server.start();
  assert.deepEqual((await whole(server)).keys, [next]);
  assert.equal((await server.visitor().get('/ledger/entry/0')).text, first);
});

test('a restored log whose policy needs no witness is not signed on: nobody has said what was shown since', async () => {
  const { server, vkey } = await newLog(), around = path.dirname(server.folder), at = (name) => path.join(around, name), witness = await newWitness('b', vkey);
  withPolicy(server, vkey, [witness], 'all');
  writeFileSync(at('policy'), readFileSync(at('policy'), 'utf8').replace(/^quorum .*$/m, 'quorum none'));
  Object.assign(server.settings, { 'ledger.key_file': `${server.folder}.ledger`, 'store.key_file': `${server.folder}.key` });
  await started(server);
  await whole(server);
  ok(await server.cli('backup', at('copies'), '--keys', at('keys')));
  await server.restart();
  const { size } = await whole(server);
  await server.stop();
  const restored = new Server({ folder: at('restored'), settings: server.settings });
  ok(await restored.cli('restore', at('copies'), '--keys', at('keys')));
  await started(restored);
  await until(restored, (s) => s.state === 'behind', 'nothing is signed');
  assert.notEqual((await checkpointOf(restored)).status, 200);
  await restored.stop();
  // succeeded, it keeps what the backup had, and not the start that came since
  const other = new Server({ folder: at('other'), settings: { ...restored.settings, 'ledger.policy': '', 'ledger.key_file': at('other.ledger') } });
  cpSync(restored.folder, other.folder, { recursive: true });
  cpSync(`${server.folder}.ledger`, at('other.ledger'));
  ok(await succeed(other, { size, root: Buffer.alloc(32).toString('base64') }));
  await started(other);
  assert.equal((await whole(other)).size, size + 1);
  assert.match((await other.visitor().get('/ledger/entry/0')).text, new RegExp(` kept=${size - 1} `));
  await other.stop();
  ok(await restored.cli('ledger', 'continue', '--yes'));
  await restored.start();
  assert.equal((await whole(restored)).size, size + 1);      // started twice, and not the one start that the backup lacks
});
