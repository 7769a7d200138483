// A node as a witness for others' logs: each answer of C2SP tlog-witness, and that it signs one history only, whoever asks at once and whatever kills it.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { cosignLine, Log, newSigner, readCheckpoint, readKey, signaturesOf, signLine } from './notes.mjs';
import { freshFolder, Server } from './server.mjs';

const folder = freshFolder(), logs = path.join(folder, 'logs');
const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((n) => `${n}.example/log`);
const known = Object.fromEntries(names.map((name) => [name[0], new Log(name).grow(20)]));
const witness = (extra = {}) => new Server({ folder: path.join(freshFolder(), 'node'), settings: { 'ledger.witness_name': 'w.example/witness', 'ledger.witness_logs': logs, ...extra } });
const post = async (server, body, headers = {}) => {
  const response = await fetch(`${server.url}/witness/add-checkpoint`, { method: 'POST', body, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
const keyOf = async (server) => readKey(await (await fetch(`${server.url}/witness/key`)).text());
let server, key;
before(async () => {
  writeFileSync(logs, `# whom I witness\n${Object.values(known).map((log) => `log ${log.vkey} https://${log.signer.name}/\n`).join('')}`);
  server = await witness().start();
  key = await keyOf(server);
});
after(() => server.stop());

test('its key is of type 4, lies outside the data folder, and is nobody else\'s to read', () => {
  const file = `${server.folder}.witness`;
  assert.deepEqual([key.name, key.type], ['w.example/witness', 4]);
  assert.match(readFileSync(file, 'utf8'), /^PRIVATE\+KEY\+w\.example\/witness\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\n$/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('it signs a log from nothing, as it grows, and again at the same size; each time with a time that does not go back', async () => {
  const log = known.a;
  let last = Math.floor(Date.now() / 1000) - 5;
  for (const [old, size] of [[0, 3], [3, 3], [3, 4], [4, 7], [7, 8], [8, 20], [20, 20]]) {
    const { status, type, text } = await post(server, log.question(old, size));
    assert.equal(status, 200, text);
    assert.match(type, /^text\/plain/);
    assert.match(text, /^— w\.example\/witness \S+\n$/);
    const [time] = signaturesOf(log.checkpoint(size) + text, key);
    assert.ok(time >= last && time < Date.now() / 1000 + 5);
    last = time;
  }
  const { text: kept } = await server.visitor().get('/witness/checkpoint/a.example/log');
  assert.deepEqual(signaturesOf(kept, key), [last]);
  assert.deepEqual(signaturesOf(kept, readKey(log.vkey)), [0]);
  assert.equal(readCheckpoint(kept).size, 20);
  const { body } = await server.visitor().get('/api/v1/witness');
  assert.equal(body.name, 'w.example/witness');
  assert.deepEqual(readKey(body.key), key);
  assert.deepEqual(body.logs.map((l) => [l.origin, l.size, l.root]), [['a.example/log', 20, readCheckpoint(kept).root]]);
});

test('each refusal has the status that the specification gives it, and nothing is signed', async () => {
  const log = known.b, other = new Log('b.example/log').grow(20), stranger = new Log('z.example/log').grow(5);
  assert.equal((await post(server, log.question(0, 8))).status, 200);
  const status = async (body) => (await post(server, body)).status;
  assert.equal(await status(stranger.question(0)), 404);
  assert.equal(await status(other.question(8, 9)), 403, 'a key of the same name');
  const forged = `${log.text(9)}\n${signLine(log.signer, log.text(10))}`;
  assert.equal(await status(log.question(8, 9, forged)), 403);
  const spoken = `${log.text(9)}\n${signLine(known.c.signer, log.text(9))}`;
  assert.equal(await status(log.question(8, 9, spoken)), 403, 'another log\'s key');
  assert.equal(await status(log.question(9, 8)), 400, 'old is larger');
  for (const old of [0, 7, 9]) {
    const conflict = await post(server, log.question(old, 12));
    assert.deepEqual([conflict.status, conflict.type, conflict.text], [409, 'text/x.tlog.size', '8\n']);
  }
  assert.equal(await status(log.fork(7, 5, 'x').question(8)), 422, 'a fork');
  assert.equal(await status(log.fork(7, 1, 'x').question(8)), 422, 'the same size, another root');
  assert.equal(await status(log.question(8, 12).replace(/\n[^\n]+\n\n/, '\n\n')), 422, 'a hash is missing');
  assert.equal(await status(log.question(8, 12).replace('\n\n', `\n${Buffer.alloc(32).toString('base64')}\n\n`)), 422, 'a hash too many');
  const extra = `${log.text(9)}\n${signLine(log.signer, log.text(9))}${signLine(newSigner('x'), log.text(9))}${cosignLine(newSigner('y', 4), log.text(9), 7)}`;
  assert.equal(await status(log.question(8, 9, extra)), 200, 'unknown signatures are passed over');
});

test('what is not of the form is malformed, and too much is too much', async () => {
  const log = known.c, good = log.question(0, 5), note = log.checkpoint(5), hash = Buffer.alloc(32).toString('base64');
  const bad = ['', '\n', 'old', 'old \n\n', 'old 0', 'old 0\n', 'old 0\n\n', `old -1\n\n${note}`, `old 00\n\n${note}`, `old 01\n\n${note}`, `old 0 \n\n${note}`, `OLD 0\n\n${note}`, `old\t0\n\n${note}`,
    `old 9223372036854775808\n\n${note}`, `old 18446744073709551616\n\n${note}`, `old 0\nAAAA\n\n${note}`, `old 0\n${hash.slice(0, -1)}\n\n${note}`, `old 0\r\n\r\n${note}`, good.slice(0, -1), `${good}\n`,
    `old 0\n${`${hash}\n`.repeat(64)}\n${note}`, `old 0\n${note}`, `old 0\n\n${log.text(5)}`, `old 0\n\nc.example/log\n05\n${hash}\n\n— x AAAAAAAA\n`, `\0${good}`, `old 0\n\nc.example/log\n5\nshort\n\n— x AAAAAAAA\n`];
  for (const body of bad) assert.equal((await post(server, body)).status, 400, JSON.stringify(body.slice(0, 80)));
  assert.equal((await post(server, `old 0\n\n${'x'.repeat(80_000)}`)).status, 413);
  assert.equal((await server.visitor().get('/witness/checkpoint/c.example/log')).status, 404, 'nothing was signed');
  assert.equal((await post(server, good)).status, 200);
});

test('a program needs no cookie and no origin, and another site\'s page is refused', async () => {
  const log = known.d;
  assert.equal((await post(server, log.question(0, 2), { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).status, 403);
  assert.equal((await post(server, log.question(0, 2))).status, 200);
  assert.equal((await fetch(`${server.url}/witness/add-checkpoint`)).status, 405);
});

test('of two different checkpoints of one size that are sent at once one is signed', async () => {
  const log = known.e;
  let size = 0;
  for (let round = 0; round < 25; round++) {
    const forks = ['x', 'y', 'z'].map((salt) => log.fork(size, 1 + (round % 3), `${salt}${round}`));
    const answers = await Promise.all(forks.flatMap((fork) => [post(server, fork.question(size)), post(server, fork.question(size))]));
    const signed = new Set(answers.map((a, i) => (a.status === 200 ? Math.floor(i / 2) : null)).filter((i) => i !== null));
    assert.equal(signed.size, 1, answers.map((a) => a.status).join(' '));
    for (const a of answers) assert.ok([200, 409, 422].includes(a.status), String(a.status));
    log.leaves = forks[[...signed][0]].leaves;
    size = log.leaves.length;
  }
});

test('killed at the moment of its answer it still knows what it signed', async () => {
  const own = await witness().start(), log = known.f;
  let size = 0;
  for (let round = 0; round < 4; round++) {
    const ours = log.fork(size, 2, `o${round}`), theirs = log.fork(size, 2, `t${round}`);
    const answer = await post(own, ours.question(size));
    await own.kill();
    assert.equal(answer.status, 200);
    await own.start();
    const late = [await post(own, theirs.question(size)), await post(own, theirs.question(size + 2))];
    assert.deepEqual(late.map((a) => a.status), [409, 422]);
    assert.equal((await post(own, ours.question(size + 2))).status, 200);
    log.leaves = ours.leaves;
    size += 2;
  }
  // while many ask at once: whatever was answered holds afterwards
  const forks = Array.from({ length: 6 }, (_, i) => log.fork(size, 1, `m${i}`));
  const asked = forks.map((fork) => post(own, fork.question(size)).catch(() => ({ status: 0 })));
  await Promise.race(asked);
  await own.kill();
  const answered = (await Promise.all(asked)).map((a) => a.status);
  await own.start();
  const again = [];
  for (const fork of forks) again.push((await post(own, fork.question(size + 1))).status);
  answered.forEach((status, i) => { if (status === 200) assert.equal(again[i], 200); });
  assert.ok(again.filter((status) => status === 200).length <= 1 && answered.filter((status) => status === 200).length <= 1);
  await own.stop();
});

test('who asks too often waits', async () => {
  const own = await witness({ 'limits.witness_per_minute': 3 }).start();
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push((await post(own, 'nonsense')).status);
  assert.deepEqual(answers, [400, 400, 400, 429, 429]);
  await own.stop();
});

test('a node without the setting is no witness; one with half of it, or a key of another name, does not start', async () => {
  const plain = await new Server().start();
  for (const where of ['/witness/key', '/api/v1/witness', '/witness/checkpoint/a.example/log']) assert.equal((await plain.visitor().get(where)).status, 404);
  assert.equal((await post(plain, known.a.question(0, 1))).status, 404);
  await plain.stop();
  Object.assign(plain.settings, { 'ledger.witness_name': 'w.example/witness' });
  await assert.rejects(plain.start(), /ledger\.witness_logs/);
  Object.assign(plain.settings, { 'ledger.witness_logs': path.join(folder, 'none') });
  await assert.rejects(plain.start(), /none/);
  Object.assign(plain.settings, { 'ledger.witness_logs': logs });
  await plain.start();
  await plain.stop();
  Object.assign(plain.settings, { 'ledger.witness_name': 'other.example/witness' });
  await assert.rejects(plain.start(), /another name/);
  Object.assign(plain.settings, { 'ledger.witness_name': 'two words' });
  await assert.rejects(plain.start(), /no name for a witness/);
});
