// The description of the interface: valid OpenAPI 3.1, the same from command and server, and what the server says fits it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import addFormats from 'ajv-formats';
import Ajv from 'ajv/dist/2020.js';
import { password, root, run, startServer } from './server.mjs';

const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
let server, description, ajv, asha, omar, video;
before(async () => {
  server = await startServer();
  description = (await server.visitor().get('/api/v1/openapi.json')).body;
  ajv = addFormats.default(new Ajv.default({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: 'api', components: description.components });
  asha = await server.signUp('asha');
  omar = await server.signUp('omar');
  if (existsSync(clip)) {
    const { stdout } = await server.cli('video', 'import', clip, '--as', 'asha');
    video = /as (\d+)/.exec(stdout)?.[1];
  }
});
after(() => server.stop());

const holds = (name, value, where) => {
  const check = ajv.getSchema(`api#/components/schemas/${name}`);
  assert.ok(check, `no schema ${name}`);
  assert.ok(check(value), `${where} as ${name}: ${ajv.errorsText(check.errors)}\n${JSON.stringify(value).slice(0, 600)}`);
};
const operation = (method, where) => description.paths[where]?.[method.toLowerCase()];
/** Asks, and holds the answer against what the description says of this operation. */
const ask = async (client, method, pattern, params = {}, json) => {
  const where = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name]));
  const said = operation(method, pattern);
  assert.ok(said, `${method} ${pattern} is not described`);
  const answer = await client.request(method, where, { json });
  const gives = said.responses['2XX'].content?.['application/json'].schema.$ref.split('/').at(-1);
  if (answer.status < 300 && gives) holds(gives, answer.body, `${method} ${where}`);
  if (answer.status < 300 && !gives) assert.equal(answer.bytes.length, 0, `${method} ${where}`);
  if (answer.status >= 400) holds('Problem', answer.body, `${method} ${where}`);
  return answer;
};

test('it is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(description));
  assert.ok(result.valid, JSON.stringify(result.errors ?? '', null, 1).slice(0, 3000));
  assert.equal(description.openapi, '3.1.0');
});

test('operations have names of their own, summaries and security', () => {
  const seen = new Set();
  for (const [where, methods] of Object.entries(description.paths))
    for (const [method, op] of Object.entries(methods)) {
      assert.ok(!seen.has(op.operationId), op.operationId);
      seen.add(op.operationId);
      assert.match(op.summary, /\.$/, `${method} ${where}`);
      assert.equal(op.security.some((s) => Object.keys(s).length === 0), op['x-who'] === 'anyone', where);
      const named = [...where.matchAll(/\{(\w+)\}/g)].map((m) => m[1]);
      assert.deepEqual(op.parameters.filter((p) => p.in === 'path').map((p) => p.name), named);
    }
  assert.ok(seen.size > 50, String(seen.size));
});

test('the command prints the same', async () => {
  const { code, stdout } = await run(['openapi']);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), description);
});

test('what the server says fits what is described', async () => {
  const visitor = server.visitor(), api = '/api/v1';
  await ask(visitor, 'POST', `${api}/accounts`, {}, { handle: 'lina', password, client: 'program' });
  await ask(visitor, 'POST', `${api}/sessions`, {}, { handle: 'lina', password });
  await ask(visitor, 'POST', `${api}/sessions`, {}, { handle: 'lina', password: 'wrong wrong wrong' });
  for (const where of ['/me', '/sessions', '/me/following', '/me/blocked', '/me/likes', '/me/saves', '/drafts', '/notifications', '/feed', '/feed/following', '/node', '/letter', '/ledger', '/trust', '/trust/entries', '/openapi.json'])
    assert.equal((await ask(asha, 'GET', api + where)).status, 200, where);
  await ask(asha, 'PATCH', `${api}/me`, {}, { bio: 'x', country: 'IN' });
  await ask(asha, 'PATCH', `${api}/me`, {}, { bio: 7 });
  for (const act of ['follow', 'block']) {
    await ask(omar, 'PUT', `${api}/accounts/{handle}/${act}`, { handle: 'lina' });
    await ask(omar, 'GET', `${api}/me/${act === 'follow' ? 'following' : 'blocked'}`);
    await ask(omar, 'DELETE', `${api}/accounts/{handle}/${act}`, { handle: 'lina' });
  }
  await ask(visitor, 'GET', `${api}/accounts/{handle}`, { handle: 'asha' });
  await ask(visitor, 'GET', `${api}/accounts/{handle}`, { handle: 'nobody_here' });
  await ask(visitor, 'GET', `${api}/accounts/{handle}/videos`, { handle: 'asha' });
  await ask(omar, 'POST', `${api}/reports`, {}, { kind: 'account', id: asha.account.id, reason: 'other' });
  await server.cli('user', 'role', 'omar', 'moderator');
  const { body } = await ask(omar, 'GET', `${api}/moderation/reports`);
  assert.equal(body.items.length, 1);
  await ask(omar, 'POST', `${api}/moderation/reports/{id}/close`, { id: body.items[0].id }, { action: 'none' });
  await ask(asha, 'GET', `${api}/moderation/reports`);
});

test('what the server says of a clip fits too', { skip: existsSync(clip) ? false : '../shared is not there' }, async () => {
  const api = '/api/v1', id = video;
  assert.equal((await ask(omar, 'GET', `${api}/videos/{id}`, { id })).status, 200);
  assert.equal((await ask(omar, 'PUT', `${api}/videos/{id}/like`, { id })).status, 204);
  assert.equal((await ask(omar, 'PUT', `${api}/videos/{id}/save`, { id })).status, 204);
  const comment = await ask(omar, 'POST', `${api}/videos/{id}/comments`, { id }, { text: 'वाह' });
  assert.equal(comment.status, 201);
  for (const where of ['/me/likes', '/me/saves', '/feed']) assert.equal((await ask(omar, 'GET', api + where)).status, 200, where);
  assert.equal((await ask(omar, 'GET', `${api}/videos/{id}/comments`, { id })).body.items.length, 1);
  const reply = await ask(asha, 'POST', `${api}/comments/{id}/replies`, { id: comment.body.id }, { text: '@omar शुक्रिया' });
  assert.equal(reply.status, 201);
  assert.equal((await ask(omar, 'GET', `${api}/comments/{id}/replies`, { id: comment.body.id })).body.items.length, 1);
  for (const who of [asha, omar]) {
    const { body } = await ask(who, 'GET', `${api}/notifications`);
    assert.ok(body.items.length > 0);
    assert.equal((await ask(who, 'POST', `${api}/notifications/read`, {}, { up_to: body.items[0].id })).status, 204);
  }
  assert.equal((await ask(omar, 'DELETE', `${api}/comments/{id}`, { id: comment.body.id })).status, 204);
  assert.equal((await ask(asha, 'PATCH', `${api}/videos/{id}`, { id }, { caption: 'नया', language: null })).status, 200);
  assert.equal((await ask(omar, 'POST', `${api}/views`, {}, { items: [{ video: id, watched_ms: 10, completed: false }] })).status, 204);
  assert.equal((await ask(asha, 'DELETE', `${api}/videos/{id}`, { id })).status, 204);
});
