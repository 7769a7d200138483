// What is kept for signed-out readers is what is: after a write of one's own at once, after a command's within moments.
import assert from 'node:assert/strict';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { soon } from './patience.mjs';
import { Client, root, startServer } from './server.mjs';
import { publish } from './upload.mjs';

const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const needsClip = { skip: existsSync(clip) ? false : '../shared is not there' };

let server, asha, nobody;
before(async () => {
  server = await startServer();
  asha = await server.signUp('asha');
  nobody = new Client(server.url);
});
after(() => server.stop());

const videos = async () => (await nobody.get('/api/v1/accounts/asha/videos')).body.items;

test('a change of one\'s own is seen at once by those who are signed out', async () => {
  const { body: before, headers } = await nobody.get('/api/v1/accounts/asha');
  assert.equal(headers.get('cache-control'), 'no-cache');
  for (let i = 0; i < 20; i++) {
    assert.equal((await asha.patch('/api/v1/me', { name: `Asha ${i}` })).status, 200);
    assert.equal((await nobody.get('/api/v1/accounts/asha')).body.name, `Asha ${i}`);
  }
  assert.equal(before.handle, 'asha');
});

test('an unchanged answer is 304; a signed-in one is nobody else\'s', async () => {
  const first = await nobody.get('/api/v1/accounts/asha');
  const etag = first.headers.get('etag');
  assert.equal((await nobody.get('/api/v1/accounts/asha', { headers: { 'if-none-match': etag } })).status, 304);
  const own = await asha.get('/api/v1/accounts/asha', { headers: { 'if-none-match': etag } });
  assert.deepEqual([own.status, own.body.self, own.headers.get('cache-control'), own.headers.get('etag')], [200, true, 'no-store', null]);
  assert.equal((await nobody.get('/api/v1/accounts/asha')).body.self, false);
});

test('a new video shows at once, a removed one is gone at once', needsClip, async () => {
  assert.deepEqual(await videos(), []);
  const video = await publish(asha, clip);
  assert.deepEqual((await videos()).map((v) => v.id), [video.id]);
  assert.equal((await nobody.get(`/api/v1/videos/${video.id}`)).status, 200);
  assert.deepEqual((await nobody.get(`/api/v1/videos/${video.id}/comments`)).body.items, []);
  await asha.post(`/api/v1/videos/${video.id}/comments`, { text: 'first' });
  assert.deepEqual((await nobody.get(`/api/v1/videos/${video.id}/comments`)).body.items.map((c) => c.text), ['first']);
  assert.equal((await asha.delete(`/api/v1/videos/${video.id}`)).status, 204);
  assert.deepEqual(await videos(), []);
  assert.equal((await nobody.get(`/api/v1/videos/${video.id}`)).status, 404);
});

test('what a command changes is seen within moments', async () => {
  assert.equal((await nobody.get('/api/v1/accounts/asha')).status, 200);
  const { code, stdout, stderr } = await server.cli('user', 'suspend', 'asha');
  assert.equal(code, 0, stdout + stderr);
  await soon(async () => assert.equal((await nobody.get('/api/v1/accounts/asha')).status, 404));
});
