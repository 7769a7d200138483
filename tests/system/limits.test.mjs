// Every rate class refuses in the same words, says when to come again, and means it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { password, startServer } from './server.mjs';

const hash = '0'.repeat(64);
const begin = (client, length = 4) => client.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': String(length) } });

// What one does in each class, and whether one must be somebody; `expected` is what it answers as long as one may.
const classes = [
  { name: 'read', setting: 'limits.read_per_minute', seconds: 60, expected: 200, act: (c) => c.get('/api/v1/node') },
  { name: 'media', setting: 'limits.media_per_minute', seconds: 60, expected: 404, act: (c) => c.get(`/media/${hash}`) },
  { name: 'write', setting: 'limits.write_per_minute', seconds: 60, expected: 204, member: true, act: (c) => c.put('/api/v1/accounts/bela/follow') },
  { name: 'upload', setting: 'limits.upload_per_day', seconds: 86_400, expected: 201, member: true, act: (c) => begin(c) },
  { name: 'sign-up', setting: 'limits.sign_up_per_hour', seconds: 3600, expected: 201, act: (c, n) => c.post('/api/v1/accounts', { handle: `person${n}`, password }) },
  { name: 'sign-in', setting: 'limits.sign_in_per_hour', seconds: 3600, expected: 401, act: (c) => c.post('/api/v1/sessions', { handle: 'nobody', password }) },
];

function refusal({ status, headers, body }) {
  assert.equal(status, 429);
  assert.match(headers.get('content-type'), /^application\/problem\+json/);
  assert.deepEqual([body.status, body.code, body.title, body.retry_after], [429, 'limit', 'Too many requests', Number(headers.get('retry-after'))]);
  assert.ok(Number.isInteger(body.retry_after) && body.retry_after >= 1);
  return body.retry_after;
}

const counted = async (server, name) => Number(new RegExp(`^amanat_limits_refused_total\\{class="${name}"\\} (\\d+)$`, 'm')
  .exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

test('each class of requests has a limit of its own, which says when it is over', async () => {
  for (const { name, setting, seconds, expected, member, act } of classes) {
    const most = name === 'read' ? 30 : 4;             // /metrics is a reading, too
    const server = await startServer({ settings: { [setting]: name === 'sign-up' ? most + 2 : most } });
    const bela = await server.signUp('bela');
    const client = member ? await server.signUp('asha') : server.visitor();
    if (!member && name === 'sign-up') await server.signUp('asha');
    const answers = [], began = performance.now();
    do answers.push(await act(client, answers.length)); while (answers.at(-1).status !== 429 && answers.length < 5 * most);
    const first = answers.length - 1, filled = Math.floor((performance.now() - began) / 1000 * most / seconds) + 1;
    assert.ok(first >= most - 1 && first < most + filled, `${name}: refused at ${first}, ${answers.map((a) => a.status)}`);
    assert.deepEqual(new Set(answers.slice(0, first).map((a) => a.status)), new Set([expected]), name);
    const retry = refusal(answers[first]);
    assert.ok(retry <= seconds / most + 1, `${name}: ${retry} s`);
    if (name === 'write') assert.equal((await bela.put('/api/v1/accounts/asha/follow')).status, 204, 'another person goes on');
    if (name !== 'read') assert.ok(await counted(server, name) >= 1, name);
    await server.stop();
  }
});

test('who waits as long as Retry-After says gets through', async () => {
  const settings = { 'limits.read_per_minute': 60, 'limits.write_per_minute': 60, 'limits.media_per_minute': 60 };
  const server = await startServer({ settings });
  await server.signUp('bela');
  const client = await server.signUp('asha');
  for (const { name, expected, act } of classes.slice(0, 3)) {
    let answer;
    do answer = await act(client); while (answer.status === expected);
    const retry = refusal(answer);
    assert.ok(retry <= 2, `${name}: one a second, and ${retry} s are asked for`);
    await new Promise((resolve) => setTimeout(resolve, retry * 1000));
    assert.equal((await act(client)).status, expected, name);
  }
  assert.equal(await counted(server, 'write') >= 1, true);
  await server.stop();
});

test('a limit that is reached keeps nobody from learning that the node lives', async () => {
  const server = await startServer({ settings: { 'limits.read_per_minute': 1 } });
  for (let i = 0; i < 5; i++) await server.visitor().get('/api/v1/node');
  assert.equal((await server.visitor().get('/healthz')).status, 200);
  await server.stop();
});
