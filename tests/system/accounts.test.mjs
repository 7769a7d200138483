// Accounts and sessions, as a program and as a browser see them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, password, startServer } from './server.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

const api = '/api/v1';
const problem = ({ status, headers, body }, expected, code) => {
  assert.equal(status, expected, JSON.stringify(body));
  assert.match(headers.get('content-type'), /^application\/problem\+json/);
  assert.equal(body.status, expected);
  assert.equal(body.code, code);
  assert.equal(body.type, `/problems/${code}`);
  assert.ok(body.title && body.detail);
};

test('who signs up is signed in by cookie, and sees the account', async () => {
  const asha = await server.signUp('asha', { name: 'आशा', languages: ['hi', 'en'], country: 'IN' });
  assert.ok(asha.cookies.has('amanat_session'));
  const { status, body } = await asha.get(`${api}/me`);
  assert.equal(status, 200);
  assert.deepEqual({ ...body, id: 0, created: 0 }, { id: 0, created: 0, handle: 'asha', name: 'आशा', bio: '', avatar: null, languages: ['hi', 'en'], country: 'IN', role: 'member' });
  assert.match(body.id, /^[1-9][0-9]+$/);
});

test('the cookie is out of scripts\' reach and stays on this site', async () => {
  const visitor = server.visitor();
  const { headers } = await visitor.post(`${api}/accounts`, { handle: 'cookie', password });
  const line = headers.get('set-cookie');
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/']) assert.ok(line.includes(part), line);
  assert.ok(!line.includes('Secure'), 'in the clear the cookie must come back');
});

test('a program gets a token and no cookie', async () => {
  const robot = await server.signUp('robot', { client: 'program' });
  assert.equal(robot.cookies.size, 0);
  assert.match(robot.token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal((await robot.get(`${api}/me`)).body.handle, 'robot');
  robot.token = robot.token.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'));
  problem(await robot.get(`${api}/me`), 401, 'session-ended');
});

test('names and passwords are held to their rules', async () => {
  const visitor = server.visitor();
  for (const handle of ['a', 'x'.repeat(31), '.dot', 'dot.', 'sp ace', 'ümlaut', 'a/b', '<b>', '', 'a\u202eb'])
    problem(await visitor.post(`${api}/accounts`, { handle, password }), 400, 'handle-invalid');
  problem(await visitor.post(`${api}/accounts`, { handle: 'fine', password: 'short' }), 400, 'password-weak');
  problem(await visitor.post(`${api}/accounts`, { handle: 'admin', password }), 409, 'handle-taken');
  await server.signUp('twice');
  problem(await visitor.post(`${api}/accounts`, { handle: 'TWICE', password }), 409, 'handle-taken');
});

test('signing in needs the right name and the right password, and says the same of both', async () => {
  await server.signUp('lina');
  const visitor = server.visitor();
  const wrong = await visitor.post(`${api}/sessions`, { handle: 'lina', password: 'not this one' });
  const nobody = await visitor.post(`${api}/sessions`, { handle: 'nobody_here', password: 'not this one' });
  problem(wrong, 401, 'sign-in-failed');
  assert.deepEqual(wrong.body, nobody.body);
  const { status, body } = await visitor.post(`${api}/sessions`, { handle: 'Lina', password });
  assert.equal(status, 201);
  assert.equal(body.account.handle, 'lina');
});

test('sessions are listed, ended one by one, and signing out ends the present one', async () => {
  const first = await server.signUp('omar');
  const second = server.visitor();
  await second.post(`${api}/sessions`, { handle: 'omar', password, client: 'program' }).then(({ body }) => { second.token = body.token; });
  const { body: { items } } = await first.get(`${api}/sessions`);
  assert.equal(items.length, 2);
  assert.deepEqual(items.map((s) => s.client).sort(), ['program', 'web']);
  assert.equal(items.filter((s) => s.current).length, 1);
  assert.equal((await first.delete(`${api}/sessions/${items.find((s) => !s.current).id}`)).status, 204);
  problem(await second.get(`${api}/me`), 401, 'session-ended');
  assert.equal((await first.delete(`${api}/sessions/current`)).status, 204);
  assert.equal(first.cookies.has('amanat_session'), false);
  problem(await first.get(`${api}/me`), 401, 'anonymous');
});

test('another\'s session cannot be ended', async () => {
  const one = await server.signUp('one1'), other = await server.signUp('other1');
  const { body: { items } } = await one.get(`${api}/sessions`);
  problem(await other.delete(`${api}/sessions/${items[0].id}`), 404, 'not-found');
  assert.equal((await one.get(`${api}/me`)).status, 200);
});

test('one\'s own account changes in parts', async () => {
  const noor = await server.signUp('noor', { country: 'SG' });
  const { body } = await noor.patch(`${api}/me`, { name: 'نور', bio: 'سطر\nسطر', languages: ['ar'] });
  assert.deepEqual([body.name, body.bio, body.languages, body.country], ['نور', 'سطر\nسطر', ['ar'], 'SG']);
  assert.equal((await noor.patch(`${api}/me`, { country: null })).body.country, null);
  assert.deepEqual((await noor.get(`${api}/me`)).body.languages, ['ar']);
  const seen = (await server.visitor().get(`${api}/accounts/noor`)).body;
  assert.deepEqual([seen.name, seen.bio, seen.self], ['نور', 'سطر\nسطر', false]);
  assert.equal((await noor.patch(`${api}/me`, { name: 'x'.repeat(51) })).status, 400);
});

test('a new password ends the other sessions and the old password', async () => {
  const sara = await server.signUp('sara');
  const elsewhere = server.visitor();
  await elsewhere.post(`${api}/sessions`, { handle: 'sara', password });
  problem(await sara.put(`${api}/me/password`, { old: 'wrong wrong wrong', new: 'another long one' }), 403, 'password-wrong');
  const stolen = server.visitor();
  stolen.cookies = new Map(sara.cookies);
  assert.equal((await stolen.get(`${api}/me`)).status, 200);
  const changed = await sara.put(`${api}/me/password`, { old: password, new: 'another long one' });
  assert.equal(changed.status, 200);
  assert.deepEqual(Object.keys(changed.body), ['account'], 'a browser is given its cookie, nothing that a script reads');
  assert.notDeepEqual([...sara.cookies], [...stolen.cookies]);
  problem(await stolen.get(`${api}/me`), 401, 'anonymous');
  problem(await elsewhere.get(`${api}/me`), 401, 'anonymous');
  assert.equal((await sara.get(`${api}/me`)).status, 200);
  problem(await server.visitor().post(`${api}/sessions`, { handle: 'sara', password }), 401, 'sign-in-failed');
  assert.equal((await server.visitor().post(`${api}/sessions`, { handle: 'sara', password: 'another long one' })).status, 201);
});

test('a new password ends a program\'s own token, and the answer brings the next', async () => {
  const robot = await server.signUp('robot.one', { client: 'program' });
  const old = robot.token;
  const changed = await robot.put(`${api}/me/password`, { old: password, new: 'another long one' });
  assert.equal(changed.status, 200);
  assert.equal(changed.headers.get('set-cookie'), null);
  assert.notEqual(changed.body.token, old);
  problem(await robot.get(`${api}/me`), 401, 'session-ended');
  robot.token = changed.body.token;
  assert.equal((await robot.get(`${api}/me`)).status, 200);
  const { body } = await robot.get(`${api}/sessions`);
  assert.deepEqual(body.items.map((s) => [s.client, s.current]), [['program', true]]);
});

test('a deleted account is gone, and its sessions with it', async () => {
  const gone = await server.signUp('gone');
  problem(await gone.delete(`${api}/me`, { password: 'wrong wrong wrong' }), 403, 'password-wrong');
  assert.equal((await gone.delete(`${api}/me`, { password })).status, 204);
  problem(await gone.get(`${api}/me`), 401, 'anonymous');
  problem(await server.visitor().get(`${api}/accounts/gone`), 404, 'not-found');
  problem(await server.visitor().post(`${api}/sessions`, { handle: 'gone', password }), 401, 'sign-in-failed');
});

test('what was acknowledged is there after a crash', async () => {
  const keeper = await server.signUp('keeper', { client: 'program' });
  await keeper.patch(`${api}/me`, { bio: 'still here' });
  await server.kill();
  await server.start();
  const again = new Client(server.url);
  again.token = keeper.token;
  assert.equal((await again.get(`${api}/me`)).body.bio, 'still here');
});

test('sign-up can be closed, or ask for an invitation', async () => {
  const closed = await startServer({ settings: { 'accounts.sign_up': 'closed' } });
  problem(await closed.visitor().post(`${api}/accounts`, { handle: 'late', password }), 403, 'sign-up-closed');
  await closed.stop();
  const invited = await startServer({ settings: { 'accounts.sign_up': 'invitation' } });
  const visitor = invited.visitor();
  problem(await visitor.post(`${api}/accounts`, { handle: 'guest', password }), 403, 'invitation-needed');
  problem(await visitor.post(`${api}/accounts`, { handle: 'guest', password, invitation: 'x'.repeat(22) }), 403, 'invitation-invalid');
  const { code, stdout } = await invited.cli('invite', 'add');
  assert.equal(code, 0);
  const invitation = stdout.trim();
  assert.equal((await visitor.post(`${api}/accounts`, { handle: 'guest', password, invitation })).status, 201);
  problem(await invited.visitor().post(`${api}/accounts`, { handle: 'guest2', password, invitation }), 403, 'invitation-invalid');
  await invited.stop();
});

test('failed sign-ins are limited, and the answer says when to come again', async () => {
  const strict = await startServer({ settings: { 'limits.sign_in_per_hour': 3 } });
  await strict.signUp('guarded');
  let last;
  for (let i = 0; i < 5; i++) last = await strict.visitor().post(`${api}/sessions`, { handle: 'guarded', password: 'guess guess guess' });
  problem(last, 429, 'limit');
  assert.ok(last.body.retry_after >= 1);
  assert.equal(Number(last.headers.get('retry-after')), last.body.retry_after);
  await strict.stop();
});

test('new accounts and writes are limited', async () => {
  const strict = await startServer({ settings: { 'limits.sign_up_per_hour': 2, 'limits.write_per_minute': 3 } });
  const one = await strict.signUp('one');
  await strict.signUp('two');
  problem(await strict.visitor().post(`${api}/accounts`, { handle: 'three', password }), 429, 'limit');
  const seen = [];
  for (let i = 0; i < 6; i++) seen.push((await one.put(`${api}/accounts/two/follow`)).status);
  assert.ok(seen.includes(429) && seen[0] === 204, String(seen));
  await strict.stop();
});
