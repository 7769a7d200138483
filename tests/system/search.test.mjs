// Searching and hashtags: across scripts, what is hidden from whom, and what nobody can break.
import assert from 'node:assert/strict';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { root, startServer } from './server.mjs';

const api = '/api/v1';
const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const needsClip = { skip: existsSync(clip) ? false : '../shared is not there' };
const captions = {
  hindi: 'नमस्ते दुनिया #चाय #सुबह', arabic: 'سلام عليكم #سفر', tamil: 'மழை நேரம் #சென்னை', english: 'Monsoon walk #Pune #चाय',
};

let server, asha, omar;
const ids = {};
before(async () => {
  server = await startServer();
  asha = await server.signUp('asha');
  omar = await server.signUp('omar');
  if (!existsSync(clip)) return;
  for (const [name, caption] of Object.entries(captions)) {
    const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', 'asha', '--caption', caption);
    assert.equal(code, 0, stdout + stderr);
    ids[name] = /as (\d+)/.exec(stdout)[1];
  }
});
after(() => server.stop());

const search = async (client, q, kind = 'videos') => {
  const { status, body } = await client.get(`${api}/search?${new URLSearchParams({ q, kind })}`);
  assert.equal(status, 200, q);
  return body.items;
};
const clips = async (client, q) => (await search(client, q)).map((item) => item.id);
const tagged = async (client, tag) => {
  const { status, body } = await client.get(`${api}/hashtags/${encodeURIComponent(tag)}/videos`);
  assert.equal(status, 200, tag);
  return body.items.map((item) => item.id);
};

test('one script finds another', needsClip, async () => {
  const visitor = server.visitor();
  assert.deepEqual(await clips(visitor, 'namaste'), [ids.hindi]);
  assert.deepEqual(await clips(visitor, 'salam'), [ids.arabic]);
  assert.deepEqual(await clips(visitor, 'سَلَام'), [ids.arabic]);
  assert.deepEqual(await clips(visitor, 'மழ'), [ids.tamil]);
  assert.deepEqual(await clips(visitor, 'monsoon wa'), [ids.english]);
});

test('people are found by handle, exactly that one first', async () => {
  await server.signUp('asha_two');
  assert.deepEqual((await search(server.visitor(), '@asha', 'people')).map((person) => person.handle), ['asha', 'asha_two']);
});

test('hashtags in any script have a page and a list', needsClip, async () => {
  const visitor = server.visitor();
  assert.deepEqual(await tagged(visitor, 'चाय'), [ids.english, ids.hindi]);
  assert.deepEqual(await tagged(visitor, 'سفر'), [ids.arabic]);
  assert.deepEqual(await tagged(visitor, 'சென்னை'), [ids.tamil]);
  assert.deepEqual(await tagged(visitor, 'PUNE'), [ids.english]);
  assert.deepEqual(await tagged(visitor, 'nobody-used'), []);
  assert.deepEqual(await search(visitor, '#cha', 'hashtags'), [{ name: 'चाय', videos: 2 }]);
  const page = await visitor.get(`/tag/${encodeURIComponent('चाय')}`, { headers: { accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(page.text ?? String(page.body), /#चाय[^]*class="tile"/);
  assert.equal((await visitor.get('/tag/nothing', { headers: { accept: 'text/html' } })).status, 404);
});

test('whom one blocks one does not find', needsClip, async () => {
  assert.equal((await omar.put(`${api}/accounts/asha/block`)).status, 204);
  assert.deepEqual(await clips(omar, 'namaste'), []);
  assert.deepEqual(await tagged(omar, 'चाय'), []);
  assert.deepEqual((await search(omar, 'asha', 'people')).map((person) => person.handle), ['asha_two']);
  assert.deepEqual(await clips(server.visitor(), 'namaste'), [ids.hindi]);
  assert.equal((await omar.delete(`${api}/accounts/asha/block`)).status, 204);
  assert.deepEqual(await clips(omar, 'namaste'), [ids.hindi]);
});

test('another caption is found instead of the old one, and what is removed not at all', needsClip, async () => {
  const visitor = server.visitor();
  assert.equal((await asha.patch(`${api}/videos/${ids.english}`, { caption: 'Desert ride #jaipur' })).status, 200);
  assert.deepEqual([await clips(visitor, 'monsoon'), await clips(visitor, 'desert')], [[], [ids.english]]);
  assert.deepEqual([await tagged(visitor, 'pune'), await tagged(visitor, 'jaipur')], [[], [ids.english]]);
  assert.equal((await asha.delete(`${api}/videos/${ids.english}`)).status, 204);
  assert.deepEqual([await clips(visitor, 'desert'), await tagged(visitor, 'jaipur'), await search(visitor, 'jaipur', 'hashtags')], [[], [], []]);
});

test('hostile queries are answered or refused, and never break anything', async () => {
  const visitor = server.visitor();
  const texts = ['"', '""', '*', 'a*', '^', 'NEAR(', 'AND', 'kind:people', '" OR kind:"people', "';--", '\\', '%', '{words}:x', '-', '(', ')', '😀',
    '\u0301', '\u200d', '\ufdfa'.repeat(100), 'क्'.repeat(50), 'a '.repeat(50), '', ' ', '\u202e', '#', '@', '@@@', '1.5', '\ud7ff'];
  for (const q of texts) {
    for (const kind of ['people', 'hashtags', 'videos']) await search(visitor, q, kind);
  }
  for (const query of ['', 'q=%FF', 'q=%00', 'q=%ED%A0%80', `q=${'a'.repeat(101)}`, 'q=a&kind=x', 'q=a&cursor=x', 'q=a&cursor=1', 'q=a&cursor=1.2', 'q=a&cursor=1.2.3.4',
    `q=a&cursor=${'9'.repeat(40)}.1`]) {
    const { status } = await visitor.get(`${api}/search?${query}`);
    assert.ok(status >= 400 && status < 500, `${query}: ${status}`);
  }
  for (const tag of ['%FF', '%00', '%2F', 'a%20b', encodeURIComponent('\ufdfa'), 'x'.repeat(900)]) {
    for (const where of [`${api}/hashtags/${tag}/videos`, `/tag/${tag}`]) {
      const { status } = await visitor.get(where);
      assert.ok(status < 500, `${where}: ${status}`);
    }
  }
});
