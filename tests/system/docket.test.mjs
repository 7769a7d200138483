// Demands from outside: by command and by the desk's routes, beside a running server; receipts are checked by tlog.mjs, which knows the
// specifications and not our program.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import addFormats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';
import { soon } from './patience.mjs';
import { binary, root, startServer } from './server.mjs';
import { readCheckpoint, readKey, readProof, sha256 } from './tlog.mjs';

let server, desk, asha, key;
const desks = '/api/v1/desk/demands';
const clip = path.resolve(root, '../shared/media/media__sample_portrait.mp4');
const skip = !existsSync(clip) && 'no ../shared/media';
before(async () => {
  server = await startServer({ settings: { 'region.jurisdiction': 'SG', 'region.owner_jurisdiction': 'XA' } });
  asha = await server.signUp('asha', { country: 'IN' });
  desk = await server.signUp('desk');
  assert.equal((await server.cli('user', 'role', 'desk', 'operator')).code, 0);
  key = readKey((await server.visitor().get('/ledger/key')).text);
});
after(() => server.stop());

const line = async (n) => (await server.visitor().get(`/ledger/entry/${n}`)).text;
const fields = (text) => Object.fromEntries(text.split(' ').slice(2).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
const entries = async (kind) => {
  const { size } = readCheckpoint((await server.visitor().get('/ledger/checkpoint')).text, key);
  const all = await Promise.all(Array.from({ length: size }, (_, n) => line(n)));
  return all.map((text, number) => ({ number, text, ...fields(text) })).filter((entry) => entry.text.startsWith(`${kind} `));
};
/** The entry of a kind about a demand, once a checkpoint shows it. */
const entryOf = (kind, demand) => soon(async () => {
  const [entry] = (await entries(kind)).filter((each) => each.demand === demand);
  assert.ok(entry, kind);
  return entry;
});
const cli = async (...args) => {
  const { code, stdout, stderr } = await server.cli(...args);
  assert.equal(code, 0, stderr);
  return stdout;
};

test('the first charter stands signed in the ledger before any demand', async () => {
  const [charter] = await entries('charter');
  assert.equal(charter.version, '1');
  assert.equal(charter.previous, '-');
  assert.match(await cli('charter', 'list'), /^1 \S+ entry 1 counts\n$/);
});

test('what the owner\'s state asks is refused by rule 2, and the receipt proves it to a stranger', async () => {
  const said = await cli('demand', 'add', '--asker', 'XA', '--kind', 'data', '--basis', 'court', '--accounts', 'asha', '--authority', 'Ministry', '--text', 'Everything.');
  assert.match(said, /Rule 2 of the charter, version 1: Whatever the state/);
  const demand = /Demand ([0-9a-f]{16})/.exec(said)[1];
  const received = await entryOf('demand-received', demand);
  const decided = await entryOf('demand-decided', demand);
  assert.deepEqual([received.asker, received.residence, received.accounts], ['XA', '-', '1']);
  assert.deepEqual([decided.outcome, decided.rule, decided.received, decided.accounts], ['refused-by-rule', '2', String(received.number), '0']);
  const proof = readProof(await cli('demand', 'receipt', demand), key);
  assert.equal(proof.index, received.number);
  assert.equal(proof.extra, received.text);
  assert.throws(() => readProof('c2sp.org/tlog-proof@v1\nindex 0\n\nx\n', key));
});

test('the person finds it among the notifications, in words of closed lists', async () => {
  const { items } = (await asha.get('/api/v1/notifications')).body;
  assert.equal(items[0].kind, 'demand');
  assert.match(items[0].reason, /^XA data refused-by-rule 2 [0-9a-f]{16} -$/);
  assert.equal(items[0].people, 0);
});

test('the desk is for operators', async () => {
  for (const [who, status] of [[server.visitor(), 401], [asha, 403]]) {
    assert.equal((await who.get(desks)).status, status);
    assert.equal((await who.post(desks, { asker: 'SG', kind: 'data', basis: 'court' })).status, status);
  }
});

test('a demand goes its way at the desk: filed, authenticated, not disclosed, refused', async () => {
  const filed = await desk.post(desks, { asker: 'SG', kind: 'data', basis: 'court', accounts: ['@asha'], authority: 'High Court', text: 'Sign-in times.' });
  assert.equal(filed.status, 201, filed.text);
  assert.equal(filed.body.state, 'received');
  const at = `${desks}/${filed.body.demand}`;
  assert.ok(Date.parse(filed.body.due) - Date.now() > 13 * 86_400_000);
  assert.equal((await desk.post(`${at}/decide`, { outcome: 'complied' })).body.code, 'demand-not-permitted');
  assert.equal((await desk.post(`${at}/authenticate`, { how: 'telepathy' })).status, 400);
  const known = await desk.post(`${at}/authenticate`, { how: 'call-back' });
  assert.equal(known.status, 200, known.text);
  assert.equal(known.body.state, 'authenticated');
  const complied = await desk.post(`${at}/decide`, { outcome: 'complied' });
  assert.deepEqual([complied.status, complied.body.code], [403, 'not-yet-possible']);
  const refused = await desk.post(`${at}/decide`, { outcome: 'refused', reason: 'The order names nobody.' });
  assert.equal(refused.body.outcome, 'refused');
  assert.equal((await desk.post(`${at}/decide`, { outcome: 'refused' })).status, 409);
  const receipt = readProof((await desk.get(`${at}/receipt`)).text, key);
  assert.equal(fields(receipt.extra).demand, filed.body.demand);
  const decided = fields(await line(refused.body.entries.decided));
  assert.match(decided.reason, /^[0-9a-f]{64}$/);
  assert.equal(decided.charter, '1');
});

test('what the desk says fits its description', async () => {
  const { components } = (await server.visitor().get('/api/v1/openapi.json')).body;
  const ajv = addFormats.default(new Ajv.default({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: 'api', components });
  const page = (await desk.get(desks)).body;
  for (const [name, value] of [['DemandPage', page], ['Demand', (await desk.get(`${desks}/${page.items[0].demand}`)).body], ['Kept', (await asha.get('/api/v1/me/kept')).body]]) {
    const check = ajv.getSchema(`api#/components/schemas/${name}`);
    assert.ok(check(value), `${name}: ${ajv.errorsText(check.errors)}`);
  }
  assert.ok(page.items.length >= 2);
  assert.equal((await desk.get(`${desks}/0000000000000000`)).status, 404);
});

test('words that are on no list are refused', async () => {
  for (const wrong of [{ asker: 'UK' }, { kind: 'everything' }, { basis: 'friendship' }, { accounts: ['nobody'] }, { silence: 'soon' }, { silence: '2020-01-01' }]) {
    const { status } = await desk.post(desks, { asker: 'SG', kind: 'data', basis: 'court', ...wrong });
    assert.equal(status, 400, JSON.stringify(wrong));
  }
});

test('a hold keeps a closed account from being erased, says so, and ends', async () => {
  const omar = await server.signUp('omar');
  const { body: { demand } } = await desk.post(desks, { asker: 'SG', kind: 'preservation', basis: 'court', accounts: ['omar'] });
  await desk.post(`${desks}/${demand}/authenticate`, { how: 'in-person' });
  assert.deepEqual((await omar.get('/api/v1/me/kept')).body, { kept_until: null });
  const held = await desk.post(`${desks}/${demand}/decide`, { outcome: 'narrowed', days: 10 });
  assert.equal(held.status, 200, held.text);
  const { kept_until: until } = (await omar.get('/api/v1/me/kept')).body;
  assert.equal(until, held.body.held_until);
  assert.match((await omar.get('/api/v1/notifications')).body.items[0].reason, / preservation narrowed 0 [0-9a-f]{16} \d{4}-\d\d-\d\d$/);
  assert.equal((await omar.delete('/api/v1/me', { password: 'correct horse battery' })).status, 204);
  const placed = await entryOf('hold-placed', demand);
  assert.equal(placed.until, until.slice(0, 10));
  assert.match(await cli('user', 'list'), /omar +\S+ +closed/);
  assert.equal((await desk.post(`${desks}/${demand}/release`)).status, 200);
  const ended = await entryOf('hold-ended', demand);
  assert.equal(ended.placed, String(placed.number));
  await soon(async () => assert.doesNotMatch(await cli('user', 'list'), /omar/));
});

test('the salted hash in the ledger is of the papers, which the desk gets back as they were filed', async () => {
  const file = path.join(server.folder, '..', 'order.txt');
  writeFileSync(file, 'In the name of the law');
  const said = await cli('demand', 'add', '--asker', 'DE', '--kind', 'data', '--basis', 'court', '--papers', file);
  assert.match(said, /Rule 3/);
  const demand = /Demand ([0-9a-f]{16})/.exec(said)[1];
  const received = await entryOf('demand-received', demand);
  assert.match(received.papers, /^[0-9a-f]{64}$/);
  assert.notEqual(received.papers, sha256('In the name of the law').toString('hex'));
  const papers = (id, ...more) => spawnSync(binary, ['demand', 'papers', id, ...more, ...server.commandOptions]);
  assert.equal(papers(demand).stdout.toString(), 'In the name of the law');
  const { stdout: salted } = papers(demand, '--salted');
  assert.deepEqual([salted.length, sha256(salted).toString('hex')], [32 + 'In the name of the law'.length, received.papers]);
  const words = /Demand ([0-9a-f]{16})/.exec(await cli('demand', 'add', '--asker', 'DE', '--kind', 'data', '--basis', 'none', '--text', 'Please'))[1];
  assert.equal(sha256(papers(words, '--salted').stdout).toString('hex'), (await entryOf('demand-received', words)).papers, 'of the text where there is no paper');
  const without = /Demand ([0-9a-f]{16})/.exec(await cli('demand', 'add', '--asker', 'DE', '--kind', 'data', '--basis', 'none'))[1];
  const none = papers(without);
  assert.deepEqual([none.status, none.stdout.length], [1, 0]);
  assert.match(none.stderr.toString(), /has no papers/);
});

test('what moderators take away is an entry, and so is an incident', async () => {
  const noor = await server.signUp('noor');
  assert.equal((await desk.post('/api/v1/moderation/accounts/noor/suspend')).status, 204);
  assert.equal((await desk.post('/api/v1/moderation/accounts/noor/suspend')).status, 204);
  await soon(async () => assert.deepEqual((await entries('takedown')).map(({ what, basis, country }) => [what, basis, country]), [['account', 'rules', '-']]));
  assert.ok(noor);
  assert.match(await cli('incident', 'add', '--kind', 'outage', '--happened', '2026-01-05', '--people', '3'), /^Entered: entry \d+\.\n$/);
  await soon(async () => assert.deepEqual((await entries('incident')).map(({ kind, happened, people }) => [kind, happened, people]), [['outage', '2026-01-05', '3']]));
});

test('captions that a moderator takes away are an entry; that their author takes back are none, nor are those that are gone', { skip }, async () => {
  const before = (await entries('takedown')).length, since = async () => (await entries('takedown')).slice(before).map(({ what, basis }) => [what, basis]);
  const leila = await server.signUp('leila');
  const { stdout } = await server.cli('video', 'import', clip, '--as', 'leila', '--caption', 'With words');
  const captions = `/api/v1/videos/${/as (\d+)/.exec(stdout)[1]}/captions`;
  const vtt = { body: 'WEBVTT\n\n00:00.500 --> 00:02.000\nwords\n', headers: { 'content-type': 'text/vtt' } };
  for (const language of ['en', 'hi']) assert.equal((await leila.request('PUT', `${captions}/${language}`, vtt)).status, 204);
  const goes = async (client, language) => assert.equal((await client.delete(`${captions}/${language}`)).status, 204);
  await goes(leila, 'en');
  await goes(desk, 'en');
  await goes(desk, 'hi');
  await soon(async () => assert.deepEqual(await since(), [['captions', 'rules']]));
});

test('what the operator takes away on the console is an entry each, and what people take back is none', async () => {
  const before = (await entries('takedown')).length, since = async () => (await entries('takedown')).slice(before).map(({ what, basis, demand }) => [what, basis, demand]);
  const [lina] = [await server.signUp('lina'), await server.signUp('mina')];
  await cli('user', 'suspend', 'mina');
  await cli('user', 'suspend', 'mina');
  await soon(async () => assert.deepEqual(await since(), [['account', 'rules', '-']]));
  await cli('user', 'restore', 'mina');
  await cli('user', 'delete', 'mina', '--yes');
  await soon(async () => assert.deepEqual(await since(), [['account', 'rules', '-'], ['account', 'rules', '-']]));
  assert.equal((await lina.delete('/api/v1/me', { password: 'correct horse battery' })).status, 204);
  await cli('incident', 'add', '--kind', 'outage', '--happened', '2026-01-06', '--people', '0');
  await soon(async () => assert.ok((await entries('incident')).some(({ happened }) => happened === '2026-01-06')));
  assert.equal((await since()).length, 2);
});

test('the next charter is published in its turn, and not out of it', async () => {
  const file = path.join(server.folder, '..', 'charter.json');
  writeFileSync(file, '{"format": "amanat-charter/v1"}');
  assert.equal((await server.cli('charter', 'publish', file)).code, 1);
  const first = await cli('charter', 'show', '--name', key.name, '--owner', 'XA');
  writeFileSync(file, first);
  const again = await server.cli('charter', 'publish', file);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /published already/);
  const [charter] = await entries('charter');
  const issued = /"issued": "[^"]+"/;
  // the same bytes as at the first start, but for the day
  const bytes = first.replace(issued, `"issued": "${charter.text.split(' ')[1].slice(0, 10)}"`);
  assert.equal(sha256(bytes).toString('hex'), charter.charter);
  writeFileSync(file, bytes.replace('"version": 1', '"version": 2').replace('"previous": null', `"previous": "${charter.charter}"`).replace(/"owner": \[[^\]]*\]/, '"owner": ["XA", "XB"]'));
  assert.match(await cli('charter', 'publish', file), /^Published: version 2, entry \d+\./);
  assert.match(await cli('demand', 'add', '--asker', 'XB', '--kind', 'availability', '--basis', 'court'), /Rule 2 of the charter, version 2/);
});

test('a ledger tells no tales: no demo demand on a node with people', async () => {
  const { code, stderr } = await server.cli('demo', 'demand');
  assert.equal(code, 1);
  assert.match(stderr, /this is no demo/);
});
