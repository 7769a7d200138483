// The demo network: made on an empty node, gone without a trace, never beside people, whole after any crash.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { until } from './patience.mjs';
import { binary, freshFolder, run, startServer } from './server.mjs';

const fonts = '/usr/share/fonts/truetype/noto/NotoNastaliqUrdu-Bold.ttf';
const options = { timeout: 400_000, skip: existsSync(fonts) ? false : 'fonts-noto-core is not installed' };
const few = (clips) => ['--set', `demo.clips=${clips}`, '--set', 'accounts.password_mib=8', '--set', 'accounts.password_passes=1'];
const allFiles = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? allFiles(path.join(folder, e.name)) : [e.name]));

async function initialised() {
  const folder = path.join(freshFolder(), 'node');
  assert.equal((await run(['init', '--folder', folder])).code, 0);
  return folder;
}

test('a demo has clips in their languages, is marked, takes its sign-in, and goes without a trace', options, async () => {
  const server = await startServer({ settings: { 'demo.clips': 3 } });
  try {
    const made = await run(['demo', ...server.commandOptions], { timeout: 200_000 });
    assert.equal(made.code, 0, made.stdout + made.stderr);
    const [, name, password] = /Demo sign-in: name (\S+), password (\S+)/.exec(made.stdout);
    const visitor = server.visitor();
    const feed = async () => (await visitor.get('/api/v1/feed', { headers: { 'accept-language': '*' } })).body.items;
    await until(async () => (await feed()).length === 3, 'three in the feed');      // it looks for new ones once a second
    const items = await feed();
    assert.deepEqual(items.map((v) => v.language).sort(), ['ar', 'en', 'hi']);
    const { demo } = (await visitor.get('/api/v1/node')).body;
    for (const video of items) {
      assert.ok(demo.includes(video.author.id));
      assert.ok(video.author.avatar && video.has_audio && video.width === 720 && video.height === 1280);
      assert.ok(video.duration_ms >= 6000 && video.duration_ms <= 12_100);
    }
    assert.match((await visitor.get('/letter', { headers: { 'accept-language': 'en' } })).text, /Demo accounts/);
    assert.equal((await visitor.post('/api/v1/sessions', { handle: name, password })).status < 300, true);

    const again = await run(['demo', ...server.commandOptions], { timeout: 200_000 });
    assert.equal(again.code, 0, again.stderr);
    assert.ok(again.stdout.includes(password));

    await server.signUp('a-person').catch(() => server.signUp('person1'));
    const refused = await run(['demo', ...server.commandOptions]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /people have accounts on this node/);
    // A demand that nobody made stays in their ledger: only whoever says so files it.
    const unsure = await run(['demo', 'demand', ...server.commandOptions]);
    assert.notEqual(unsure.code, 0);
    assert.match(unsure.stderr, /nothing was filed.*--yes/);
    assert.match((await run(['demo', 'demand', '--yes', ...server.commandOptions])).stdout, /refused by a rule/);

    assert.equal((await run(['demo', '--remove', ...server.commandOptions])).code, 0);
    await until(async () => (await server.cli('user', 'list')).stdout.trim().split('\n').length === 1, 'erased', { seconds: 150 });
    await until(() => allFiles(path.join(server.folder, 'blobs')).length === 0, 'no files', { seconds: 150 });
    assert.deepEqual((await server.visitor().get('/api/v1/node')).body.demo, []);
    assert.equal(existsSync(path.join(server.folder, 'demo-sign-in')), false);
  } finally {
    await server.stop();
  }
});

test('killed midway it completes, with no clip twice', options, async () => {
  const folder = await initialised();
  const child = spawn(binary, ['demo', '--folder', folder, ...few(4)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  await until(() => allFiles(path.join(folder, 'blobs', 'public')).length > 2, 'a first file', { seconds: 150 });
  child.kill('SIGKILL');
  await ended;
  const { code, stdout, stderr } = await run(['demo', '--folder', folder, ...few(4)], { timeout: 300_000 });
  assert.equal(code, 0, stdout + stderr);
  let clips = 0;
  for (const handle of ['wren', 'noor', 'asha', 'mitali'])
    clips += (await run(['video', 'list', handle, '--folder', folder])).stdout.trim().split('\n').filter(Boolean).length;
  assert.equal(clips, 4);
});

test('amanat-media opens no file for a clip once its sandbox is up', { ...options, skip: options.skip || (spawnSync('strace', ['-V']).error ? 'strace is not there' : false) }, async (t) => {
  const folder = await initialised();
  const trace = path.join(folder, '..', 'trace');
  if (spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status !== 0) return t.skip('strace may not trace here');
  const child = spawn('strace', ['-ff', '-e', 'trace=open,openat,openat2,execve,seccomp,prctl', '-o', trace, binary, 'demo', '--folder', folder, ...few(1)], { stdio: 'ignore' });
  await new Promise((done) => child.on('close', done));
  let clips = 0;
  for (const name of readdirSync(path.dirname(trace)).filter((n) => n.startsWith('trace.'))) {
    const lines = readFileSync(path.join(path.dirname(trace), name), 'utf8').split('\n');
    if (!lines.some((l) => l.startsWith('execve') && l.includes('amanat-media'))) continue;
    const up = lines.map((l) => l.includes('SECCOMP')).lastIndexOf(true);
    if (up < 0) continue;                    // killed with the command, before it was up: it has read nothing yet
    assert.deepEqual(lines.slice(up + 1).filter((l) => /^open/.test(l)), []);
    clips++;
  }
  assert.ok(clips > 0, 'amanat-media was seen');
});
