// When the machine has no room, no files, no memory left, or takes no writes: writes are refused with the reason, reads go on, and
// all is well again without a restart.  When its clock is set, nothing that lasts a while takes another while.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { soon } from './patience.mjs';
import { Server, binary, freshFolder, password, root } from './server.mjs';
import { drafts, publish, upload } from './upload.mjs';

const api = '/api/v1';
const clip = path.join(root, '..', 'shared', 'media', 'media__sample_sef_slow_motion.mp4');
const needsClip = existsSync(clip) ? false : '../shared is not there';
// A sanitizer reserves memory without end, and wants to be loaded first.
const plain = path.join(root, 'build', 'amanat');
const weatherLibrary = path.join(root, 'build/tests/system/weather.so');
const needsPlain = existsSync(weatherLibrary) ? needsClip : 'build is not there';
const uploads = `${api}/uploads`;
const tus = { 'tus-resumable': '1.0.0' };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** People, a video with a comment, and what they can do: each act resolves with its answer. */
async function settle(server) {
  const asha = await server.signUp('asha'), omar = await server.signUp('omar');
  const video = await publish(asha, clip, { caption: 'before' });
  assert.equal((await omar.post(`${api}/videos/${video.id}/comments`, { text: 'said 0' })).status, 201);
  let said = 0;
  const comment = () => omar.post(`${api}/videos/${video.id}/comments`, { text: `said ${++said} ${'x'.repeat(400)}` });
  const begin = () => asha.request('POST', uploads, { headers: { ...tus, 'upload-length': 300_000, 'content-type': 'application/offset+octet-stream' }, body: Buffer.alloc(300_000, 7) });
  return { server, asha, omar, video, comment, begin };
}

/** Everything that people look at answers. */
async function reads({ server, asha, video }) {
  const visitor = server.visitor();
  for (const where of [`${api}/videos/${video.id}`, `${api}/feed`, `${api}/videos/${video.id}/comments`, `${api}/accounts/asha/videos`, '/', '/healthz'])
    assert.equal((await visitor.get(where)).status, 200, where);
  assert.equal((await asha.get(`${api}/me`)).status, 200);
  assert.equal((await visitor.get(video.src, { headers: { range: 'bytes=0-99' } })).status, 206);
}

/** Until one is refused; the number of those that were not. */
async function refusedAt(act, status, code, most = 4000) {
  for (let done = 0; done < most; done++) {
    const answer = await act();
    if (answer.status < 300) continue;
    assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
    assert.match(answer.headers.get('content-type'), /problem\+json/);
    assert.ok(answer.body.detail.length > 10);
    return done;
  }
  throw new Error(`${most} were taken`);
}

/** As many comments as were acknowledged, and no other. */
async function comments({ server, video }, wanted) {
  const visitor = server.visitor();
  let count = 0;
  for (let next = ''; next !== null;) {
    const { body } = await visitor.get(`${api}/videos/${video.id}/comments${next && `?cursor=${next}`}`);
    count += body.items.length;
    next = body.next;
  }
  assert.equal(count, wanted);
  await soon(async () => assert.equal((await visitor.get(`${api}/videos/${video.id}`)).body.counts.comments, wanted));
}

const clean = ({ status, stdout, stderr }) => { assert.equal(status, 0, stdout + stderr); assert.equal(JSON.parse(stdout).clean, true, stdout); };

// --- a disk of its own ---

const namespace = process.getuid() === 0 ? ['-m'] : ['-Urm'];
const mayMount = !process.env.NO_MOUNTS && spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

/** All but so many bytes. */
function fill(filler, leave) {
  const fd = openSync(filler, 'w');
  const piece = Buffer.alloc(1 << 16);
  try { for (;;) writeSync(fd, piece, 0, piece.length); } catch (e) { assert.equal(e.code, 'ENOSPC'); }
  closeSync(fd);
  if (leave) execFileSync('truncate', ['-s', `-${leave}`, filler]);
}

/** A server whose folder lies on a small disk of its own, and what fills and empties that.  Where nothing may be mounted, the disk only
 * says that it is full. */
async function onSmallDisk(megabytes, settings) {
  if (!mayMount) {
    const { server, set, fsck } = await underWeather(settings);
    return { server, fsck, fill: () => set({ failure: ENOSPC }), empty: () => set() };
  }
  const place = freshFolder();
  const server = new Server({ folder: path.join(place, 'node'), settings });
  server.program = ['unshare', ...namespace, 'sh', '-c', `mount -t tmpfs -o size=${megabytes}m none ${place} && exec "$0" "$@"`, binary];
  await server.start();
  const filler = `/proc/${server.pid}/root${place}/filler`;
  const enter = ['-t', String(server.pid), ...(process.getuid() === 0 ? ['-m'] : ['-U', '-m', '--preserve-credentials'])];
  const fsck = () => clean(spawnSync('nsenter', [...enter, binary, 'fsck', '--json', ...server.commandOptions], { encoding: 'utf8' }));
  return { server, fsck, fill: (leave = 0) => fill(filler, leave), empty: () => rmSync(filler) };
}

test('a full disk refuses writes with 507, and takes them again when there is room', { skip: mayMount ? needsClip : needsPlain }, async (t) => {
  const { server, fill, empty, fsck } = await onSmallDisk(48, { 'store.cache_mib': 4 });
  t.after(() => server.kill());
  const scene = await settle(server);
  let there = 1;
  for (let round = 0; round < 2; round++) {
    fill();
    there += await refusedAt(scene.comment, 507, 'full');
    await refusedAt(scene.begin, 507, 'full', 1);
    const stranger = await server.visitor().post(`${api}/accounts`, { handle: `mina${round}`, password });
    assert.deepEqual([stranger.status, stranger.body.code], [507, 'full']);
    await reads(scene);
    empty();
    assert.equal((await scene.comment()).status, 201);
    there += 1;
    await server.signUp(`mina${round}`);
    await comments(scene, there);
  }
  fsck();
  await server.stop();
});

test('a clip that has arrived waits for room, and is published then', { skip: mayMount ? needsClip : needsPlain }, async (t) => {
  const { server, fill, empty, fsck } = await onSmallDisk(48, { 'store.cache_mib': 4 });
  t.after(() => server.kill());
  const { asha } = await settle(server);
  await upload(asha, clip, { metadata: { publish: '0', caption: 'later' } });
  const [draft] = await drafts(asha, (all) => all.some((d) => d.state === 'ready'));
  fill(20_000);
  const asked = await asha.post(`${api}/drafts/${draft.id}/publish`);
  assert.ok(asked.status === 202 || asked.status === 507, asked.text);
  await soon(() => assert.match(server.log, /job: kind=process attempt=\d+ failed: .*no space|writer: a group of \d+ failed|public.db lags/));
  empty();
  if (asked.status === 507) assert.equal((await asha.post(`${api}/drafts/${draft.id}/publish`)).status, 202);
  await drafts(asha, (all) => all.some((d) => d.id === draft.id && d.state === 'published'), 30);
  fsck();
  await server.stop();
});

// --- a disk that takes no writes, a clock that is set ---

const EROFS = 30, ENOSPC = 28;

/** A server whose disk and clock are the test's: weather.c. */
async function underWeather(settings = {}, place = freshFolder()) {
  const file = path.join(place, 'weather');
  const set = ({ days = 0, failure = 0 } = {}) => {
    const state = Buffer.alloc(16);
    state.writeBigInt64LE(BigInt(days * 86_400), 0);
    state.writeBigInt64LE(BigInt(failure), 8);
    const fd = openSync(file, existsSync(file) ? 'r+' : 'w');
    writeSync(fd, state, 0, 16, 0);
    closeSync(fd);
  };
  set();
  const folder = path.join(place, 'node');
  const server = new Server({ folder, settings, env: { WEATHER: file, WEATHER_FOLDER: `${folder}/`, LD_PRELOAD: weatherLibrary } });
  server.program = [plain];
  await server.start();
  const fsck = () => clean(spawnSync(plain, ['fsck', '--json', ...server.commandOptions], { encoding: 'utf8' }));
  return { server, set, fsck };
}

test('a disk that takes no writes refuses them with 503, and takes them again', { skip: needsPlain }, async (t) => {
  const { server, set, fsck } = await underWeather();
  t.after(() => server.kill());
  const scene = await settle(server);
  for (let round = 0; round < 2; round++) {
    set({ failure: EROFS });
    await refusedAt(scene.comment, 503, 'read-only', 1);
    await refusedAt(scene.begin, 503, 'read-only', 1);
    await reads(scene);
    set();
    assert.equal((await scene.comment()).status, 201);
    await comments(scene, 2 + round);
  }
  await server.stop();
  fsck();
});

// --- no descriptors, no memory ---

/** A connection that was there before. */
function line(server) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  return (client, method, where, headers = {}, body = undefined) => new Promise((resolve, reject) => {
    const cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const sent = http.request(server.url + where, { method, agent, headers: { cookie, origin: server.url, 'content-length': body?.length ?? 0, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (d) => { text += d; });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: new Headers(answer.headers), text, body: text.startsWith('{') ? JSON.parse(text) : null }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const limit = (server, name, value) => execFileSync('prlimit', ['--pid', String(server.pid), `--${name}=${value}:`]);
const used = (server) => readFileSync(`/proc/${server.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0);

test('without a descriptor left it refuses what needs one, does not spin, and lets people in again', { skip: needsClip }, async (t) => {
  const server = await new Server().start();
  t.after(() => server.kill());
  const scene = await settle(server);
  await reads(scene);
  const ask = line(server);
  assert.equal((await ask(scene.asha, 'GET', `${api}/me`)).status, 200);
  const open = readdirSync(`/proc/${server.pid}/fd`).map(Number).sort((a, b) => a - b);
  limit(server, 'nofile', open.findIndex((fd, i) => fd !== i) + 1);            // the lowest number that is free is the last one
  const strangers = Array.from({ length: 10 }, () => http.get(`${server.url}/healthz`, { agent: new http.Agent({ keepAlive: true }) }, (answer) => answer.resume()));
  const answers = await Promise.all(strangers.map((s) => new Promise((resolve) => { s.on('response', (r) => resolve(r.statusCode)); s.on('error', () => resolve(0)); })));
  assert.ok(answers.includes(503), `strangers were told ${answers}`);
  const bytes = Buffer.alloc(300_000, 7);
  await refusedAt(() => ask(scene.asha, 'POST', uploads, { ...tus, 'upload-length': bytes.length, 'content-type': 'application/offset+octet-stream' }, bytes), 503, 'out-of-files', 5);
  assert.equal((await ask(scene.asha, 'GET', `${api}/videos/${scene.video.id}`)).status, 200);
  const before = used(server);
  await wait(1000);
  assert.ok(used(server) - before < 20, `${used(server) - before} hundredths of a second of processor time in one`);
  limit(server, 'nofile', 4096);
  for (const stranger of strangers) stranger.destroy();
  await soon(() => reads(scene));
  assert.equal((await scene.begin()).status, 201);
  assert.equal((await scene.comment()).status, 201);
  await server.stop();
  clean(spawnSync(binary, ['fsck', '--json', ...server.commandOptions], { encoding: 'utf8' }));
});

test('without memory for a request it refuses that one, says so, and lives', { skip: needsPlain }, async (t) => {
  const server = new Server({ settings: { 'accounts.password_mib': 256 } });
  server.program = [plain];
  await server.start();
  t.after(() => server.kill());
  const scene = await settle(server);
  const pages = Number(readFileSync(`/proc/${server.pid}/statm`, 'utf8').split(' ')[0]);
  limit(server, 'as', pages * 4096 + (32 << 20));
  for (const [where, body] of [['accounts', { handle: 'mina', password }], ['sessions', { handle: 'asha', password }], ['sessions', { handle: 'nobody', password }]]) {
    const answer = await server.visitor().post(`${api}/${where}`, body);
    assert.deepEqual([answer.status, answer.body.code], [503, 'out-of-memory'], answer.text);
    assert.ok(answer.headers.get('retry-after'));
  }
  await reads(scene);
  assert.equal((await scene.comment()).status, 201);
  limit(server, 'as', 'unlimited');
  assert.equal((await server.visitor().post(`${api}/sessions`, { handle: 'asha', password })).status, 201);
  await server.signUp('mina');
  await server.stop();
});

// --- the clock ---

/** A stream that is open: resolves with what waits for something of a kind. */
async function listening(client) {
  const cookie = [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  let text = '';
  const request = http.get(`${client.url}${api}/events`, { headers: { cookie }, agent: false }, (answer) => {
    answer.on('data', (d) => { text += d; });
    answer.on('error', () => {});
  });
  request.on('error', () => {});
  const hears = (kind) => soon(() => assert.match(text, new RegExp(`event: ${kind}`)));
  await hears('unread');
  return async (kind) => { await hears(kind); request.destroy(); };
}

test('a clock that is set, either way, ends nothing and holds nothing up', { skip: needsPlain }, async (t) => {
  const place = freshFolder(), late = path.join(place, 'worker');
  const before = await new Server({ folder: path.join(place, 'node') }).start();
  const video = await publish(await before.signUp('asha'), clip, { caption: 'before' });
  await before.stop();
  const { server, set, fsck } = await underWeather({ 'media.worker': late, 'limits.sign_in_per_hour': 6 }, place);
  t.after(() => server.kill());
  const asha = server.visitor(), omar = await server.signUp('omar');
  assert.equal((await asha.post(`${api}/sessions`, { handle: 'asha', password })).status, 201);
  const guess = () => server.visitor().post(`${api}/sessions`, { handle: 'asha', password: 'not her password' });
  while ((await guess()).status !== 429);
  const begun = await asha.request('POST', uploads, { headers: { ...tus, 'upload-length': 10 } });
  const where = begun.headers.get('location');
  const said = [];
  let offset = 0;
  for (const days of [1, -1, 0]) {
    const hears = await listening(asha);
    set({ days });
    assert.equal((await asha.get(`${api}/me`)).status, 200, 'the session stands');
    assert.equal((await guess()).status, 429, 'the limit holds');
    const { status, body } = await omar.post(`${api}/videos/${video.id}/comments`, { text: `day ${days}` });
    assert.equal(status, 201);
    said.unshift(body.text);
    await hears('notification');
    assert.deepEqual((await asha.get(`${api}/videos/${video.id}/comments`)).body.items.map((c) => c.text), said);
    const sent = await asha.request('PATCH', where, { headers: { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': offset }, body: 'abc' });
    assert.equal(sent.status, 204, 'the upload goes on');
    offset += 3;
  }
  // What failed is tried again at a time of a clock that is then set back.
  set({ days: 1 });
  await upload(asha, clip, { metadata: { caption: 'after' } });
  await soon(() => assert.match(server.log, /job: kind=process attempt=1 failed/));
  set({ days: -1 });
  symlinkSync(path.join(root, 'build/amanat-media'), late);
  await drafts(asha, (all) => all.some((d) => d.caption === 'after' && d.state === 'published'), 25);
  await server.restart();
  for (const client of [asha, omar]) client.url = server.url;
  assert.equal((await omar.post(`${api}/videos/${video.id}/comments`, { text: 'last' })).status, 201);
  assert.equal((await asha.get(`${api}/videos/${video.id}/comments`)).body.items[0].text, 'last');
  await server.stop();
  fsck();
});
