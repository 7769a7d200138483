// What has ended does nothing more: a session that was ended, an account that was closed, a password that was changed, while a
// request in their name was still on its way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { soon } from './patience.mjs';
import { Client, password, root, startServer } from './server.mjs';
import { publish } from './upload.mjs';

const clip = path.resolve(root, '../shared/media/media__sample_sef_slow_motion.mp4');
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let server, author, video;

before(async () => {
  server = await startServer();
  author = await server.signUp('asha');
  video = await publish(author, clip);
});
after(() => server.stop());

/** Sends all but the last byte of a request; end() sends that and gives the answer's status. */
async function half(client, method, where, body, headers = {}) {
  const bytes = Buffer.from(body);
  const all = {
    host: new URL(server.url).host, origin: server.url, cookie: [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; '),
    'content-type': 'application/json', 'content-length': bytes.length, connection: 'close', ...headers,
  };
  const socket = net.connect(server.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (d) => { answer += d; });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(`${method} ${where} HTTP/1.1\r\n${Object.entries(all).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
  socket.write(bytes.subarray(0, -1));
  await wait(200);
  return {
    async end() {
      socket.write(bytes.subarray(-1));
      await closed;
      return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
    },
  };
}

const comment = (client, text) => half(client, 'POST', `/api/v1/videos/${video.id}/comments`, JSON.stringify({ text }));
const comments = async () => (await author.get(`/api/v1/videos/${video.id}/comments`)).body.items.map((c) => c.text);

function files(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? files(path.join(folder, entry.name)) : [entry.name]));
}

test('a_comment_that_arrives_after_signing_out_is_refused', async () => {
  const ravi = await server.signUp('ravi');
  const sent = await comment(ravi, 'too late');
  assert.equal((await ravi.delete('/api/v1/sessions/current')).status, 204);
  assert.equal(await sent.end(), 401);
  assert.deepEqual(await comments(), []);
});

test('a_moderator_who_is_one_no_more_closes_nothing', async () => {
  const mona = await server.signUp('mona');
  assert.equal((await server.cli('user', 'role', 'mona', 'moderator')).code, 0);
  const { body } = await author.post('/api/v1/reports', { kind: 'video', id: video.id, reason: 'spam' });
  const sent = await half(mona, 'POST', `/api/v1/moderation/reports/${body.id}/close`, '{"action":"remove"}');
  assert.equal((await server.cli('user', 'role', 'mona', 'member')).code, 0);
  assert.equal(await sent.end(), 403);
  assert.equal((await author.get(`/api/v1/videos/${video.id}`)).status, 200);
});

test('what_arrives_after_an_account_was_closed_leaves_nothing', async () => {
  const lina = await server.signUp('lina');
  const blobs = path.join(server.folder, 'blobs');
  const standing = files(blobs);
  const picture = execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'color=red:s=64x64', '-frames:v', '1', '-f', 'mjpeg', '-']);
  const sent = [
    await comment(lina, 'too late'),
    await half(lina, 'POST', '/api/v1/reports', JSON.stringify({ kind: 'video', id: video.id, reason: 'spam' })),
    await half(lina, 'PATCH', '/api/v1/me', JSON.stringify({ name: 'ghost' })),
    await half(lina, 'PUT', '/api/v1/me/avatar', picture, { 'content-type': 'image/jpeg' }),
    await half(lina, 'POST', '/api/v1/uploads', readFileSync(clip), {
      'content-type': 'application/offset+octet-stream', 'tus-resumable': '1.0.0', 'upload-length': statSync(clip).size,
    }),
  ];
  assert.equal((await lina.delete('/api/v1/me', { password })).status, 204);
  for (const request of sent) assert.equal(await request.end(), 401);
  assert.deepEqual(await comments(), []);
  await soon(() => assert.deepEqual(files(blobs), standing));
});

test('no_session_of_the_old_password_outlives_its_change', async () => {
  const omar = await server.signUp('omar');
  const opened = [];
  // Not more than an account may have at once, or the oldest session, which is omar's, would end.
  const guesses = Array.from({ length: 40 }, async () => {
    const client = new Client(server.url);
    const { status } = await client.post('/api/v1/sessions', { handle: 'omar', password });
    if (status === 201) opened.push(client);
  });
  await wait(20);
  assert.equal((await omar.put('/api/v1/me/password', { old: password, new: 'another horse battery' })).status, 200);
  await Promise.all(guesses);
  const states = await Promise.all(opened.map(async (client) => (await client.get('/api/v1/me')).status));
  assert.deepEqual(states.filter((status) => status !== 401), []);
  assert.equal((await omar.get('/api/v1/me')).status, 200);
});
