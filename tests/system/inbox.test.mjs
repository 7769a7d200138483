// Replies, mentions, notifications, and the stream that tells of them.
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { until } from './patience.mjs';
import { root, startServer } from './server.mjs';

const api = '/api/v1';
const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const skip = existsSync(clip) ? false : '../shared is not there';

let server, asha, omar, lina, video;
const open = new Set();
before(async () => {
  if (skip) return;
  server = await startServer();
  asha = await server.signUp('asha');
  omar = await server.signUp('omar');
  lina = await server.signUp('lina');
  const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', 'asha', '--caption', 'with @omar');
  assert.equal(code, 0, stdout + stderr);
  video = /as (\d+)/.exec(stdout)[1];
});
after(async () => { for (const stream of open) stream.close(); await server?.stop(); });

/** A client of the stream; what came is in `events`, and wait() resolves with the first that fits. */
async function listen(client, { headers = {}, query = '' } = {}) {
  const cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const stream = { events: [], beats: 0, ended: false };
  const waiting = [];
  const settle = () => waiting.splice(0).forEach((look) => look());
  stream.wait = (fits, what = 'event') => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no such ${what} in ${JSON.stringify(stream.events).slice(0, 2000)}`)), 30_000);
    const look = () => {
      const found = fits === 'end' ? stream.ended : stream.events.find(fits);
      if (found) { clearTimeout(timer); resolve(found); } else waiting.push(look);
    };
    look();
  });
  await new Promise((resolve, reject) => {
    const request = http.get(server.url + api + '/events' + query, { headers: { cookie, ...headers }, agent: false }, (answer) => {
      stream.status = answer.statusCode;
      stream.type = answer.headers['content-type'];
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (bytes) => {
        text += bytes;
        for (let at; (at = text.indexOf('\n\n')) >= 0; text = text.slice(at + 2)) {
          const lines = text.slice(0, at).split('\n');
          if (lines[0].startsWith(':')) { stream.beats++; continue; }
          const event = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
          stream.events.push({ ...event, data: JSON.parse(event.data), at: Date.now() });
        }
        settle();
      });
      const end = () => { stream.ended = true; open.delete(stream); settle(); };
      answer.on('end', end).on('close', end).on('error', end);
      resolve();
    });
    request.on('error', (e) => { stream.ended = true; settle(); reject(e); });
    stream.close = () => request.destroy();
    open.add(stream);
  });
  return stream;
}

const list = async (client) => (await client.get(`${api}/notifications`)).body;
const kinds = async (client) => (await list(client)).items.map((item) => item.kind);
const streams = async () => Number(/^amanat_http_streams (\d+)$/m.exec((await server.visitor().get('/metrics')).text)[1]);

test('the author hears that the clip is published, and who is named in the caption hears it too', { skip }, async () => {
  assert.deepEqual(await kinds(asha), ['published']);
  const { items, unread } = await list(omar);
  assert.deepEqual([items.length, unread, items[0].kind, items[0].video.id, items[0].actors[0].handle, items[0].comment], [1, 1, 'mention', video, 'asha', null]);
});

test('a like is told when it is made, not with the next heartbeat, and an unlike takes it back', { skip }, async () => {
  const stream = await listen(asha);
  assert.deepEqual([stream.status, stream.type], [200, 'text/event-stream']);
  await stream.wait((e) => e.event === 'unread' && e.data.unread === 1);
  const acted = Date.now();
  assert.equal((await omar.put(`${api}/videos/${video}/like`)).status, 204);
  const told = await stream.wait((e) => e.event === 'notification');
  assert.ok(told.at - acted < 10_000, `${told.at - acted} ms; hearts beat every 20 s`);
  assert.deepEqual([told.data.kind, told.data.people, told.data.actors[0].handle, told.data.video.id, told.id], ['like', 1, 'omar', video, told.data.id]);
  await stream.wait((e) => e.event === 'unread' && e.data.unread === 2);
  await lina.put(`${api}/videos/${video}/like`);
  const more = await stream.wait((e) => e.data.people === 2);
  assert.deepEqual(more.data.actors.map((a) => a.handle), ['lina', 'omar']);
  await omar.delete(`${api}/videos/${video}/like`);
  await lina.delete(`${api}/videos/${video}/like`);
  await until(async () => stream.events.at(-1).data.unread === 1);
  assert.deepEqual(await kinds(asha), ['published']);
  stream.close();
});

test("one's own acts, and a blocked person's, are not told", { skip }, async () => {
  await asha.put(`${api}/videos/${video}/like`);
  await asha.put(`${api}/accounts/lina/block`);
  await lina.put(`${api}/videos/${video}/like`);
  const { items, unread } = await list(asha);
  assert.deepEqual([items.map((i) => i.kind), unread], [['published'], 1]);
  assert.equal((await lina.post(`${api}/videos/${video}/comments`, { text: 'hello' })).body.code, 'blocked');
  await asha.delete(`${api}/accounts/lina/block`);
  assert.deepEqual(await kinds(asha), ['like', 'published']);
  await lina.delete(`${api}/videos/${video}/like`);
});

test('a follow is told with whether one follows back', { skip }, async () => {
  await omar.put(`${api}/accounts/asha/follow`);
  assert.deepEqual((await list(asha)).items.map((i) => [i.kind, i.following]).slice(0, 1), [['follow', false]]);
  await asha.put(`${api}/accounts/omar/follow`);
  assert.equal((await list(asha)).items[0].following, true);
  await omar.delete(`${api}/accounts/asha/follow`);
  await asha.delete(`${api}/accounts/omar/follow`);
  assert.deepEqual(await kinds(asha), ['published']);
});

test('replies hang on one comment, name whom they answer, and tell each person once', { skip }, async () => {
  const first = (await omar.post(`${api}/videos/${video}/comments`, { text: 'lovely' })).body;
  const answer = (await lina.post(`${api}/comments/${first.id}/replies`, { text: '@omar yes, @asha too' })).body;
  assert.deepEqual([answer.thread, answer.answers, answer.video], [first.id, 'omar', video]);
  const deeper = (await asha.post(`${api}/comments/${answer.id}/replies`, { text: '@lina thanks' })).body;
  assert.deepEqual([deeper.thread, deeper.answers], [first.id, 'lina']);
  const replies = (await server.visitor().get(`${api}/comments/${first.id}/replies`)).body;
  assert.deepEqual(replies.items.map((c) => [c.author.handle, c.answers]), [['lina', 'omar'], ['asha', 'lina']]);
  const top = async () => (await server.visitor().get(`${api}/videos/${video}/comments`)).body.items;
  await until(async () => (await top())[0].replies === 2);
  assert.equal((await top()).length, 1);
  assert.deepEqual((await list(omar)).items.map((i) => i.kind), ['reply', 'mention']);
  assert.equal((await list(omar)).items[0].comment.text, '@omar yes, @asha too');
  assert.deepEqual((await list(lina)).items.map((i) => [i.kind, i.comment.thread]), [['reply', first.id]]);
  const mine = (await list(asha)).items[0];
  assert.deepEqual([mine.kind, mine.people, mine.actors.map((a) => a.handle)], ['comment', 2, ['lina', 'omar']]);
  assert.equal((await asha.get(`${api}/comments/${answer.id}/replies`)).status, 404);
  // The thread goes with its first comment, for everybody.
  await until(async () => (await asha.get(`${api}/videos/${video}`)).body.counts.comments === 3);
  assert.equal((await asha.delete(`${api}/comments/${first.id}`)).status, 204);
  await until(async () => (await asha.get(`${api}/videos/${video}`)).body.counts.comments === 0);
  await until(async () => (await list(lina)).items.length === 0);
  assert.deepEqual(await kinds(omar), ['mention']);
  assert.deepEqual(await kinds(asha), ['published']);
});

test('what was read stays read, on every stream', { skip }, async () => {
  const stream = await listen(omar);
  const { items } = await list(omar);
  await stream.wait((e) => e.data.unread === 1);
  assert.equal((await omar.post(`${api}/notifications/read`, { up_to: items[0].id })).status, 204);
  await stream.wait((e) => e.data.unread === 0);
  assert.deepEqual((await list(omar)).items.map((i) => i.unread), [false]);
  stream.close();
});

test('who was away catches up from the last id, once', { skip }, async () => {
  const stream = await listen(asha);
  await omar.put(`${api}/accounts/asha/follow`);
  const { id } = await stream.wait((e) => e.event === 'notification');
  stream.close();
  await lina.put(`${api}/videos/${video}/like`);
  await lina.put(`${api}/accounts/asha/follow`);
  for (const how of [{ headers: { 'last-event-id': id } }, { query: `?last_event_id=${id}` }]) {
    const again = await listen(asha, how);
    await again.wait((e) => e.event === 'unread');
    assert.deepEqual(again.events.filter((e) => e.event === 'notification').map((e) => [e.data.kind, e.data.actors[0].handle]), [['like', 'lina'], ['follow', 'lina']]);
    again.close();
  }
});

test('a session that is ended ends its streams, and only its own', { skip }, async () => {
  const other = server.visitor();
  await other.post(`${api}/sessions`, { handle: 'asha', password: 'correct horse battery' });
  const here = await listen(asha), there = await listen(other);
  await there.wait((e) => e.event === 'unread');
  const { body } = await other.get(`${api}/sessions`);
  assert.equal((await asha.delete(`${api}/sessions/${body.items.find((s) => s.current).id}`)).status, 204);
  await there.wait('end');
  await omar.put(`${api}/videos/${video}/like`);
  await here.wait((e) => e.event === 'notification');
  assert.equal(here.ended, false);
  here.close();
  await assert.rejects(async () => { const late = await listen(other); if (late.status === 401) throw new Error('401'); });
});

test('a person has eight streams: one more ends the oldest', { skip }, async () => {
  const all = [];
  for (let i = 0; i < 9; i++) all.push(await listen(lina));
  await all[0].wait('end');
  for (const stream of all.slice(1)) assert.equal(stream.ended, false);
  for (const stream of all) stream.close();
});

test('who closes the account leaves no notification behind', { skip }, async () => {
  await lina.delete(`${api}/me`, { password: 'correct horse battery' });
  await until(async () => !(await list(asha)).items.some((i) => i.actors.some((a) => a.handle === 'lina') || i.people > i.actors.length));
});

test('of two hundred idle streams only those that are concerned are told, and all end with the server', { skip }, async () => {
  const people = [];
  for (let i = 0; i < 25; i++) people.push(await server.signUp(`idle${i}`));
  const all = await Promise.all(people.flatMap((p) => Array.from({ length: 8 }, () => listen(p))));
  await Promise.all(all.map((s) => s.wait((e) => e.event === 'unread')));
  assert.ok(await streams() >= 200);
  await omar.put(`${api}/accounts/idle0/follow`);
  await Promise.all(all.slice(0, 8).map((s) => s.wait((e) => e.event === 'notification')));
  assert.equal(all.slice(8).filter((s) => s.events.some((e) => e.event === 'notification')).length, 0);
  await server.restart();
  await Promise.all(all.map((s) => s.wait('end')));
});
