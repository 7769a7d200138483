// What goes with a clip: its part and cover by tus and by the API, captions, and the words that are suggested while writing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root, startServer } from './server.mjs';
import { drafts, publish, upload } from './upload.mjs';

const api = '/api/v1';
const media = path.join(root, '..', 'shared', 'media');
const clip = path.join(media, 'derived__karma_vertical_720x1280_10s_h264.mp4');
const long = path.join(media, 'media__long_1080p_lowbitrate.mp4');
const skip = existsSync(clip) ? false : '../shared is not there';

let server, asha, omar;
before(async () => {
  server = await startServer();
  asha = await server.signUp('asha', { name: 'Asha Rao' });
  omar = await server.signUp('omar', { name: 'عمر الحداد' });
});
after(() => server.stop());

const fetched = url => fetch(server.url + url).then(async answer => ({ status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }));
const probeSeconds = url => new Promise((resolve, reject) => execFile('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', server.url + url],
  (error, out) => error ? reject(error) : resolve(Number(out))));

test('a part named with the upload is what everybody gets', { skip }, async () => {
  const video = await publish(asha, clip, { caption: 'A part', trim_start_ms: '2500', trim_end_ms: '6000', cover_ms: '1000' });
  assert.ok(Math.abs(video.duration_ms - 3500) <= 60, `${video.duration_ms}`);
  assert.ok(Math.abs(await probeSeconds(video.src) - 3.5) <= 0.06);
});

test('a minute of a clip that is too long as a whole', { skip }, async () => {
  const address = await upload(asha, long, { metadata: { caption: 'Whole' } });
  const all = await drafts(asha);
  assert.equal(all.find(draft => address.endsWith(draft.upload)).reason.code, 'too-long');
  const video = await publish(asha, long, { caption: 'A minute', trim_start_ms: '240000', trim_end_ms: '300000' });
  assert.ok(Math.abs(video.duration_ms - 60_000) <= 110, `${video.duration_ms}`);
});

test('a part that makes no sense is refused before a byte arrives', { skip }, async () => {
  for (const metadata of [{ trim_start_ms: '5000', trim_end_ms: '5100' }, { trim_end_ms: '999999' }, { trim_start_ms: 'soon' }, { cover_ms: '-1' },
    { trim_start_ms: '0', trim_end_ms: '1000', cover_ms: '1001' }]) {
    await assert.rejects(upload(asha, clip, { metadata }), error => error.originalResponse.getStatus() === 400,
      JSON.stringify(metadata));
  }
});

test('a part behind the end of the file fails in plain words', { skip }, async () => {
  const address = await upload(asha, clip, { metadata: { trim_start_ms: '60000', trim_end_ms: '70000' } });
  const draft = (await drafts(asha)).find(each => address.endsWith(each.upload));
  assert.equal(draft.state, 'failed');
  assert.equal(draft.reason.code, 'trim-empty');
});

test('a kept draft tells its part and gets another cover; others have no say', { skip }, async () => {
  const address = await upload(asha, clip, { metadata: { publish: '0', trim_start_ms: '1000' } });
  const mine = all => all.find(draft => address.endsWith(draft.upload));
  const ready = mine(await drafts(asha, all => mine(all)?.state === 'ready'));
  assert.deepEqual([ready.trim_start_ms, ready.trim_end_ms, ready.cover_ms], [1000, null, null]);
  assert.ok(Math.abs(ready.duration_ms - 9000) < 150, `${ready.duration_ms}`);
  const where = `${api}/drafts/${ready.id}`;
  const picture = async () => Buffer.from(await (await fetch(server.url + where + '/poster', { headers: { cookie: [...asha.cookies].map(pair => pair.join('=')).join('; ') } })).arrayBuffer());
  const before_ = await picture();
  assert.equal((await asha.put(`${where}/trim`, { start_ms: 0 })).status, 409);
  assert.equal((await omar.put(`${where}/cover`, { at_ms: 3000 })).status, 404);
  assert.equal((await asha.put(`${where}/cover`, { at_ms: -3 })).status, 400);
  assert.equal((await asha.put(`${where}/cover`, {})).status, 400);
  const { status, body } = await asha.put(`${where}/cover`, { at_ms: 7000 });
  assert.deepEqual([status, body.cover_ms], [200, 7000]);
  await drafts(asha, all => mine(all).state === 'ready');
  assert.notDeepEqual(await picture(), before_);
  const { status: published } = await asha.post(`${where}/publish`, {});
  assert.equal(published, 202);
  await drafts(asha, all => mine(all).state === 'published');
  assert.equal((await asha.put(`${where}/cover`, { at_ms: 1000 })).status, 409);
});

const vtt = words => `WEBVTT\n\nSTYLE\n::cue { color: red }\n\none\n00:00.500 --> 00:02.000 line:0\n<v Asha>${words}</v> & more\n`;
const put = (client, id, code, text) => client.request('PUT', `${api}/videos/${id}/captions/${code}`, { body: text, headers: { 'content-type': 'text/vtt' } });

test('captions are set by their author, shown to all, and go with the clip', { skip }, async () => {
  const { id } = await publish(asha, clip, { caption: 'With words' });
  assert.deepEqual((await asha.get(`${api}/videos/${id}`)).body.tracks, []);
  assert.equal((await put(asha, id, 'hi', vtt('नमस्ते'))).status, 204);
  assert.equal((await put(asha, id, 'ar', vtt('مرحبا'))).status, 204);
  assert.equal((await put(asha, id, 'hi', vtt('नमस्ते फिर'))).status, 204);
  assert.deepEqual((await server.visitor().get(`${api}/videos/${id}`)).body.tracks, ['ar', 'hi']);
  const shown = await fetched(`${api}/videos/${id}/captions/hi`);
  assert.equal(shown.type, 'text/vtt; charset=utf-8');
  assert.equal(shown.text, 'WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nनमस्ते फिर &amp; more\n\n');
  for (const page of [`/v/${id}`, `/embed/${id}`]) {
    assert.match((await fetched(page)).text, new RegExp(`<track kind="captions" srclang="hi" src="/api/v1/videos/${id}/captions/hi">`));
  }
  assert.equal((await put(omar, id, 'hi', vtt('x'))).status, 403);
  assert.equal((await put(server.visitor(), id, 'hi', vtt('x'))).status, 401);
  assert.equal((await put(asha, id, 'Hindi', vtt('x'))).status, 400);
  assert.equal((await put(asha, '77', 'hi', vtt('x'))).status, 404);
  const wrong = await put(asha, id, 'en', 'WEBVTT\n\n00:05.000 --> 00:02.000\nbackwards\n');
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'captions-invalid']);
  assert.match(wrong.body.detail, /^line 3: /);
  assert.equal((await put(asha, id, 'en', `WEBVTT\n\n${'x'.repeat(300 * 1024)}`)).status, 413);
  assert.equal((await omar.delete(`${api}/videos/${id}/captions/ar`)).status, 403);
  assert.equal((await asha.delete(`${api}/videos/${id}/captions/ar`)).status, 204);
  assert.deepEqual((await asha.get(`${api}/videos/${id}`)).body.tracks, ['hi']);
  assert.equal((await fetched(`${api}/videos/${id}/captions/ar`)).status, 404);
  assert.equal((await asha.delete(`${api}/videos/${id}`)).status, 204);
  assert.equal((await fetched(`${api}/videos/${id}/captions/hi`)).status, 404);
});

const suggest = async (client, kind, q) => (await client.get(`${api}/suggest?${new URLSearchParams({ kind, q })}`)).body.items;

test('what is begun is suggested: tags in any script, people by handle and name', { skip }, async () => {
  await publish(asha, clip, { caption: '#चाय #chess #chai_time' });
  const tags = async q => (await suggest(omar, 'tag', q)).map(tag => tag.name).sort();
  assert.deepEqual(await tags('ches'), ['chess']);
  assert.deepEqual(await tags('चा'), ['chai_time', 'चाय'], 'scripts are crossed, as in the search');
  assert.deepEqual(await tags(''), []);
  for (let i = 0; i < 10; i++) await server.signUp(`asha_${i}`);
  const people = async (client, q) => (await suggest(client, 'person', q)).map(person => person.handle);
  assert.equal((await people(omar, 'as')).length, 8);
  assert.equal((await people(omar, 'ASHA'))[0], 'asha');
  assert.deepEqual(await people(asha, 'عمر'), ['omar']);
  assert.deepEqual(await people(asha, 'nobody_at_all'), []);
  assert.equal((await asha.put(`${api}/accounts/omar/block`)).status, 204);
  assert.deepEqual(await people(asha, 'om'), []);
  assert.equal((await asha.get(`${api}/suggest?kind=clip&q=a`)).status, 400);
  assert.equal((await asha.get(`${api}/suggest?kind=tag&q=${'a'.repeat(101)}`)).status, 400);
  assert.equal((await server.visitor().get(`${api}/suggest?kind=tag&q=a`)).status, 401);
});
