// Backups of a node at work, what a restore gives back and what it takes away again, and what a kill in the middle leaves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { flip } from './flip.mjs';
import { until } from './patience.mjs';
import { Server, binary, freshFolder, password, root, run, startServer } from './server.mjs';
import { publish, upload } from './upload.mjs';

const media = path.join(root, '..', 'shared', 'media');
const needsClips = { skip: existsSync(media) ? false : '../shared is not there' };
const clip = path.join(media, 'derived__karma_vertical_720x1280_10s_h264.mp4');
const gif = path.join(media, 'derived__karma_vertical_2s.gif');
const cheap = ['--set', 'accounts.password_mib=8', '--set', 'accounts.password_passes=1'];

const ok = (result) => { assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`); return result.stdout; };
const places = () => { const base = freshFolder(); return { data: path.join(base, 'data'), keys: path.join(base, 'keys'), fresh: path.join(base, 'node') }; };
const backup = async (server, { data, keys }, ...more) => ok(await server.cli('backup', data, '--keys', keys, ...more));
async function restore(from, { data, keys }, folder, ...more) {
  cpSync(`${from}.key`, `${folder}.key`);
  return run(['restore', data, '--keys', keys, '--folder', folder, ...cheap, ...more]);
}
const generations = (dir) => readdirSync(path.join(dir, 'generations')).sort();
const kept = (dir) => readdirSync(path.join(dir, 'blobs'), { recursive: true }).filter((f) => f.length > 60);
const bytesOf = async (server, where) => (await server.visitor().get(where)).bytes;

test('a backup of a node at work gives back all that was acknowledged before it, and fsck finds nothing', needsClips, async (t) => {
  const where = places();
  const server = await startServer();
  const people = await Promise.all(['asha', 'omar', 'lina'].map((h) => server.signUp(h)));
  const video = await publish(people[0], clip, { caption: 'A walk #river' });
  await upload(people[1], clip, { metadata: { publish: '0' } });
  const said = [];
  let busy = true;
  t.after(() => { busy = false; });
  const load = people.map(async (client, n) => {
    for (let i = 0; busy; i++) {
      const answer = await client.post(`/api/v1/videos/${video.id}/comments`, { text: `word ${n} ${i}` });
      if (answer.status === 201) said.push(answer.body.id);
      await (i % 2 ? client.delete(`/api/v1/videos/${video.id}/like`) : client.put(`/api/v1/videos/${video.id}/like`));
    }
  });
  await until(() => said.length >= 30, 'thirty comments');
  const before = [...said];
  await backup(server, where);
  busy = false;
  await Promise.all(load);
  const clipBytes = await bytesOf(server, video.src);
  await server.stop();
  assert.match(ok(await restore(server.folder, where, where.fresh)), /fsck: \d+ invariants hold/);
  const again = await new Server({ folder: where.fresh }).start();
  assert.deepEqual(await bytesOf(again, video.src), clipBytes);
  const omar = again.visitor();
  assert.equal((await omar.post('/api/v1/sessions', { handle: 'omar', password })).status, 201);
  assert.equal((await omar.get('/api/v1/drafts')).body.items.length, 1, 'drafts open, so the keys do');
  const there = new Set();
  for (let next = `/api/v1/videos/${video.id}/comments`; next;) {
    const { body } = await omar.get(next);
    body.items.forEach((c) => there.add(c.id));
    next = body.next ? `/api/v1/videos/${video.id}/comments?cursor=${body.next}` : null;
  }
  assert.deepEqual(before.filter((id) => !there.has(id)), [], 'comments that were acknowledged before the backup');
  assert.equal((await people[0].get('/api/v1/me').catch(() => ({ status: 0 }))).status, 0, 'the old server is gone');
  const old = again.visitor();
  people[0].cookies.forEach((value, name) => old.cookies.set(name, value));
  assert.equal((await old.get('/api/v1/me')).status, 401, 'sessions have ended');
  await again.stop();
  assert.equal((await restore(server.folder, where, where.fresh)).code, 1, 'nothing is restored over what is there');
});

test('an upload of which no byte has come yet is no damage, neither in a backup nor after it', async () => {
  const where = places();
  const server = await startServer();
  const asha = await server.signUp('asha');
  const tus = { 'tus-resumable': '1.0.0', 'upload-length': '1000' };
  const begun = await asha.post('/api/v1/uploads', undefined, { headers: tus });
  assert.equal(begun.status, 201);
  const said = await backup(server, where);
  assert.ok(!said.includes('were not there'), said);
  await server.stop();
  assert.match(ok(await restore(server.folder, where, where.fresh)), /fsck: \d+ invariants hold/);
  const again = await new Server({ folder: where.fresh }).start();
  asha.url = again.url;
  asha.cookies.clear();
  assert.equal((await asha.post('/api/v1/sessions', { handle: 'asha', password })).status, 201);
  const { status, headers } = await asha.request('PATCH', begun.headers.get('location'), {
    body: Buffer.alloc(10), headers: { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
  });
  assert.deepEqual([status, headers.get('upload-offset')], [204, '10']);
  await again.stop();
});

test('files are copied once, keys and data never share a folder, and no data backup holds keys', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const asha = await server.signUp('asha');
  await publish(asha, clip, { caption: 'one' });
  const first = await backup(server, where);
  assert.match(first, /new [2-9]/);
  assert.match(ok(await server.cli('backup', where.data)), /new 0, 0 MB/);
  await publish(asha, gif, { caption: 'two' });
  assert.match(ok(await server.cli('backup', where.data)), /new 2, /);
  assert.deepEqual(readdirSync(where.data, { recursive: true }).filter((f) => /keys/.test(f)), []);
  assert.deepEqual(readdirSync(where.keys, { recursive: true }).filter((f) => /personal\.db|public\.db/.test(f)), []);
  const mixed = await server.cli('backup', '--keys', where.data);
  assert.deepEqual([mixed.code, /never share a folder/.test(mixed.stderr)], [1, true], mixed.stderr);
  const full = freshFolder();
  writeFileSync(path.join(full, 'thesis.txt'), 'precious');
  assert.equal((await server.cli('backup', full)).code, 1);
  assert.equal((await server.cli('backup')).code, 2);
  await server.stop();
});

test('what was deleted after the backup is taken away again before anything is served, files too', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const [asha, omar, lina] = await Promise.all(['asha', 'omar', 'lina'].map((h) => server.signUp(h)));
  const stays = await publish(asha, gif, { caption: 'stays' });
  const goes = await publish(asha, clip, { caption: 'goes' });
  const word = await lina.post(`/api/v1/videos/${stays.id}/comments`, { text: 'a word too many' });
  const ofOmar = await omar.post(`/api/v1/videos/${stays.id}/comments`, { text: 'mine' });
  await backup(server, where);
  assert.equal((await asha.delete(`/api/v1/videos/${goes.id}`)).status < 300, true);
  assert.equal((await lina.delete(`/api/v1/comments/${word.body.id}`)).status < 300, true);
  ok(await server.cli('user', 'delete', 'omar', '--yes'));
  assert.match(ok(await server.cli('backup', where.data, '--deletions')), /knows of [3-9] deletions/);
  await server.stop();
  const out = ok(await restore(server.folder, where, where.fresh));
  assert.match(out, /Taken away again: [3-9]/);
  const again = await new Server({ folder: where.fresh }).start();
  const visitor = again.visitor();
  assert.equal((await visitor.get(`/api/v1/videos/${goes.id}`)).status, 404);
  assert.equal((await visitor.get(goes.src)).status, 404, 'its file went, too');
  assert.equal((await visitor.get(`/api/v1/videos/${stays.id}`)).status, 200);
  assert.equal((await visitor.get('/api/v1/accounts/omar')).status, 404);
  const comments = (await visitor.get(`/api/v1/videos/${stays.id}/comments`)).body.items.map((c) => c.id);
  assert.deepEqual(comments.filter((id) => id === word.body.id || id === ofOmar.body.id), []);
  assert.equal((await again.cli('fsck')).code, 0);
  await again.stop();
});

test('who has no key in the newest keys is taken away, though no list names them', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const asha = await server.signUp('asha');
  const omar = await server.signUp('omar');
  const video = await publish(asha, gif, { caption: 'stays' });
  await omar.post(`/api/v1/videos/${video.id}/comments`, { text: 'mine' });
  await backup(server, where);
  ok(await server.cli('user', 'delete', 'omar', '--yes'));
  await server.restart();
  await until(async () => !/^omar/m.test((await server.cli('user', 'list')).stdout), 'the account is erased');
  ok(await server.cli('backup', '--keys', where.keys));
  await server.stop();
  assert.match(ok(await restore(server.folder, where, where.fresh)), /1 accounts whose keys are gone/);
  const list = ok(await run(['user', 'list', '--folder', where.fresh]));
  assert.deepEqual([/asha/.test(list), /omar/.test(list)], [true, false]);
  assert.equal((await run(['fsck', '--folder', where.fresh])).code, 0);
});

test('a damaged backup is refused, and nothing appears in its place', needsClips, async () => {
  const where = places();
  const server = await startServer();
  await publish(await server.signUp('asha'), clip, { caption: 'one' });
  await backup(server, where);
  await server.stop();
  const [name] = generations(where.data);
  const file = kept(where.data).map((f) => path.join(where.data, 'blobs', f))[0];
  const damages = {
    'manifest': (d) => flip(path.join(d, 'generations', name, 'manifest'), 90),
    'manifest cut off': (d) => truncateSync(path.join(d, 'generations', name, 'manifest'), 200),
    'personal.db': (d) => flip(path.join(d, 'generations', name, 'personal.db.zst'), 5000),
    'file': (d) => flip(path.join(d, path.relative(where.data, file)), 100),
    'no file': (d) => rmSync(path.join(d, path.relative(where.data, file))),
    'deleted': (d) => writeFileSync(path.join(d, 'deleted'), 'video 5 5\n'),
  };
  for (const [what, damage] of Object.entries(damages)) {
    const data = path.join(freshFolder(), 'data');
    cpSync(where.data, data, { recursive: true });
    damage(data);
    const target = path.join(freshFolder(), 'node');
    const { code, stderr } = await restore(server.folder, { ...where, data }, target);
    assert.deepEqual([what, code, existsSync(target)], [what, 1, false], stderr);
  }
});

test('old generations go after their days, and with them the files that only they name', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const asha = await server.signUp('asha');
  const video = await publish(asha, clip, { caption: 'goes' });
  await backup(server, where);
  const [first] = generations(where.data);
  renameSync(path.join(where.data, 'generations', first), path.join(where.data, 'generations', '2020-01-01T000000.000000Z'));
  const many = kept(where.data).length;
  await asha.delete(`/api/v1/videos/${video.id}`);
  await until(async () => (await server.visitor().get(video.src)).status === 404, 'the file is gone');
  assert.match(ok(await server.cli('backup', where.data, '--days', '30')), /Gone: 1 generations, [2-9] files/);
  assert.ok(kept(where.data).length < many);
  assert.equal(generations(where.data).length, 1);
  await server.stop();
});

test('--at takes the generation of that time', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const asha = await server.signUp('asha');
  await publish(asha, gif, { caption: 'first' });
  await backup(server, where);
  const at = `${new Date().toISOString().slice(0, 19)}Z`;
  while (`${new Date().toISOString().slice(0, 19)}Z` === at) await new Promise((resolve) => setTimeout(resolve, 50));
  await server.signUp('later');
  await backup(server, where);
  await server.stop();
  ok(await restore(server.folder, where, where.fresh, '--at', at));
  assert.doesNotMatch(ok(await run(['user', 'list', '--folder', where.fresh])), /later/);
  assert.equal((await restore(server.folder, where, `${where.fresh}2`, '--at', '2020-01-01T00:00:00Z')).code, 1);
  assert.equal((await restore(server.folder, where, `${where.fresh}3`, '--at', 'yesterday')).code, 2);
});

/** Kills the command at what moment it says a word, or after some milliseconds; false when it was done first. */
function killed(args, wait) {
  return new Promise((resolve) => {
    const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), wait);
    child.stderr.resume();
    child.on('close', (code, signal) => { clearTimeout(timer); resolve(signal === 'SIGKILL'); });
  });
}

test('killed anywhere in the middle, backup and restore go on when they are run again', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const asha = await server.signUp('asha');
  const video = await publish(asha, clip, { caption: 'one' });
  await server.signUp('omar');
  let kills = 0;
  for (let wait = 4; wait < 400; wait = Math.ceil(wait * 1.35)) {
    kills += await killed(['backup', where.data, '--keys', where.keys, ...server.commandOptions], wait);
    for (const name of existsSync(path.join(where.data, 'generations')) ? generations(where.data) : []) {
      const manifest = path.join(where.data, 'generations', name, 'manifest');
      if (existsSync(manifest)) assert.match(readFileSync(manifest, 'utf8'), /\nend [0-9a-f]{64}\n$/);
    }
  }
  await backup(server, where);
  await server.stop();
  cpSync(`${server.folder}.key`, `${where.fresh}.key`);
  for (let wait = 4; wait < 600; wait = Math.ceil(wait * 1.5)) {
    const cut = await killed(['restore', where.data, '--keys', where.keys, '--folder', where.fresh, ...cheap], wait);
    kills += cut;
    if (existsSync(where.fresh)) assert.equal((await run(['fsck', '--folder', where.fresh])).code, 0, 'what has its name is whole');
    if (!cut) break;
  }
  if (!existsSync(where.fresh)) ok(await run(['restore', where.data, '--keys', where.keys, '--folder', where.fresh, ...cheap]));
  assert.ok(kills >= 5, `${kills} kills`);
  const again = await new Server({ folder: where.fresh }).start();
  assert.equal((await again.visitor().get(video.src)).status, 200);
  await again.stop();
});

test('a folder whose first backup was killed before its mark had its name is taken up again', async () => {
  const where = places();
  const server = await startServer();
  for (const dir of [where.data, where.keys]) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(path.join(dir, 'lock'), '');
    writeFileSync(path.join(dir, 'amanat-backup.new'), 'amanat-ba');
  }
  await backup(server, where);
  const strange = path.join(freshFolder(), 'data');
  mkdirSync(strange, { recursive: true });
  writeFileSync(path.join(strange, 'letter.txt'), 'mine');
  assert.match((await server.cli('backup', strange)).stderr, /is not empty and holds no backup/);
  await server.stop();
});

test('a drill restores, starts, plays and signs in, says so with a date, and changes nothing', needsClips, async () => {
  const where = places();
  const server = await startServer();
  const video = await publish(await server.signUp('asha'), clip, { caption: 'one' });
  const before = await server.cli('user', 'list');
  const certificate = JSON.parse(ok(await server.cli('drill', where.data, '--keys', where.keys, '--json')));
  assert.deepEqual([certificate.passed, certificate.signed_in, certificate.clip, certificate.keys_opened, certificate.fsck.findings],
    [true, true, video.id, 1, []]);
  assert.equal(certificate.clip_bytes, (await bytesOf(server, video.src)).length);
  assert.match(ok(await server.cli('drill', where.data, '--keys', where.keys, '--newest')), /^Restore drill, \d{4}-\d\d-\d\dT[\s\S]*Passed\.$/m);
  assert.equal((await server.cli('user', 'list')).stdout, before.stdout);
  const [name] = generations(where.data);
  flip(path.join(where.data, 'generations', name, 'personal.db.zst'), 5000);
  assert.equal((await server.cli('drill', where.data, '--keys', where.keys, '--newest')).code, 1);
  await server.stop();
});
