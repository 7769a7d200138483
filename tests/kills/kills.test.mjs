// Killed at any moment, nothing that was acknowledged is lost, and nothing is there twice.  KILLS and SEED choose another campaign.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { binary, freshFolder, startServer } from '../system/server.mjs';
import { Campaign } from './campaign.mjs';
import { mortal } from './victim.mjs';

const kills = Number(process.env.KILLS ?? 300);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`${kills} kills lose nothing that was acknowledged (SEED=${seed})`, async (t) => {
  const result = await new Campaign({ kills, seed, say: (line) => t.diagnostic(line) }).run();
  t.diagnostic(JSON.stringify({ ...result, faults: result.faults.length }));
  assert.deepEqual(result.faults, []);
  assert.ok(result.in_flight >= 0.9 * kills, `only ${result.in_flight} of ${kills} landed while a write was in flight`);
});

const must = (argv) => { const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: 'utf8' }); assert.equal(status, 0, stdout + stderr); return stdout; };

/** The place where it ended; null: it came to its end. */
const initUntil = (folder, nth) => new Promise((resolve) => {
  const child = spawn(mortal, [String(nth), 'init', '--folder', folder], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stdio[3].on('data', (d) => { told += d; });
  child.on('close', (code, signal) => { if (signal === null) assert.equal(code, 0); resolve(signal ? /killed (\S+)/.exec(told)[1] : null); });
});

test('an init that was killed, wherever, is taken up again', async () => {
  const places = new Set();
  const all = freshFolder();
  for (let nth = 1; ; nth += nth < 40 ? 1 : 9) {       // later on it is statements of migrations, one like the other
    const folder = path.join(all, String(nth), 'node');
    mkdirSync(path.dirname(folder));
    const place = await initUntil(folder, nth);
    const again = spawnSync(binary, ['init', '--folder', folder], { encoding: 'utf8' });
    if (again.status !== 0) assert.match(again.stderr, /there is a node in .* already/, `killed at ${place}`);
    if (!place || !places.has(place)) {
      const server = await startServer({ folder });
      await server.signUp('asha');
      await server.stop();
      const { clean } = JSON.parse(must([binary, 'fsck', '--json', '--folder', folder]));
      assert.ok(clean, `killed at ${place}`);
    }
    assert.deepEqual(readdirSync(path.dirname(folder)).sort(), ['node', 'node.key', 'node.ledger'], `killed at ${place}`);
    rmSync(path.dirname(folder), { recursive: true });
    if (!place) break;
    places.add(place);
  }
  assert.ok(places.size > 8, [...places].join(' '));
});

test('a folder that holds something else is not taken', () => {
  const folder = freshFolder();
  must(['touch', path.join(folder, 'diary.txt')]);
  const { status, stderr } = spawnSync(binary, ['init', '--folder', folder], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /is not empty, and it holds no node/);
  assert.ok(!existsSync(`${folder}.key`));
});
