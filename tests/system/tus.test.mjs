// tus 1.0.0 from outside: statuses, refusals, going on after cut connections and a killed server; drafts and their previews.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from './patience.mjs';
import { password, root, startServer } from './server.mjs';
import { drafts, publish, upload } from './upload.mjs';

const shared = path.join(root, '..', 'shared');
const clip = path.join(shared, 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const needsShared = { skip: existsSync(clip) ? false : '../shared is not there' };
const uploads = '/api/v1/uploads';
const tus = { 'tus-resumable': '1.0.0' };
const part = { ...tus, 'content-type': 'application/offset+octet-stream' };
const base64 = (text) => Buffer.from(text, 'utf8').toString('base64');

let server, asha, omar;
before(async () => {
  server = await startServer({ settings: { 'media.upload_mib': 64 } });
  asha = await server.signUp('asha', { client: 'program' });
  omar = await server.signUp('omar', { client: 'program' });
});
after(() => server.stop());

const create = async (client, length, headers = {}, body) => client.request('POST', uploads, { headers: { ...tus, 'upload-length': length, ...headers }, body });
const patch = (client, where, offset, body, headers = {}) => client.request('PATCH', where, { headers: { ...part, 'upload-offset': offset, ...headers }, body });
const head = (client, where, headers = tus) => client.request('HEAD', where, { headers });
const offsetOf = async (client, where) => Number((await head(client, where)).headers.get('upload-offset'));

test('OPTIONS tells version, extensions and the largest size', async () => {
  const { status, headers } = await server.visitor().request('OPTIONS', uploads);
  assert.equal(status, 204);
  assert.equal(headers.get('tus-version'), '1.0.0');
  assert.equal(headers.get('tus-extension'), 'creation,creation-with-upload,checksum,termination,expiration');
  assert.equal(headers.get('tus-max-size'), String(64 << 20));
  assert.match(headers.get('tus-checksum-algorithm'), /sha1/);
  assert.match(headers.get('access-control-expose-headers'), /Upload-Offset/);
});

test('an upload is created, asked for, continued and deleted with the statuses of the specification', async () => {
  const metadata = `filename ${base64('a.mp4')},caption ${base64('hello')}`;
  const made = await create(asha, 10, { 'upload-metadata': metadata });
  assert.equal(made.status, 201);
  const where = made.headers.get('location');
  assert.ok(made.headers.get('upload-expires'));
  const asked = await head(asha, where);
  assert.deepEqual([asked.status, asked.headers.get('upload-offset'), asked.headers.get('upload-length')], [200, '0', '10']);
  assert.equal(asked.headers.get('cache-control'), 'no-store');
  assert.equal(asked.headers.get('upload-metadata'), metadata);
  assert.equal((await head(asha, where, {})).status, 412);
  assert.equal((await patch(asha, where, 0, 'x', { 'tus-resumable': '9.9.9' })).status, 412);
  assert.equal((await patch(asha, where, 0, 'x', { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await patch(asha, where, 3, 'x')).status, 409);
  for (const wrong of ['-1', '1e9', '9223372036854775808', '']) assert.equal((await patch(asha, where, wrong, 'x')).status, 400);
  assert.equal((await patch(asha, where, 0, 'longer than the ten')).status, 413);
  const sum = (text) => `sha1 ${createHash('sha1').update(text).digest('base64')}`;
  assert.equal((await patch(asha, where, 0, '01234', { 'upload-checksum': sum('43210') })).status, 460);
  assert.equal(await offsetOf(asha, where), 0);
  assert.equal((await patch(asha, where, 0, '01234', { 'upload-checksum': 'md5 AAAA' })).status, 400);
  const sent = await patch(asha, where, 0, '01234', { 'upload-checksum': sum('01234') });
  assert.deepEqual([sent.status, sent.headers.get('upload-offset')], [204, '5']);
  for (const go of [head, (c, w) => patch(c, w, 5, 'x'), (c, w) => c.request('DELETE', w, { headers: tus })]) assert.equal((await go(omar, where)).status, 404);
  assert.equal((await asha.request('DELETE', where, { headers: tus })).status, 204);
  assert.equal((await head(asha, where)).status, 404);
  assert.equal((await patch(asha, where, 5, 'x')).status, 404);
});

test('what cannot be is refused before its bytes', async () => {
  for (const wrong of ['-1', '1e9', '9223372036854775808', '']) assert.equal((await create(asha, wrong)).status, 400, wrong);
  assert.equal((await create(asha, 0)).status, 422);
  assert.equal((await create(asha, (64 << 20) + 1)).status, 413);
  assert.equal((await create(asha, 5, { 'upload-defer-length': '1' })).status, 400);
  assert.equal((await create(asha, 5, { 'upload-concat': 'final;http://127.0.0.1/x' })).status, 400);
  assert.equal((await create(asha, 5, { 'content-type': 'text/plain' }, 'hello')).status, 415);
  assert.equal((await create(server.visitor(), 5)).status, 401);
});

test('a client that may only POST says what it means in X-HTTP-Method-Override', needsShared, async () => {
  const where = (await create(asha, 5)).headers.get('location');
  const as = (method, headers = {}, body) => asha.request('POST', where, { headers: { ...part, ...headers, 'x-http-method-override': method }, body });
  const sent = await as('PATCH', { 'upload-offset': 0 }, 'hel');
  assert.deepEqual([sent.status, sent.headers.get('upload-offset')], [204, '3']);
  const asked = await as('HEAD');
  assert.deepEqual([asked.status, asked.headers.get('upload-offset'), asked.headers.get('upload-length')], [200, '3', '5']);
  assert.equal((await as('PUT')).status, 405);
  assert.equal((await as('PATCH', { 'upload-offset': 9 }, 'lo')).status, 409);
  const stranger = await asha.request('POST', where, { headers: { ...tus, 'x-http-method-override': 'DELETE', authorization: 'Bearer none' } });
  assert.equal(stranger.status, 401);
  const person = server.visitor();
  await person.post('/api/v1/sessions', { handle: 'asha', password });
  const crossSite = await person.request('POST', where, { headers: { ...tus, 'x-http-method-override': 'DELETE', origin: 'https://evil.example' } });
  assert.deepEqual([crossSite.status, crossSite.body.code], [403, 'cross-site']);
  assert.equal((await as('DELETE')).status, 204);
  assert.equal((await head(asha, where)).status, 404);
  const lina = await server.signUp('lina');
  await upload(lina, clip, { chunkSize: 500_000, options: { overridePatchMethod: true } });
  assert.equal((await drafts(lina))[0].state, 'published');
});

test('hostile names are words for their owner, or refused', needsShared, async () => {
  const lines = readFileSync(path.join(shared, 'hostile', 'names', 'filenames.txt'), 'utf8').trim().split('\n');
  for (const line of lines) {
    const name = line.slice(1, -1).replace(/\\x00/, '\0').replace(/\\n/, '\n');
    const { status, headers } = await create(asha, 5, { 'upload-metadata': `filename ${base64(name)}` });
    assert.ok(status === 201 || status === 400, `${line}: ${status}`);
    if (status === 201) await asha.request('DELETE', headers.get('location'), { headers: tus });
  }
  assert.ok(await server.alive());
});

const largestFile = (folder) => Math.max(0, ...readdirSync(folder, { recursive: true }).map((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0));

/** Sends some of a body that never ends; resolves with the request still open, once the bytes have left and the server takes them in. */
const begin = async (client, where, offset, length, bytes) => {
  const request = http.request(`${client.url}${where}`, { method: 'PATCH', headers: { ...part, authorization: `Bearer ${client.token}`, 'upload-offset': offset, 'content-length': length } });
  request.on('error', () => {});
  await new Promise((resolve) => { request.write(bytes, resolve); });
  await until(async () => /^amanat_uploads_arriving 1$/m.test((await client.get('/metrics')).text), 'the upload arrives');
  return request;
};

test('two writers at once are one, and a cut connection loses little', async () => {
  const bytes = Buffer.alloc(300_000, 7);
  const where = (await create(asha, bytes.length)).headers.get('location');
  const first = await begin(asha, where, 0, bytes.length, bytes.subarray(0, 200_000));
  assert.equal((await patch(asha, where, 0, 'x')).status, 423);
  first.destroy();
  let asked;
  do asked = await head(asha, where); while (asked.status === 423);
  assert.equal(asked.headers.get('upload-offset'), '200000');
  await asha.request('DELETE', where, { headers: tus });
});

test('a kept draft shows itself to its author alone, and is published when they say so', needsShared, async () => {
  await upload(asha, clip, { metadata: { publish: '0', caption: 'mine' } });
  const [draft] = await drafts(asha);
  assert.equal(draft.state, 'ready', JSON.stringify(draft.reason));
  const range = await asha.get(draft.src, { headers: { range: 'bytes=100-' } });
  assert.equal(range.status, 206);
  assert.match(range.headers.get('content-range'), /^bytes 100-\d+\/\d+$/);
  const first = await asha.get(draft.src, { headers: { range: 'bytes=0-' } });
  assert.deepEqual([first.status, first.headers.get('cache-control'), first.headers.get('content-type')], [206, 'no-store', 'video/mp4']);
  assert.ok(first.bytes.subarray(100, 200).equals(range.bytes.subarray(0, 100)));
  assert.equal((await asha.get(draft.poster)).headers.get('content-type'), 'image/jpeg');
  for (const where of [draft.src, draft.poster, `/api/v1/drafts/${draft.id}`]) assert.equal((await omar.get(where)).status, 404);
  assert.equal((await asha.patch(`/api/v1/drafts/${draft.id}`, { caption: 'ours' })).status, 200);
  assert.equal((await asha.post(`/api/v1/drafts/${draft.id}/publish`)).status, 202);
  const [published] = await drafts(asha);
  assert.equal(published.state, 'published');
  assert.notEqual(published.video, published.id);
  assert.match(published.poster, /^\/media\/[^/]+\.jpg$/);
  assert.equal((await omar.get(published.poster)).headers.get('content-type'), 'image/jpeg');
  assert.equal((await omar.get(`/api/v1/videos/${published.video}`)).body.caption, 'ours');
  assert.equal((await asha.delete(`/api/v1/drafts/${draft.id}`)).status, 204);
  assert.equal((await omar.get(`/api/v1/videos/${published.video}`)).status, 200);
});

test('a published clip comes in For You, with its reason, to others', needsShared, async () => {
  const video = await publish(asha, clip, { language: 'en' });
  const item = await until(async () => (await omar.get('/api/v1/feed')).body.items.find((v) => v.id === video.id), 'it comes');
  assert.match(item.reason.code, /^(fresh|variety)$/);
  assert.ok(!(await asha.get('/api/v1/feed')).body.items.some((v) => v.id === video.id));
  assert.equal((await omar.get('/api/v1/feed?cursor=xx')).status, 400);
});

test('a published draft has no picture any more when its video is gone, and the others keep theirs', needsShared, async () => {
  const lena = await server.signUp('lena');
  for (const caption of ['first', 'second', 'third']) await upload(lena, clip, { metadata: { caption } });
  const all = await drafts(lena);
  const second = all.find((d) => d.caption === 'second');
  assert.equal((await lena.delete(`/api/v1/videos/${second.video}`)).status, 204);
  assert.deepEqual((await drafts(lena)).map((d) => [d.caption, d.poster !== null]).sort(), [['first', true], ['second', false], ['third', true]]);
  assert.equal((await lena.get(`/api/v1/drafts/${second.id}`)).body.poster, null);
});

test('killed in the middle of an upload and of processing, it goes on', needsShared, async () => {
  const bytes = readFileSync(clip);
  const where = (await create(omar, bytes.length, { 'upload-metadata': 'publish MQ==' })).headers.get('location');
  await begin(omar, where, 0, bytes.length, bytes.subarray(0, 1_000_000));
  await until(() => largestFile(path.join(server.folder, 'blobs/personal')) > 950_000, 'they are in its file');
  await server.kill();
  await server.start();
  for (const client of [asha, omar]) client.url = server.url;
  const offset = await offsetOf(omar, where);
  assert.ok(offset > 900_000 && offset <= 1_000_000, String(offset));
  assert.equal((await patch(omar, where, offset, bytes.subarray(offset))).status, 204);
  await server.kill();
  await server.start();
  for (const client of [asha, omar]) client.url = server.url;
  const [draft] = await drafts(omar);
  assert.equal(draft.state, 'published');
  assert.equal((await omar.get(`/api/v1/accounts/omar/videos`)).body.items.length, 1);
});
