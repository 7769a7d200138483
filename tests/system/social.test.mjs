// Following, blocking, liking, keeping, commenting, reporting, moderating.
import assert from 'node:assert/strict';
import path from 'node:path';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { soon } from './patience.mjs';
import { password, root, startServer } from './server.mjs';

const api = '/api/v1';
const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const needsClip = { skip: existsSync(clip) ? false : '../shared is not there' };

let server, asha, omar, video;
before(async () => {
  server = await startServer();
  asha = await server.signUp('asha');
  omar = await server.signUp('omar');
  if (existsSync(clip)) {
    const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', 'asha', '--caption', 'पहला <b>वीडियो</b>', '--language', 'hi');
    assert.equal(code, 0, stdout + stderr);
    video = /as (\d+)/.exec(stdout)[1];
  }
});
after(() => server.stop());


test('following twice is following once, and is seen by both', async () => {
  assert.equal((await omar.put(`${api}/accounts/asha/follow`)).status, 204);
  assert.equal((await omar.put(`${api}/accounts/asha/follow`)).status, 204);
  assert.equal((await omar.get(`${api}/accounts/asha`)).body.following, true);
  await soon(async () => assert.equal((await asha.get(`${api}/accounts/asha`)).body.counts.followers, 1));
  assert.deepEqual((await omar.get(`${api}/me/following`)).body.items.map((p) => p.handle), ['asha']);
  assert.equal((await omar.delete(`${api}/accounts/asha/follow`)).status, 204);
  await soon(async () => assert.equal((await asha.get(`${api}/accounts/asha`)).body.counts.followers, 0));
});

test('nobody follows oneself or somebody who is not there', async () => {
  assert.equal((await asha.put(`${api}/accounts/asha/follow`)).status, 400);
  assert.equal((await asha.put(`${api}/accounts/nobody_here/follow`)).status, 404);
});

test('who is not signed in acts on nothing', async () => {
  const visitor = server.visitor();
  for (const [method, where] of [['PUT', '/accounts/asha/follow'], ['PUT', '/accounts/asha/block'], ['PUT', '/videos/1/like'],
    ['POST', '/videos/1/comments'], ['GET', '/me/likes'], ['POST', '/reports'], ['GET', '/moderation/reports'], ['DELETE', '/videos/1']]) {
    const { status, body } = await visitor.request(method, api + where, method === 'POST' ? { json: {} } : {});
    assert.deepEqual([status, body.code], [401, 'anonymous'], where);
  }
});

test('a published clip is there for everyone', needsClip, async () => {
  const { body } = await server.visitor().get(`${api}/videos/${video}`);
  assert.equal(body.caption, 'पहला <b>वीडियो</b>');
  assert.deepEqual([body.author.handle, body.language, body.width, body.height, body.liked], ['asha', 'hi', 720, 1280, false]);
  const list = (await server.visitor().get(`${api}/accounts/asha/videos`)).body;
  assert.deepEqual([list.items.map((v) => v.id), list.next], [[video], null]);
});

test('its file is served whole, in parts, and not again when it is known', needsClip, async () => {
  const visitor = server.visitor();
  const { src, poster } = (await visitor.get(`${api}/videos/${video}`)).body;
  const whole = await visitor.get(src);
  assert.equal(whole.status, 200);
  assert.equal(whole.headers.get('content-type'), 'video/mp4');
  assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
  assert.match(whole.headers.get('content-security-policy'), /sandbox/);
  assert.match(whole.headers.get('cache-control'), /immutable/);
  const part = await visitor.get(src, { headers: { range: 'bytes=4-7' } });
  assert.equal(part.status, 206);
  assert.equal(part.text, 'ftyp');
  assert.equal(part.headers.get('content-range'), `bytes 4-7/${whole.bytes.length}`);
  assert.equal((await visitor.get(src, { headers: { range: `bytes=${whole.bytes.length}-` } })).status, 416);
  assert.equal((await visitor.get(src, { headers: { 'if-none-match': whole.headers.get('etag') } })).status, 304);
  assert.equal((await visitor.get(poster)).headers.get('content-type'), 'image/jpeg');
  for (const where of [src.replace('.mp4', '.html'), src.replace('.mp4', ''), src.replace(/[0-9a-f]{4}\.mp4/, '0000.mp4'), '/media/', '/media/x.mp4'])
    assert.equal((await visitor.get(where)).status, 404, where);
});

test('liking and keeping are counted once and listed', needsClip, async () => {
  for (let i = 0; i < 2; i++) {
    assert.equal((await omar.put(`${api}/videos/${video}/like`)).status, 204);
    assert.equal((await omar.put(`${api}/videos/${video}/save`)).status, 204);
  }
  await soon(async () => {
    const { body } = await omar.get(`${api}/videos/${video}`);
    assert.deepEqual([body.liked, body.saved, body.counts.likes], [true, true, 1]);
  });
  assert.deepEqual((await omar.get(`${api}/me/likes`)).body.items.map((v) => v.id), [video]);
  assert.deepEqual((await omar.get(`${api}/me/saves`)).body.items.map((v) => v.id), [video]);
  assert.equal((await asha.get(`${api}/videos/${video}`)).body.liked, false);
  await omar.delete(`${api}/videos/${video}/like`);
  await soon(async () => assert.equal((await omar.get(`${api}/videos/${video}`)).body.counts.likes, 0));
});

test('what is not there cannot be liked', async () => {
  assert.equal((await omar.put(`${api}/videos/1/like`)).status, 404);
  assert.equal((await omar.put(`${api}/videos/x/like`)).status, 404);
  assert.equal((await omar.put(`${api}/videos/99999999999999999999/like`)).status, 404);
});

test('comments stand newest first and page', needsClip, async () => {
  const texts = Array.from({ length: 25 }, (_, i) => `ملاحظة ${i} <script>`);
  for (const text of texts) assert.equal((await omar.post(`${api}/videos/${video}/comments`, { text })).status, 201);
  const first = (await asha.get(`${api}/videos/${video}/comments`)).body;
  const second = (await asha.get(`${api}/videos/${video}/comments?cursor=${first.next}`)).body;
  assert.deepEqual([...first.items, ...second.items].map((c) => c.text), texts.toReversed?.() ?? [...texts].reverse());
  assert.deepEqual([first.items.length, second.items.length, second.next], [20, 5, null]);
  assert.equal(first.items[0].own, false);
  await soon(async () => assert.equal((await asha.get(`${api}/videos/${video}`)).body.counts.comments, 25));
  assert.equal((await omar.post(`${api}/videos/${video}/comments`, { text: 'x'.repeat(501) })).status, 400);
  assert.equal((await omar.post(`${api}/videos/${video}/comments`, { text: ' \n ' })).status, 400);
});

test('a comment is removed by its author and by the video\'s, and by nobody else', needsClip, async () => {
  const lina = await server.signUp('lina');
  const add = async () => (await omar.post(`${api}/videos/${video}/comments`, { text: 'hm' })).body.id;
  const [one, two] = [await add(), await add()];
  assert.equal((await lina.delete(`${api}/comments/${one}`)).status, 403);
  assert.equal((await omar.delete(`${api}/comments/${one}`)).status, 204);
  assert.equal((await asha.delete(`${api}/comments/${two}`)).status, 204);
  assert.equal((await asha.delete(`${api}/comments/${two}`)).status, 404);
});

test('who is blocked neither follows nor comments', needsClip, async () => {
  const troll = await server.signUp('troll');
  await troll.put(`${api}/accounts/asha/follow`);
  assert.equal((await asha.put(`${api}/accounts/troll/block`)).status, 204);
  for (const answer of [await troll.put(`${api}/accounts/asha/follow`), await troll.post(`${api}/videos/${video}/comments`, { text: 'hey' })])
    assert.deepEqual([answer.status, answer.body.code], [403, 'blocked']);
  assert.deepEqual((await asha.get(`${api}/me/blocked`)).body.items.map((p) => p.handle), ['troll']);
  assert.equal((await asha.delete(`${api}/accounts/troll/block`)).status, 204);
  assert.equal((await troll.put(`${api}/accounts/asha/follow`)).status, 204);
});

test('views are counted, once for a person', needsClip, async () => {
  const item = { video, watched_ms: 9000, completed: true };
  for (let i = 0; i < 3; i++) assert.equal((await omar.post(`${api}/views`, { items: [item] })).status, 204);
  await soon(async () => assert.equal((await omar.get(`${api}/videos/${video}`)).body.counts.views, 1));
  assert.equal((await server.visitor().post(`${api}/views`, { items: [item] })).status, 204);
  assert.equal((await omar.post(`${api}/views`, { items: Array(51).fill(item) })).status, 400);
});

test('only its author changes a video', needsClip, async () => {
  assert.equal((await omar.patch(`${api}/videos/${video}`, { caption: 'mine' })).status, 403);
  assert.equal((await omar.delete(`${api}/videos/${video}`)).status, 403);
  assert.equal((await asha.patch(`${api}/videos/${video}`, { caption: 'नया' })).body.caption, 'नया');
  assert.equal((await omar.get(`${api}/videos/${video}`)).body.caption, 'नया');
});

test('a report reaches the moderators, who suspend and restore', async () => {
  const mina = await server.signUp('mina'), bad = await server.signUp('badactor', { client: 'program' });
  const report = { kind: 'account', id: bad.account.id, reason: 'abuse', text: 'look' };
  assert.equal((await mina.post(`${api}/reports`, report)).status, 201);
  assert.equal((await mina.post(`${api}/reports`, { ...report, reason: 'because' })).status, 400);
  assert.equal((await mina.get(`${api}/moderation/reports`)).status, 403);
  assert.equal((await server.cli('user', 'role', 'mina', 'moderator')).code, 0);
  const { items } = (await mina.get(`${api}/moderation/reports`)).body;
  assert.deepEqual([items[0].kind, items[0].subject, items[0].reason, items[0].text], ['account', bad.account.id, 'abuse', 'look']);
  assert.equal((await mina.post(`${api}/moderation/reports/${items[0].id}/close`, { action: 'suspend' })).status, 204);
  assert.equal((await mina.get(`${api}/moderation/reports`)).body.items.length, 0);
  assert.equal((await bad.get(`${api}/me`)).status, 401);
  assert.equal((await server.visitor().get(`${api}/accounts/badactor`)).status, 404);
  const refused = await server.visitor().post(`${api}/sessions`, { handle: 'badactor', password });
  assert.deepEqual([refused.status, refused.body.code], [403, 'suspended']);
  assert.equal((await mina.post(`${api}/moderation/accounts/badactor/restore`)).status, 204);
  assert.equal((await server.visitor().post(`${api}/sessions`, { handle: 'badactor', password })).status, 201);
});

test('a removed video is gone everywhere', needsClip, async () => {
  const { src } = (await omar.get(`${api}/videos/${video}`)).body;
  await omar.put(`${api}/videos/${video}/like`);
  assert.equal((await asha.delete(`${api}/videos/${video}`)).status, 204);
  for (const where of [`${api}/videos/${video}`, `/v/${video}`]) assert.equal((await omar.get(where)).status, 404, where);
  assert.deepEqual((await omar.get(`${api}/me/likes`)).body.items, []);
  assert.deepEqual((await omar.get(`${api}/accounts/asha/videos`)).body.items, []);
  await soon(async () => assert.equal((await omar.get(src)).status, 404));
});

const images = path.join(root, '..', 'shared', 'hostile', 'image');
test('a picture is made anew, and what is no picture is refused with a reason', { skip: existsSync(images) ? false : '../shared is not there' }, async () => {
  const put = (body, type) => asha.request('PUT', `${api}/me/avatar`, { body, headers: { 'content-type': type } });
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mM4EaBBU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULAFMMAEyIPdnoAAAAAElFTkSuQmCC', 'base64');
  const { status, body } = await put(png, 'image/png');
  assert.equal(status, 200, JSON.stringify(body));
  const served = await server.visitor().get(body.avatar);
  assert.equal(served.headers.get('content-type'), 'image/jpeg');
  assert.deepEqual([...served.bytes.subarray(0, 2)], [0xff, 0xd8]);
  assert.equal((await server.visitor().get(`${api}/accounts/asha`)).body.avatar, body.avatar);
  for (const file of readdirSync(images)) {
    const { status: refused, body: why } = await put(readFileSync(path.join(images, file)), 'image/png');
    assert.ok(refused === 422 || (refused === 200 && file === 'gif_js.gif'), `${file}: ${refused} ${JSON.stringify(why)}`);
  }
  assert.equal((await put(Buffer.alloc(6 << 20), 'image/png')).status, 413);
  assert.equal((await asha.delete(`${api}/me/avatar`)).body.avatar, null);
});
