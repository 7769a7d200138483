// A node that asks witnesses, other nodes and worse: enough of them or silence, a witness that is slow, a fork, yesterday's data put back.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { test } from 'node:test';

import { cosignLine, newSigner, readCheckpoint, readKey, readNote, signaturesOf } from './notes.mjs';
import { freshFolder, Server } from './server.mjs';
import { checkpointOf, newLog, newWitness, running, started, until, whole, withPolicy } from './witnesses.mjs';

/** A server of Node's in place of a witness. `answer(question)` gives { status, type, body, wait }. */
async function newImpostor(name, answer) {
  const signer = newSigner(`${name}.example/w`, 4), timers = new AbortController();
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const said = answer({ body, note: body.slice(body.indexOf('\n\n') + 2), signer });
    if (said.wait) await moment(said.wait, null, { signal: timers.signal }).catch(() => {});
    response.writeHead(said.status ?? 200, { 'content-type': said.type ?? 'text/plain' });
    response.end(said.body);
  });
  await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
  running.push(async () => { timers.abort(); http.closeAllConnections(); await new Promise((resolve) => { http.close(resolve); }); });
  return { name, vkey: signer.vkey, key: readKey(signer.vkey), url: `http://127.0.0.1:${http.address().port}` };
}
/** Passes questions on to a witness, and its answers back after `lag()` ms; answered(): the witness has given one that is held back. */
async function newRelay(url, lag) {
  const timers = new AbortController();
  let told = () => {};
  const http = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const answer = await fetch(`${url}${request.url}`, { method: 'POST', body: Buffer.concat(pieces) });
    const body = await answer.text(), ms = lag(answer.status);
    if (ms) { told(); await moment(ms, null, { signal: timers.signal }).catch(() => {}); }
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
    response.end(body);
  });
  await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
  running.push(async () => { timers.abort(); http.closeAllConnections(); await new Promise((resolve) => { http.close(resolve); }); });
  return { url: `http://127.0.0.1:${http.address().port}`, answered: () => new Promise((resolve) => { told = resolve; }) };
}
const metric = async (server, name) => Number(new RegExp(`^amanat_${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec((await server.visitor().get('/metrics')).text)[1]);
const warnings = async (server) => JSON.parse((await server.cli('status', '--json')).stdout).warnings.map((w) => w.code);

test('two nodes witness a third: its checkpoint bears both cosignatures, and each has it under /witness', async () => {
  const { server, vkey } = await newLog();
  const witnesses = [await newWitness('b', vkey), await newWitness('c', vkey)];
  withPolicy(server, vkey, witnesses, 'all');
  await started(server);
  const said = await whole(server);
  assert.deepEqual([said.keys, said.witnesses.map((w) => [w.name, w.url, w.answer])], [[vkey], witnesses.map((w) => [w.name, w.url, 'signed'])]);
  const { text } = await checkpointOf(server);
  assert.equal(readNote(text).lines.length, 3);
  for (const { key, server: other } of witnesses) {
    assert.equal(signaturesOf(text, key).length, 1);
    const { text: seen } = await other.visitor().get(`/witness/checkpoint/${said.origin}`);
    assert.equal(readNote(seen).text, readNote(text).text);
  }
  assert.deepEqual([signaturesOf(text, readKey(vkey)), await metric(server, 'ledger_witnesses{answer="signed"}'), await metric(server, 'ledger_size')], [[0], 2, said.size]);

  // one is down, and both are needed: what was shown stays, the new entry waits, and it is said
  await witnesses[1].server.stop();
  await server.restart();
  const waiting = await until(server, (s) => s.state === 'unwitnessed' && s.entries === said.size + 1, 'waits');
  assert.deepEqual([waiting.size, readCheckpoint((await checkpointOf(server)).text).size], [said.size, said.size]);
  assert.equal(waiting.witnesses[1].answer, 'silent');
  assert.deepEqual([await metric(server, 'ledger_state{state="unwitnessed"}'), await metric(server, 'ledger_entries'), await metric(server, 'ledger_size')], [1, said.size + 1, said.size]);
  assert.ok((await warnings(server)).includes('ledger-unwitnessed'));
  assert.match(server.log, /ledger: witness=c answer=silent, was not-asked/);
  assert.ok(await server.alive());

  // it comes back
  await started(witnesses[1].server);
  const after = await whole(server);
  assert.equal(after.size, said.size + 1);
  for (const { key } of witnesses) assert.equal(signaturesOf((await checkpointOf(server)).text, key).length, 1);
  assert.ok(!(await warnings(server)).includes('ledger-unwitnessed'));
  assert.match(server.log, /ledger: state=whole, was unwitnessed/);

  // and when one is enough, one is enough
  await witnesses[1].server.stop();
  withPolicy(server, vkey, witnesses, 'any');
  await server.restart();
  assert.equal((await whole(server)).size, said.size + 2);
});

test('what lies is not believed: the log goes on with the honest one, and alone with a liar it waits', async () => {
  const other = newSigner('stranger.example/w', 4), honest = ({ note, signer }) => ({ body: cosignLine(signer, readNote(note).text, 1_795_000_000) });
  const lies = {
    garbage: () => ({ body: Buffer.from([0xe2, 0x80, 0x94, 0x20, 0xff, 0x00, 0x0a, 0x0a]) }),
    forged: ({ note, signer }) => ({ body: cosignLine(signer, `${readNote(note).text}x\n`, 1) }),
    borrowed: ({ note }) => ({ body: cosignLine(other, readNote(note).text, 1) }),
    renamed: ({ note, signer }) => ({ body: cosignLine({ ...other, name: signer.name, id: signer.id }, readNote(note).text, 1) }),
    larger: () => ({ status: 409, type: 'text/x.tlog.size', body: '999999999\n' }),
    nonsense: () => ({ status: 409, type: 'text/x.tlog.size', body: '-1e999' }),
    untyped: () => ({ status: 409, body: '999999999\n' }),
    refuses: () => ({ status: 422, body: 'no' }),
    huge: () => ({ body: 'x\n'.repeat(50_000) }),
    moved: () => ({ status: 302, body: '' }),
  };
  const { server, vkey } = await newLog();
  let lie = 'garbage';
  const liar = await newImpostor('liar', (asked) => (lie === null ? honest(asked) : lies[lie](asked)));
  const truth = await newWitness('truth', vkey);
  withPolicy(server, vkey, [liar, truth], 'any');
  await started(server);
  for (lie of Object.keys(lies)) {
    const { size } = await whole(server);
    await server.restart();
    const said = await until(server, (s) => s.state === 'whole' && s.size === size + 1, lie);
    const { text } = await checkpointOf(server);
    assert.equal(readNote(text).lines.length, 2, lie);
    assert.deepEqual([signaturesOf(text, liar.key).length, signaturesOf(text, truth.key).length], [0, 1], lie);
    assert.notEqual(said.witnesses[0].answer, 'signed', lie);
    if (['garbage', 'larger', 'refuses'].includes(lie)) assert.equal(said.witnesses[0].answer, { garbage: 'silent', larger: 'ahead', refuses: 'disagrees' }[lie]);
  }
  lie = 'forged';
  const { size } = await whole(server);
  await truth.server.stop();
  await server.restart();
  await until(server, (s) => s.state === 'unwitnessed', 'alone with a liar');
  assert.equal(readCheckpoint((await checkpointOf(server)).text).size, size);
  lie = null;
  assert.ok((await whole(server)).size > size);
  assert.equal(signaturesOf((await checkpointOf(server)).text, liar.key).length, 1);
});

test('a witness that answers too late costs its patience once, and not what others can sign', async () => {
  const { server, vkey } = await newLog();
  let slow = true;
  const sloth = await newImpostor('sloth', ({ note, signer }) => ({ wait: slow ? 6_500 : 0, body: cosignLine(signer, readNote(note).text, 1_795_000_000) }));
  const quick = await newWitness('quick', vkey);
  withPolicy(server, vkey, [sloth, quick], 'any');
  await started(server);
  assert.equal((await whole(server)).witnesses[0].answer, 'silent');
  slow = false;
  withPolicy(server, vkey, [sloth], 'all');
  await server.restart();
  assert.equal((await whole(server)).witnesses[0].answer, 'signed');
});

test('of two copies of one log a witness signs one; the other is noticed, signs nothing, shows nothing, and serves', async () => {
  const { server, vkey } = await newLog();
  const witness = await newWitness('w', vkey);
  withPolicy(server, vkey, [witness], 'all');
  await started(server);
  const { size, origin } = await whole(server);
  await server.stop();
  const copy = new Server({ folder: path.join(freshFolder(), 'node'), settings: server.settings });
  for (const ending of ['', '.key', '.ledger']) cpSync(server.folder + ending, copy.folder + ending, { recursive: true });
  // the witness is away while both append; who comes first then is nobody's choice
  await witness.server.stop();
  await started(server);
  await started(copy);
  for (const each of [server, copy]) await until(each, (s) => s.state === 'unwitnessed' && s.entries === size + 1, 'waits');
  await started(witness.server);
  const settled = await Promise.all([server, copy].map((each) => until(each, (s) => s.state === 'behind' || (s.state === 'whole' && s.size === size + 1), 'settles')));
  assert.deepEqual(settled.map((s) => s.state).sort(), ['behind', 'whole']);
  const [good, bad] = settled[0].state === 'whole' ? [server, copy] : [copy, server];
  const { text } = await checkpointOf(good);
  assert.equal(signaturesOf(text, witness.key).length, 1);
  assert.equal(readNote((await witness.server.visitor().get(`/witness/checkpoint/${origin}`)).text).text, readNote(text).text);

  const problem = await checkpointOf(bad);
  assert.deepEqual([problem.status, problem.body.code], [503, 'ledger-silent']);
  assert.match(problem.body.detail, /behind/);
  assert.match(bad.log, /ledger: witnesses have seen more of this log than is here, or something else: .* nothing is signed or shown/);
  await until(bad, async () => (await warnings(bad)).includes('ledger-stopped'), 'tells its operator');
  assert.ok(await bad.alive());
  assert.equal((await bad.visitor().get('/ledger/entry/0')).status, 404);
  const kept = readFileSync(path.join(bad.folder, 'ledger/signed'), 'utf8');
  await bad.restart();
  await until(bad, (s) => s.state === 'behind', 'still');
  assert.equal(readFileSync(path.join(bad.folder, 'ledger/signed'), 'utf8'), kept, 'nothing new was signed');
});

test('yesterday\'s data put back is noticed at the start: nothing new is signed, and today\'s data put back goes on', async () => {
  const { server, vkey } = await newLog();
  const witness = await newWitness('w', vkey), put = (from, to) => { rmSync(to, { recursive: true }); cpSync(from, to, { recursive: true }); };
  withPolicy(server, vkey, [witness], 'all');
  await started(server);
  const yesterday = await whole(server);
  await server.stop();
  cpSync(server.folder, `${server.folder}.yesterday`, { recursive: true });
  await server.start();
  const today = await whole(server);
  assert.equal(today.size, yesterday.size + 1);
  await server.stop();
  cpSync(server.folder, `${server.folder}.today`, { recursive: true });
  put(`${server.folder}.yesterday`, server.folder);
  await server.start();
  const said = await until(server, (s) => s.state === 'behind', 'noticed');
  assert.deepEqual([said.size, said.shown, said.witnesses[0].answer], [0, null, 'ahead']);
  assert.equal((await checkpointOf(server)).status, 503);
  assert.ok(await server.alive());
  assert.match(server.log, / error ledger: witnesses have seen more of this log/);
  const signed = readFileSync(path.join(server.folder, 'ledger/signed'), 'utf8');
  assert.equal(readCheckpoint(signed).size, yesterday.size, 'nothing new was signed');
  assert.equal(readCheckpoint((await witness.server.visitor().get(`/witness/checkpoint/${said.origin}`)).text).size, today.size);
  await server.stop();
  put(`${server.folder}.today`, server.folder);
  await server.start();
  assert.equal((await whole(server)).size, today.size + 1);
});

test('a restored backup is noticed, a drill touches neither witness nor mirror', async () => {
  const { server, vkey } = await newLog();
  const witness = await newWitness('w', vkey), around = path.dirname(server.folder), at = (name) => path.join(around, name);
  const ran = async (...args) => { const done = await server.cli(...args); assert.equal(done.code, 0, `${done.stdout}\n${done.stderr}`); };
  withPolicy(server, vkey, [witness], 'all');
  Object.assign(server.settings, { 'ledger.mirror': at('mirror'), 'ledger.key_file': `${server.folder}.ledger`, 'store.key_file': `${server.folder}.key` });
  mkdirSync(at('mirror'));
  await started(server);
  const { origin, size } = await whole(server);
  const seen = async () => [(await witness.server.visitor().get(`/witness/checkpoint/${origin}`)).text, readFileSync(at('mirror/checkpoint'), 'utf8')].map((note) => readNote(note).text);
  const before = await seen();
  await ran('backup', at('copies'), '--keys', at('keys'));
  await ran('drill', at('copies'), '--keys', at('keys'), '--newest');
  assert.deepEqual(await seen(), before);
  await server.restart();
  const today = await whole(server);
  await server.stop();
  const after = await seen();
  assert.notDeepEqual(after, before);
  const restored = new Server({ folder: at('restored'), settings: { ...server.settings } });
  const done = await restored.cli('restore', at('copies'), '--keys', at('keys'));
  assert.equal(done.code, 0, done.stderr);
  // a start at which nobody could be asked has entered something, which is none of what was restored
  // (in another second than the start that was lost: of one time, both have one line, and the mirror would be right to agree)
  await moment(1010 - Date.now() % 1000);
  const alone = new Server({ folder: restored.folder, settings: { ...restored.settings, 'ledger.policy': '' } });
  await started(alone);
  await until(alone, (s) => s.state === 'behind' && s.entries > size, 'nothing is signed');
  await alone.stop();
  // the mirror is asked first: where it has more nothing at all is signed, and no witness asked
  await started(restored);
  const known = await until(restored, (s) => s.state === 'behind', 'noticed by the mirror');
  assert.equal(known.witnesses[0].answer, 'not-asked');
  assert.ok(!existsSync(path.join(restored.folder, 'ledger/signed')));
  await restored.stop();
  // without a mirror the witness is asked about what was restored, and knows
  restored.settings['ledger.mirror'] = '';
  await restored.start();
  const said = await until(restored, (s) => s.state === 'behind' && s.witnesses[0].answer === 'ahead', 'noticed');
  assert.equal(readCheckpoint(readFileSync(path.join(restored.folder, 'ledger/signed'), 'utf8')).size, size);
  assert.equal(said.witnesses[0].answer, 'ahead');
  assert.ok((await checkpointOf(restored)).status === 503 && await restored.alive());
  assert.deepEqual(await seen(), after);
  assert.equal(readCheckpoint(`${after[0]}\n`.concat('— x AAAA\n')).size, today.size);
  await restored.stop();
  const fetched = await restored.cli('ledger', 'fetch', at('mirror'));
  assert.equal(fetched.code, 0, fetched.stderr);
  restored.settings['ledger.mirror'] = at('mirror');
  await restored.start();
  assert.ok((await whole(restored)).size > today.size, 'with what the mirror has it goes on');
});

test('killed again and again between signing, witnessing and showing it goes on where it was', async () => {
  const { server, vkey } = await newLog();
  const witness = await newWitness('w', vkey);
  let lag = () => 0;
  // the true witness behind one that holds its answer back, so that the kill comes between the two
  const held = await newRelay(witness.url, (status) => lag(status));
  withPolicy(server, vkey, [{ ...witness, url: held.url }], 'all');
  await started(server);
  let { size } = await whole(server);
  for (let round = 0; round < 3; round++) {
    await server.stop();
    // the start asks about what was signed: held back is the answer to what is signed then
    let answers = 0;
    lag = (status) => (status === 200 && answers++ > 0 ? 60_000 : 0);
    const answered = held.answered();
    await server.start();
    await answered;
    await server.kill();
    lag = () => 0;
    await server.start();
    const said = await whole(server);
    assert.ok(said.size > size, `${said.size} after ${size}`);
    size = said.size;
    assert.equal(signaturesOf((await checkpointOf(server)).text, witness.key).length, 1);
  }
});
