// amanat bench fill: a network of any size that fsck finds whole, the same for the same numbers, and never among people.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { binary, freshFolder, root, run, startServer } from './server.mjs';

const sizes = ['--videos', '400', '--accounts', '40', '--likes', '3000'];
const cheap = ['--set', 'accounts.password_mib=8', '--set', 'accounts.password_passes=1'];
const fill = (folder, ...more) => run(['bench', 'fill', ...sizes, ...more, ...cheap, '--folder', folder], { timeout: 120_000 });

/** Runs it, and ends it as a power cut does once it has told of this. */
function cutOffAt(folder, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, ['bench', 'fill', ...sizes, ...cheap, '--folder', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
    let told = '';
    child.stderr.on('data', (bytes) => {
      told += bytes;
      if (words.test(told)) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => (signal === 'SIGKILL' ? resolve() : reject(new Error(`ended before it could be cut off: ${code}\n${told}`))));
  });
}

/** Of what was cut off in the middle files may be left that no row names: the next start clears them away. */
async function whole(folder, { cutOff = false } = {}) {
  const { code, stdout } = await run(['fsck', '--json', '--folder', folder], { timeout: 120_000 });
  assert.equal(code, 0, stdout);
  assert.deepEqual(JSON.parse(stdout).findings.filter((f) => !(cutOff && f.name === 'file-known' && f.examples.every((e) => e.startsWith('tmp/')))), []);
}

/** What everybody sees: clips are made by the encoder, whose bytes are its own. */
async function shown(folder) {
  const server = await startServer({ folder });
  const all = [];
  for (const where of ['search?q=tea', 'search?q=%E0%A4%9A%E0%A4%BE%E0%A4%AF', 'search?q=%D9%85%D8%B7%D8%B1', 'search?q=ka&kind=people', 'hashtags/tea/videos',
    'hashtags/%E0%A4%9A%E0%A4%BE%E0%A4%AF/videos']) {
    const { status, body } = await server.visitor().get(`/api/v1/${where}`);
    assert.equal(status, 200);
    all.push(...body.items);
  }
  for (const item of all.filter((i) => i.caption !== undefined).slice(0, 20)) {
    const { body } = await server.visitor().get(`/api/v1/videos/${item.id}/comments`);
    all.push(...body.items);
  }
  await server.stop();
  assert.ok(all.length > 40, `${all.length} things are shown`);
  return JSON.parse(JSON.stringify(all, (name, value) => (['src', 'poster', 'bytes', 'color'].includes(name) ? undefined : value)));
}

describe('a filled node', () => {
  const home = freshFolder();
  const first = path.join(home, 'first'), again = path.join(home, 'again'), other = path.join(home, 'other');

  test('is whole, and tells how far it is, how fast, and how long it will take', async () => {
    const { code, stdout, stderr } = await fill(first);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /400 videos, 40 accounts, 3000 likes/);
    for (const step of ['accounts', 'clips', 'videos', 'comments', 'people follow', 'people like', 'people watch', 'counts', 'counts are shown']) {
      assert.match(stderr, new RegExp(`^bench fill: ${step} \\d+ of \\d+, \\d+/s, [\\d.]+ s$`, 'm'), step);
    }
    await whole(first);
  });

  test('is taken for done when it is asked for again, and refused with other numbers', async () => {
    const { code, stdout, stderr } = await fill(first);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /is there/);
    assert.equal(stderr, '');
    const refused = await fill(first, '--seed', '2');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /other numbers: videos 400 accounts 40 likes 3000 seed 1/);
  });

  test('that was cut off twice goes on, and shows the same as one that was not', async () => {
    await cutOffAt(again, /accounts 40 of 40/);
    await cutOffAt(again, /people like 0 of 40/);
    const { code, stderr } = await fill(again);
    assert.equal(code, 0, stderr);
    await whole(again, { cutOff: true });
    assert.deepEqual(await shown(again), await shown(first));
  });

  test('shows something else for another seed', async () => {
    assert.equal((await fill(other, '--seed', '2')).code, 0);
    assert.notDeepEqual(await shown(other), await shown(first));
  });

  test('lets its people sign in, who like and follow', async () => {
    const server = await startServer({ folder: first });
    const { body: found } = await server.visitor().get('/api/v1/search?q=tea');
    const client = server.visitor();
    const { status, body } = await client.post('/api/v1/sessions', { handle: found.items[0].author.handle, password: 'a password for benches', client: 'program' });
    assert.equal(status, 201);
    client.token = body.token;
    assert.ok((await client.get('/api/v1/me/likes')).body.items.length > 0);
    assert.ok((await client.get('/api/v1/me/following')).body.items.length > 0);
    assert.ok((await client.get('/api/v1/feed')).body.items.length > 0);
    await server.stop();
  });
});

describe('a fill is refused', () => {
  test('on a node that it did not make', async () => {
    const folder = path.join(freshFolder(), 'node');
    assert.equal((await run(['init', '--folder', folder])).code, 0);
    const { code, stderr } = await fill(folder);
    assert.equal(code, 1);
    assert.match(stderr, /holds a node that bench fill did not make/);
  });

  test('where somebody else has signed up meanwhile', async () => {
    const folder = path.join(freshFolder(), 'node');
    await cutOffAt(folder, /accounts 40 of 40/);
    assert.equal((await run(['user', 'add', 'asha', ...cheap, '--folder', folder], { input: 'correct horse battery\n' })).code, 0);
    const { code, stderr } = await fill(folder);
    assert.equal(code, 1);
    assert.match(stderr, /people have accounts on this node/);
  });

  test('in a folder that holds something else, and for more likes than so few can give', async () => {
    const folder = path.join(freshFolder(), 'things');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'letter.txt'), 'mine');
    assert.match((await fill(folder)).stderr, /is not empty, and it holds no node/);
    const { code, stderr } = await run(['bench', 'fill', '--videos', '10', '--accounts', '10', '--likes', '51', '--folder', path.join(freshFolder(), 'node')]);
    assert.equal(code, 1);
    assert.match(stderr, /more than half of all/);
  });
});

test('an older schema is brought up to date, and the log says what is done', async () => {
  const folder = path.join(freshFolder(), 'node');
  assert.equal((await run(['init', '--folder', folder])).code, 0);
  const migrations = path.join(root, 'src/store/migrations');
  const later = readdirSync(migrations).filter((f) => f.endsWith('.public.sql') && f > '0042');
  const tables = later.flatMap((f) => [...readFileSync(path.join(migrations, f), 'utf8').matchAll(/^CREATE TABLE (\w+)/gm)].map((m) => m[1]));
  const older = `${tables.map((t) => `DROP TABLE ${t};`).join(' ')} PRAGMA user_version = 41`;
  execFileSync(path.join(path.dirname(binary), 'tests/system/damage'), [folder, `${folder}.key`, 'public', older]);
  const server = await startServer({ folder });
  await server.stop();
  later.forEach((file, i) => {
    const [, number, name] = /^(\d+)-(.*)\.public\.sql$/.exec(file);
    assert.ok(server.log.includes(`migrating public.db: ${number} ${name}, ${i + 1} of ${later.length}\n`), server.log);
  });
});
