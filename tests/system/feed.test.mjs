// For You reacts: to what is skipped, watched, asked for and put away, signed in and signed out; and it can be asked what it knows.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { soon } from './patience.mjs';
import { root, startServer } from './server.mjs';

const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_60fps_540x960_4s.mp4');
const options = { skip: existsSync(clip) ? false : '../shared is not there', timeout: 120_000 };
const api = '/api/v1', whole = 4000;
const people = ['asha', 'omar', 'meera', 'ravi', 'noor'], tags = ['sea', 'tea', 'rain', 'home'], spoken = ['en', 'hi', 'ar', 'ta'];

let server;
const kinds = new Map();                     // of each clip: its author, hashtag and language
before(async () => {
  if (options.skip) return;
  server = await startServer();
  for (const handle of people) await server.signUp(handle);
  for (let i = 0; i < 40; i++) {
    const author = people[i % 5], tag = tags[i % 4], language = spoken[(i + (i >> 2)) % 4];
    const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', author, '--caption', `Clip ${i} #${tag}`, '--language', language);
    assert.equal(code, 0, stdout + stderr);
    kinds.set(/as (\d+)/.exec(stdout)[1], { author, tag, language });
  }
  await soon(async () => assert.equal(await all(server.visitor()), 40));
});
after(() => server?.stop());

/** Asks for a page as the client does: what was seen goes along when nobody is signed in. */
const page = async (client, { cursor = null, signals } = {}) => {
  const { status, body } = signals ? await client.post(`${api}/feed`, { cursor, signals }) : await client.get(`${api}/feed${cursor ? `?cursor=${cursor}` : ''}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
async function all(client) {
  let count = 0, next = null;
  do {
    const one = await page(client, { cursor: next });
    count += one.items.length;
    next = one.next;
  } while (next);
  return count;
}
const of = (items, kind, value) => items.filter((v) => kinds.get(v.id)[kind] === value).length;

/** Clips of a kind that share nothing else. */
function twoOfAKind(kind) {
  for (const [one, a] of kinds)
    for (const [other, b] of kinds)
      if (one !== other && Object.keys(a).every((k) => (a[k] === b[k]) === (k === kind))) return [one, other];
  throw new Error(kind);
}

for (const kind of ['author', 'tag', 'language']) {
  test(`skipping two of one ${kind} leaves at most one of it on the next page, signed in and signed out`, options, async () => {
    const [one, other] = twoOfAKind(kind), value = kinds.get(one)[kind];
    const signals = [{ video: one, watched_ms: 700, completed: false }, { video: other, watched_ms: 1500, completed: false }];
    for (let i = 0; i < 5; i++) {
      const visitor = server.visitor();
      const { next } = await page(visitor);
      const { items } = await page(visitor, { cursor: next, signals });
      assert.equal(items.length, 8);
      assert.ok(of(items, kind, value) <= 1, JSON.stringify(items.map((v) => kinds.get(v.id))));
      const person = await server.signUp(`skips_${kind}${i}`);
      const mine = await page(person);
      assert.equal((await person.post(`${api}/views`, { items: signals })).status, 204);
      const then = await page(person, { cursor: mine.next });
      assert.equal(then.items.length, 8);
      assert.ok(of(then.items, kind, value) <= 1, JSON.stringify(then.items.map((v) => kinds.get(v.id))));
    }
  });
}

test('what was watched to the end brings its like, and says so', options, async () => {
  const person = await server.signUp('watcher');
  const sea = [...kinds].filter(([, k]) => k.tag === 'sea').map(([id]) => id);
  const items = sea.slice(0, 3).map((video) => ({ video, watched_ms: whole, completed: true }));
  assert.equal((await person.post(`${api}/views`, { items })).status, 204);
  const { items: shown } = await page(person);
  assert.ok(of(shown, 'tag', 'sea') >= 2, JSON.stringify(shown.map((v) => kinds.get(v.id))));
  const why = shown.filter((v) => v.reason.code === 'watched' && v.reason.about === 'hashtag');
  assert.ok(why.length > 0, JSON.stringify(shown.map((v) => v.reason)));
  for (const video of why) {
    assert.equal(kinds.get(video.id).tag, video.reason.name);
    assert.equal(video.reason.text_key, 'feed.reason.watched.hashtag');
  }
});

test('a liked clip counts as liked, a second look at it does not count again', options, async () => {
  const person = await server.signUp('liker');
  const [video] = [...kinds.keys()];
  assert.equal((await person.put(`${api}/videos/${video}/like`)).status, 204);
  const score = async () => (await person.get(`${api}/me/interests`)).body.items.find((i) => i.type === 'hashtag');
  const view = { items: [{ video, watched_ms: 900, completed: false, shared: true }] };
  assert.equal((await person.post(`${api}/views`, view)).status, 204);
  const first = await score();
  assert.ok(first.enjoyed && first.score >= 2000 && !first.held_back, JSON.stringify(first));
  assert.equal((await person.post(`${api}/views`, view)).status, 204);
  assert.ok((await score()).score < first.score + 1000);
});

test('not interested: the clip never comes again, its like hardly; undone, it may', options, async () => {
  const person = await server.signUp('choosy');
  const [video, { author, tag }] = [...kinds][7];
  const say = (opinion, undo) => person.post(`${api}/feed/opinions`, { video, opinion, undo });
  assert.equal((await say('hide')).status, 204);
  let next = null, pages = 0;
  do {
    const one = await page(person, { cursor: next });
    assert.ok(!one.items.some((v) => v.id === video));
    if (pages++ === 0) assert.ok(of(one.items, 'author', author) <= 1 && of(one.items, 'tag', tag) <= 1);
    next = one.next;
  } while (next);
  assert.equal((await say('hide', true)).status, 204);
  assert.equal(await all(person), 40);
  assert.ok((await person.get(`${api}/me/interests`)).body.items.every((i) => i.score === 0 && !i.held_back));

  const visitor = server.visitor();
  for (let i = 0; i < 5; i++)
    assert.ok(!(await page(visitor, { signals: [{ video, opinion: 'hide' }] })).items.some((v) => v.id === video));
});

test('what was learned is told in names, forgotten one by one and at once', options, async () => {
  const person = await server.signUp('curious');
  const [video, { author, tag, language }] = [...kinds][0];
  assert.equal((await person.post(`${api}/feed/opinions`, { video, opinion: 'more' })).status, 204);
  const list = async () => (await person.get(`${api}/me/interests`)).body.items;
  assert.deepEqual((await list()).map((i) => `${i.type} ${i.name}`).sort(), [`creator ${author}`, `hashtag ${tag}`, `language ${language}`]);
  for (const i of await list()) assert.ok(i.score > 0 && i.asked);
  assert.equal((await person.delete(`${api}/me/interests`, { type: 'hashtag', name: tag })).status, 204);
  assert.deepEqual((await list()).map((i) => i.type).sort(), ['creator', 'language']);
  assert.equal((await person.delete(`${api}/me/interests`, {})).status, 400);
  assert.equal((await person.delete(`${api}/me/interests`, { everything: true })).status, 204);
  assert.deepEqual(await list(), []);
});

test('what cannot be said is refused in words', options, async () => {
  const person = await server.signUp('wrong');
  const [video] = [...kinds.keys()];
  const refused = async (answer, code, status = 400) => {
    const { status: got, body } = await answer;
    assert.deepEqual([got, body.code], [status, code]);
  };
  await refused(person.post(`${api}/feed/opinions`, { video, opinion: 'love' }), 'opinion-invalid');
  await refused(person.post(`${api}/feed/opinions`, { video: '12345678901', opinion: 'more' }), 'not-found', 404);
  await refused(server.visitor().post(`${api}/feed/opinions`, { video, opinion: 'more' }), 'anonymous', 401);
  await refused(server.visitor().post(`${api}/feed`, { signals: [{ video, opinion: 'love' }] }), 'opinion-invalid');
  await refused(server.visitor().post(`${api}/feed`, { cursor: 'xx' }), 'cursor-invalid');
  const many = await server.visitor().post(`${api}/feed`, { signals: Array.from({ length: 51 }, () => ({ video })) });
  assert.ok(many.status === 400 || many.status === 413, String(many.status));
  assert.equal((await server.visitor().post(`${api}/feed`, { signals: [{ video: '12345678901', watched_ms: 5 }] })).status, 200);
});

test('a browser\'s languages come first and keep nothing out; stated ones keep others out until nothing is left', options, async () => {
  const visitor = server.visitor();
  for (const language of ['hi', 'ar']) {
    const { body } = await visitor.get(`${api}/feed`, { headers: { 'accept-language': `${language}-XX,en;q=0.5` } });
    assert.equal(kinds.get(body.items[0].id).language, language);
    assert.equal(body.items[0].reason.code, 'language');
    assert.equal(new Set(body.items.slice(0, 4).map((v) => kinds.get(v.id).language)).size, 4, 'four languages, four scripts');
  }
  const stated = await server.signUp('stated', { languages: ['ta'] });
  const order = [];
  let next = null;
  do {
    const one = await page(stated, { cursor: next });
    order.push(...one.items);
    next = one.next;
  } while (next);
  assert.equal(order.length, 40);
  const first = order.findIndex((v) => kinds.get(v.id).language !== 'ta');
  assert.equal(first, 10);
  assert.ok(order.slice(10).every((v) => kinds.get(v.id).language !== 'ta' && v.reason.code === 'other_language'));
  assert.ok(order.slice(0, 10).every((v) => v.reason.code !== 'other_language'));
});
