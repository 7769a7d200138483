// A witness that was restored from a backup has forgotten what it signed: it must never sign a second history, whatever it is asked and whatever key is put back.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { Log, readKey, signaturesOf } from './notes.mjs';
import { freshFolder, Server } from './server.mjs';

const ok = ({ code, stdout, stderr }) => { assert.equal(code, 0, `${stdout}\n${stderr}`); return stdout; };
const post = async (server, body) => {
  const response = await fetch(`${server.url}/witness/add-checkpoint`, { method: 'POST', body, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  return { status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
};
const keyOf = async (server) => readKey((await server.visitor().get('/witness/key')).text);
const warnings = async (server) => JSON.parse(ok(await server.cli('status', '--json'))).warnings.map((w) => w.code);
const refused = async (server, log) => {
  for (const [old, size] of [[5, 8], [8, 9], [0, 5]]) {
    const { status, retry, text } = await post(server, log.question(old, size));
    assert.deepEqual([status, JSON.parse(text).code, Boolean(retry)], [503, 'witness-restored', true]);
  }
  assert.equal((await server.visitor().get('/witness/checkpoint/a.example/log')).status, 503, 'what it has is not its newest');
  const { body } = await server.visitor().get('/api/v1/witness');
  assert.deepEqual([body.signs, body.logs], [false, []]);
};

test('restored, it signs nothing under the old key, for ever; under a new one it goes on', async () => {
  const around = freshFolder(), at = (name) => path.join(around, name), log = new Log('a.example/log').grow(20);
  writeFileSync(at('logs'), `log ${log.vkey}\n`);
  const settings = { 'ledger.witness_name': 'w.example/w', 'ledger.witness_logs': at('logs'), 'ledger.witness_key_file': at('w.key'), 'ledger.key_file': at('log.key'), 'store.key_file': at('region.key') };
  const server = await new Server({ folder: at('node'), settings }).start(), key = await keyOf(server);
  assert.equal((await post(server, log.question(0, 5))).status, 200);
  ok(await server.cli('backup', at('copies'), '--keys', at('keys')));
  assert.equal((await post(server, log.question(5, 8))).status, 200);
  assert.equal((await server.visitor().get('/api/v1/witness')).body.signs, true);
  await server.stop();

  const restored = new Server({ folder: at('restored'), settings }), fork = log.fork(5, 4, 'another history');
  ok(await restored.cli('restore', at('copies'), '--keys', at('keys')));
  await restored.start();
  assert.deepEqual((await keyOf(restored)).id, key.id);
  await refused(restored, fork);
  await refused(restored, log);
  assert.match(restored.log, / error witness: this folder was restored .* `amanat witness renew`/);
  assert.ok((await warnings(restored)).includes('witness-stopped'));
  assert.ok(await restored.alive());
  await restored.restart();
  await refused(restored, fork);

  const next = readKey(ok(await restored.cli('witness', 'renew', '--yes')));
  assert.deepEqual([next.name, next.type], [key.name, key.type]);
  assert.notDeepEqual(next.id, key.id);
  await refused(restored, fork);
  await restored.restart();
  const { status, text } = await post(restored, log.question(5, 9));
  assert.equal(status, 200, text);
  assert.deepEqual([signaturesOf(log.checkpoint(9) + text, next).length, signaturesOf(log.checkpoint(9) + text, key).length], [1, 0]);
  assert.equal((await post(restored, log.fork(5, 4, 'x').question(9))).status, 422);
  assert.equal((await restored.visitor().get('/api/v1/witness')).body.logs[0].size, 9);
  assert.ok(!(await warnings(restored)).includes('witness-stopped'));
  await restored.stop();

  // the old key, put back
  const [before] = readdirSync(around).filter((name) => name.startsWith('w.key.before-'));
  cpSync(at('w.key'), at('w.key.new'));
  cpSync(at(before), at('w.key'));
  await restored.start();
  assert.deepEqual((await keyOf(restored)).id, key.id);
  await refused(restored, fork);
  await restored.stop();
  cpSync(at('w.key.new'), at('w.key'));
  await restored.start();
  assert.equal((await post(restored, log.question(9, 20))).status, 200);
  await restored.stop();
});

test('restored where the old key is not, it makes another and signs; the old one, brought there later, does not', async () => {
  const around = freshFolder(), at = (name) => path.join(around, name), log = new Log('a.example/log').grow(20);
  writeFileSync(at('logs'), `log ${log.vkey}\n`);
  const settings = { 'ledger.witness_name': 'w.example/w', 'ledger.witness_logs': at('logs'), 'ledger.key_file': at('log.key'), 'store.key_file': at('region.key') };
  const server = await new Server({ folder: at('node'), settings }).start();
  assert.equal((await post(server, log.question(0, 5))).status, 200);
  ok(await server.cli('backup', at('copies'), '--keys', at('keys')));
  await server.stop();
  const restored = new Server({ folder: at('restored'), settings });
  ok(await restored.cli('restore', at('copies'), '--keys', at('keys')));
  await restored.start();
  assert.equal((await post(restored, log.question(5, 8))).status, 200);
  await restored.restart();
  assert.equal((await post(restored, log.question(8, 9))).status, 200);
  await restored.stop();
  cpSync(at('node.witness'), at('restored.witness'));
  await restored.start();
  await refused(restored, log);
  await restored.stop();
});
