// What owners can always do with their own: strangers cannot keep them from it, nor can they keep the server from others.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { password, root, startServer } from './server.mjs';
import { drafts, upload } from './upload.mjs';

const long = path.resolve(root, '../shared/media/derived__karma_vertical_720x1280_10s_h264.mp4');
let server;

before(async () => { server = await startServer({ settings: { 'limits.sign_in_per_hour': 5 } }); });
after(() => server.stop());

test('strangers_who_guess_a_password_do_not_lock_its_owner_in', async () => {
  const asha = await server.signUp('asha');
  const statuses = [];
  for (let i = 0; i < 8; i++) statuses.push((await server.visitor().post('/api/v1/sessions', { handle: 'asha', password: 'a wrong guess' })).status);
  assert.equal(statuses.at(-1), 429);
  const changed = 'another horse battery';
  assert.equal((await asha.put('/api/v1/me/password', { old: password, new: changed })).status, 200);
  assert.equal((await asha.delete('/api/v1/me', { password: changed })).status, 204);
});

test('a_stolen_session_tries_few_passwords', async () => {
  const ravi = await server.signUp('ravi');
  const statuses = [];
  for (let i = 0; i < 7; i++) statuses.push((await ravi.delete('/api/v1/me', { password: 'a wrong guess' })).status);
  assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429, 429]);
});

test('a_long_draft_is_sent_in_parts_only', async () => {
  const lina = await server.signUp('lina');
  await upload(lina, long, { metadata: { publish: '0' } });
  const [draft] = await drafts(lina);
  const whole = await lina.get(draft.src);
  assert.equal(whole.status, 400);
  assert.equal(whole.body.code, 'range-needed');
  const first = await lina.get(draft.src, { headers: { range: 'bytes=0-' } });
  assert.equal(first.status, 206);
  const [, last, bytes] = /bytes 0-(\d+)\/(\d+)/.exec(first.headers.get('content-range')).map(Number);
  assert.equal(first.bytes.length, last + 1);
  const rest = await lina.get(draft.src, { headers: { range: `bytes=${last + 1}-` } });
  assert.equal(rest.bytes.length, bytes - last - 1);
  assert.equal((await lina.get(draft.src, { headers: { range: `bytes=${bytes}-` } })).status, 416);
  assert.equal((await lina.get(draft.poster)).status, 200);
});

test('one_name_signs_in_so_often_and_no_more', async () => {
  const fresh = await startServer({ settings: { 'limits.sign_in_per_hour': 5 } });
  const omar = await fresh.signUp('omar');
  const statuses = [];
  for (let i = 0; i < 7; i++) statuses.push((await fresh.visitor().post('/api/v1/sessions', { handle: 'omar', password })).status);
  assert.deepEqual(statuses, [201, 201, 201, 201, 201, 429, 429]);
  assert.equal((await omar.get('/api/v1/me')).status, 200);
  await fresh.stop();
});

test('a_moderator_empties_no_operators_profile', async () => {
  const mona = await server.signUp('mona');
  const boss = await server.signUp('boss', { name: 'Who runs it' });
  for (const [who, role] of [['mona', 'moderator'], ['boss', 'operator']]) assert.equal((await server.cli('user', 'role', who, role)).code, 0);
  const { body } = await mona.post('/api/v1/reports', { kind: 'account', id: boss.account.id, reason: 'spam' });
  assert.equal((await mona.post(`/api/v1/moderation/reports/${body.id}/close`, { action: 'remove' })).status, 403);
  assert.equal((await boss.get('/api/v1/me')).body.name, 'Who runs it');
  assert.equal((await mona.get('/api/v1/moderation/reports')).body.items.length, 1);
});
