// The commands: what they do, what they say, and how they end.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { until } from './patience.mjs';
import { binary, freshFolder, password, root, run, startServer } from './server.mjs';

const media = path.join(root, '..', 'shared', 'media');
const needsClips = { skip: existsSync(media) ? false : '../shared is not there' };
const cheap = ['--set', 'accounts.password_mib=8', '--set', 'accounts.password_passes=1'];

const ok = (result) => { assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`); return result.stdout; };
const commands = async () => [...ok(await run(['--help'])).matchAll(/^ {2}([a-z]+(?: [a-z]+)?)(?: [A-Z]| {2})/gm)].map((m) => m[1]);

test('help names every command, and every command has help with usage, options, examples and exit codes', async () => {
  const all = await commands();
  for (const name of ['serve', 'init', 'user add', 'video list', 'demand add', 'invite add', 'import', 'settings', 'openapi', 'version']) assert.ok(all.includes(name), name);
  for (const name of all) {
    const text = ok(await run([...name.split(' '), '--help']));
    for (const part of [`usage: amanat ${name}`, 'Options:', '--folder FOLDER', 'Examples:', 'Exit code: 0 done']) assert.ok(text.includes(part), `${name}: ${part}`);
    for (const line of text.split('\n')) assert.ok(line.length <= 130, line);
  }
});

test('a wrong command line is told with exit code 2', async () => {
  for (const args of [[], ['dance'], ['user'], ['user', 'dance'], ['serve', '--nonsense'], ['serve', 'extra'], ['user', 'add'], ['user', 'add', 'a', 'b'], ['serve', '--folder'], ['settings', '--mdoc=x']]) {
    const { code, stderr, stdout } = await run(args);
    assert.equal(code, 2, args.join(' '));
    assert.ok((stderr + stdout).includes('amanat'), args.join(' '));
  }
});

test('a wrong setting is told with its name and what is allowed', async () => {
  const file = path.join(freshFolder(), 'amanat.ini');
  writeFileSync(file, '[server]\nport = 99999\n');
  const wrong = await run(['serve', '--config', file]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /amanat\.ini:2: server\.port is "99999"; allowed: 0 to 65535/);
  assert.match((await run(['serve', '--set', 'server.prot=1'])).stderr, /did you mean server\.port\?/);
  assert.match((await run(['serve', '--config', '/nonexistent.ini'])).stderr, /No such file/);
});

test('without a node, serve and the commands say how to make one', async () => {
  const folder = path.join(freshFolder(), 'none');
  for (const args of [['serve'], ['user', 'list'], ['demand', 'count']]) {
    const { code, stderr } = await run([...args, '--folder', folder]);
    assert.equal(code, 1);
    assert.ok(stderr.includes(`amanat init --folder ${folder}`), stderr);
  }
});

test('init makes folder and key, the key outside and for its owner only, and does so once', async () => {
  const folder = path.join(freshFolder(), 'node');
  assert.match(ok(await run(['init', '--folder', folder])), /Keep a copy of the key file/);
  assert.equal(statSync(`${folder}.key`).mode & 0o777, 0o600);
  assert.match(readFileSync(`${folder}.key`, 'utf8'), /^[0-9a-f]{64}\n?$/);
  assert.equal(statSync(folder).mode & 0o077, 0);
  const again = await run(['init', '--folder', folder]);
  assert.deepEqual([again.code, /already/.test(again.stderr)], [1, true]);
  const inside = path.join(freshFolder(), 'other');
  const refused = await run(['init', '--folder', inside, '--set', `store.key_file=${inside}/region.key`]);
  assert.equal(refused.code, 1, refused.stdout);
  const full = freshFolder();
  writeFileSync(path.join(full, 'thesis.txt'), 'precious');
  assert.equal((await run(['init', '--folder', full])).code, 1);
  assert.equal(readFileSync(path.join(full, 'thesis.txt'), 'utf8'), 'precious');
});

test('another key opens nothing, and the message says so', async () => {
  const folder = path.join(freshFolder(), 'node');
  ok(await run(['init', '--folder', folder]));
  writeFileSync(`${folder}.key`, `${'0'.repeat(64)}\n`, { mode: 0o600 });
  const { code, stderr } = await run(['user', 'list', '--folder', folder]);
  assert.equal(code, 1);
  assert.match(stderr, /key/i);
});

test('accounts are added, listed, changed and deleted without a server', async () => {
  const folder = path.join(freshFolder(), 'node');
  const on = ['--folder', folder, ...cheap];
  ok(await run(['init', ...on]));
  ok(await run(['user', 'add', 'asha', '--role', 'operator', '--name', 'आशा', ...on], { input: `${password}\n` }));
  ok(await run(['user', 'add', 'omar', ...on], { input: `${password}\n` }));
  const list = ok(await run(['user', 'list', ...on]));
  assert.match(list, /^omar +member +active +\d{4}-\d\d-\d\d\nasha +operator +active/);
  for (const [args, pattern] of [[['user', 'add', 'asha'], /taken/], [['user', 'add', 'x'], /2 to 30/], [['user', 'add', 'fresh'], /password/]]) {
    const { code, stderr } = await run([...args, ...on], { input: args[2] === 'fresh' ? '\n' : `${password}\n` });
    assert.equal(code, 1, stderr);
    assert.match(stderr, pattern);
  }
  const secret = path.join(freshFolder(), 'password');
  writeFileSync(secret, `${password}\n`);
  ok(await run(['user', 'password', 'asha', '--password-file', secret, ...on]));
  assert.equal((await run(['user', 'password', 'asha', '--password-file', '/nonexistent', ...on])).code, 1);
  ok(await run(['user', 'suspend', 'omar', ...on]));
  assert.match(ok(await run(['user', 'list', ...on])), /^omar +member +suspended/);
  ok(await run(['user', 'restore', '@omar', ...on]));
  ok(await run(['user', 'role', 'omar', 'moderator', ...on]));
  assert.equal((await run(['user', 'role', 'omar', 'king', ...on])).code, 2);
  ok(await run(['user', 'password', 'omar', ...on], { input: 'a new long password\n' }));
  assert.equal((await run(['user', 'delete', 'omar', ...on])).code, 2, 'nobody is deleted unasked');
  ok(await run(['user', 'delete', 'omar', '--yes', ...on]));
  assert.equal((await run(['user', 'suspend', 'omar', ...on])).code, 1);
  assert.match((await run(['user', 'suspend', 'nobody_here', ...on])).stderr, /no account "nobody_here"/);
});

test('commands that write take turns, and say so when a turn takes too long; those that look need not wait', async () => {
  const folder = path.join(freshFolder(), 'node');
  ok(await run(['init', '--folder', folder]));
  const other = spawn('flock', [path.join(folder, 'command.lock'), 'sleep', '60'], { stdio: 'ignore', detached: true });
  try {
    const held = () => spawnSync('flock', ['--nonblock', path.join(folder, 'command.lock'), 'true']).status !== 0;
    await until(held, 'the other command holds the lock');
    const waited = await run(['invite', 'add', '--folder', folder]);
    assert.equal(waited.code, 1);
    assert.match(waited.stderr, /another command is changing the folder .*; wait until it is done\nTry again in a moment/);
    ok(await run(['user', 'list', '--folder', folder]));
    const patient = run(['invite', 'add', '--folder', folder]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.kill(-other.pid);
    ok(await patient);
  } finally {
    try { process.kill(-other.pid); } catch { /* it has ended */ }
  }
});

test('a node of which a database is gone is not opened with an empty one in its place', async () => {
  for (const name of ['keys.db', 'personal.db']) {
    const folder = path.join(freshFolder(), 'node');
    ok(await run(['init', '--folder', folder]));
    rmSync(path.join(folder, name));
    const { code, stderr } = await run(['user', 'list', '--folder', folder]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`${name} is gone from the data folder .*: put it back, or restore from a backup`));
    assert.ok(!existsSync(path.join(folder, name)));
  }
});

test('many commands at once all come in, whoever is first to open the node and last to leave it', async () => {
  const server = await startServer();
  await server.signUp('asha');                             // something has been published, and its outbox was emptied
  await server.stop();
  for (let round = 0; round < 8; round++) {
    const all = await Promise.all(Array.from({ length: 6 }, () => server.cli('user', 'list')));
    for (const { code, stderr } of all) assert.equal(code, 0, stderr);
  }
});

test('commands work beside a running server, and it sees what they did', async () => {
  const server = await startServer();
  const { code } = await run(['user', 'add', 'beside', ...server.commandOptions], { input: `${password}\n` });
  assert.equal(code, 0);
  const { status } = await server.visitor().post('/api/v1/sessions', { handle: 'beside', password });
  assert.equal(status, 201);
  const live = await server.signUp('live');
  assert.equal((await server.cli('user', 'suspend', 'live')).code, 0);
  assert.equal((await live.get('/api/v1/me')).status, 401);
  const second = await run(['serve', ...server.commandOptions]);
  assert.deepEqual([second.code, /another server runs on the folder/.test(second.stderr)], [1, true]);
  const other = path.join(freshFolder(), 'node');
  const taken = await run(['serve', '--init', '--folder', other, '--set', `server.port=${server.port}`]);
  assert.deepEqual([taken.code, /port|address/i.test(taken.stderr)], [1, true], taken.stderr);
  await server.stop();
});

test('a folder of clips is published, each outcome told, and one that cannot be does not stop the rest', needsClips, async () => {
  const server = await startServer();
  await server.signUp('maker');
  const folder = path.join(freshFolder(), 'clips');
  mkdirSync(folder);
  copyFileSync(path.join(media, 'derived__karma_vertical_2s.gif'), path.join(folder, 'a.gif'));
  writeFileSync(path.join(folder, 'b.mp4'), 'this is no video');
  copyFileSync(path.join(media, 'media__sample_audio_only.mp4'), path.join(folder, 'c.mp4'));
  copyFileSync(path.join(media, 'derived__karma_vertical_720x1280_10s_h264.mp4'), path.join(folder, 'd.mp4'));
  const { code, stdout } = await server.cli('import', folder, '--as', 'maker', '--language', 'en');
  assert.equal(code, 1, stdout);
  assert.match(stdout, /published .*a\.gif as \d+/);
  assert.match(stdout, /refused .*b\.mp4: .*[a-z]/);
  assert.match(stdout, /refused .*c\.mp4: The file has no moving picture/);
  assert.match(stdout, /published .*d\.mp4 as \d+/);
  assert.match(stdout, /2 published, 2 refused\n$/);
  const videos = (await server.visitor().get('/api/v1/accounts/maker/videos')).body.items;
  assert.equal(videos.length, 2);
  assert.equal(ok(await server.cli('video', 'list', 'maker')).trim().split('\n').length, 2);
  ok(await server.cli('video', 'remove', videos[0].id, '--yes'));
  assert.equal((await server.visitor().get(`/api/v1/videos/${videos[0].id}`)).status, 404);
  assert.equal((await server.cli('import', folder)).code, 2);
  assert.equal((await server.cli('import', '/nonexistent', '--as', 'maker')).code, 1);
  await server.stop();
});

test('the commands of the README work as they stand there', needsClips, async () => {
  const cwd = freshFolder(), clips = path.join(cwd, 'Videos'), file = path.join(cwd, 'password');
  mkdirSync(clips);
  copyFileSync(path.join(media, 'derived__karma_vertical_720x1280_10s_h264.mp4'), path.join(clips, 'one.mp4'));
  writeFileSync(file, `${password}\n`);
  ok(await run(['init'], { cwd }));
  const lines = readFileSync(path.join(root, 'README.md'), 'utf8').match(/^build\/amanat .*$/gm);
  assert.equal(lines.length, 2);
  for (const line of lines) ok(await run(line.split(' ').slice(1).map((word) => ({ 'FILE': file, '~/Videos': clips })[word] ?? word), { cwd }));
  assert.match(ok(await run(['video', 'list', 'asha'], { cwd })), /^\d+ /);
});

test('what settings prints is a file that serve takes', async () => {
  const text = ok(await run(['settings']));
  const file = path.join(freshFolder(), 'all.ini');
  writeFileSync(file, text.replaceAll(/^; ([a-z_]+ = )/gm, '$1'));
  const folder = path.join(freshFolder(), 'node');
  ok(await run(['init', '--config', file, '--folder', folder]));
});

test('the manual page names every command and every setting', async () => {
  const page = path.join(path.dirname(process.env.AMANAT_BIN ?? path.join(process.env.AMANAT_BUILD ?? 'build', 'amanat')), 'amanat.1');
  const text = readFileSync(path.resolve(root, page), 'utf8');
  for (const name of await commands()) assert.ok(text.includes(`.It Cm ${name}`), name);
  for (const [, name] of ok(await run(['settings'])).matchAll(/^; ([a-z_]+) = /gm)) assert.ok(text.includes(`.It Cm ${name} Ns =`), name);
});

test('the manual page is well formed', async (t) => {
  const lint = spawnSync('mandoc', ['-Tlint'], { input: ok(await run(['manual'])), encoding: 'utf8' });
  if (lint.error) { t.skip('mandoc is not installed'); return; }
  assert.equal(lint.stdout.split('\n').filter((line) => line && !/mandoc\.db/.test(line)).join('\n'), '');
});

test('version tells program and commit', async () => {
  assert.match(ok(await run(['version'])), /^amanat \d+\.\d+\.\d+ \(([0-9a-f]{12}|unknown)\)\n$/);
});

test('a server allows itself the files that its connections need, or says that it may not', async () => {
  const allowed = (pid) => Number(/^Max open files +(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))[1]);
  const begin = async (hard) => {
    const child = spawn('prlimit', [`--nofile=256:${hard}`, binary, 'serve', '--init', '--folder', path.join(freshFolder(), 'node'),
      '--set', 'server.port=0', '--set', 'server.connections=400'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '', logged = '';
    child.stderr.on('data', (d) => { logged += d; });
    await new Promise((resolve) => { child.stdout.on('data', (d) => { said += d; if (said.includes('is ready')) resolve(); }); child.on('close', resolve); });
    const files = allowed(child.pid);
    child.kill('SIGTERM');
    await new Promise((resolve) => { child.on('close', resolve); });
    return { files, logged };
  };
  const free = await begin(4096);
  assert.equal(free.files, 750);
  assert.ok(!free.logged.includes('warn'), free.logged);
  const bound = await begin(500);
  assert.equal(bound.files, 500);
  assert.match(bound.logged, /warn server\.connections=400 needs 750 open files, and 500 are allowed/);
});

test('a server that is asked to stop ends well, and ends what runs', async () => {
  const server = await startServer();
  const requests = Array.from({ length: 8 }, (_, i) => server.visitor().post('/api/v1/accounts', { handle: `late${i}`, password }).catch(() => null));
  await new Promise((r) => setTimeout(r, 5));
  await server.stop();
  for (const answer of await Promise.all(requests)) if (answer) assert.ok([201, 503].includes(answer.status), String(answer.status));
  assert.match(server.log, /stopped\n$/);
});
