// make bench SUITE=survive: what it costs to survive, against the plain tools.
//
//   ONLY=backup,growth  some parts;  ROUNDS=7;  growth.mjs has settings of its own
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { binary, freshFolder } from '../tests/system/server.mjs';
import { Campaign } from '../tests/kills/campaign.mjs';
import { accelFigure } from './accel.mjs';
import { smallDisk } from './fulldisk.mjs';
import { growth } from './growth.mjs';
import { idleFigure } from './idle.mjs';
import { inTurn, report } from './measure.mjs';

const rounds = Number(process.env.ROUNDS ?? 7);
const folder = freshFolder();
const rows = [];
const row = (name, unit, target, better, value, commands, samples) => {
  rows.push({ name, value, unit, target, better, commands, samples });
  console.log(`${name}: ${value.toFixed(3)} ${unit}`);
};
const must = (argv) => {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync(argv[0], argv.slice(1), { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  return Number(process.hrtime.bigint() - began) / 1e9;
};

/** A node whose public files are so many megabytes, as large as clips are. */
function nodeWith(megabytes) {
  const node = path.join(folder, 'node');
  must([binary, 'init', '--folder', node]);
  const names = [];
  for (let i = 0; i < megabytes / 8; i++) {
    const bytes = randomBytes(8e6);
    const name = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(path.join(node, 'blobs/public', name.slice(0, 2), name), bytes);
    names.push(`('${name}', 'public', 'ready', ${bytes.length}, 'video/mp4', 1)`);
  }
  execFileSync(path.join(path.dirname(binary), 'tests/system/damage'), [node, `${node}.key`, 'personal', `INSERT INTO blob VALUES ${names.join(', ')}`]);
  return node;
}

/** The first backup, with every file read, hashed, written and synced, against tar, which reads and writes. */
async function backupVsTar() {
  const megabytes = 400;
  const node = nodeWith(megabytes);
  const dir = path.join(folder, 'backup');
  const archive = path.join(folder, 'node.tar');
  const fresh = () => { rmSync(dir, { recursive: true, force: true }); rmSync(archive, { force: true }); spawnSync('sync', ['-f', folder]); };
  const amanat = [binary, 'backup', dir, '--folder', node];
  const tar = ['tar', '-C', folder, '-cf', archive, 'node'];
  const speed = (argv) => () => { fresh(); return megabytes / must(argv); };
  const result = await inTurn(rounds, speed(amanat), speed(tar));
  fresh();
  row('backup_vs_tar', 'ratio', 0.5, 'more', result.ratio, ['amanat backup DIR (syncs what it wrote)', 'tar -cf FILE (does not)'],
    { amanat_mb_per_s: result.a, tar_mb_per_s: result.b });
}

/** The harness of the tests, as it is: kills that lost nothing.  With a fault in it, none of them counts. */
async function killsOk() {
  const kills = 300;
  const result = await new Campaign({ kills, say: console.log }).run();
  for (const fault of result.faults) console.log(fault);
  row('kills_ok', 'kills', kills, 'more', result.faults.length ? 0 : result.kills, [`node tests/kills/campaign.mjs --kills ${kills} --seed ${result.seed}`], result);
}

/** Reads at a fixed pace while the disk refuses writes, and while it takes them; the same writes are sent on both sides. */
async function fullDisk() {
  const disk = await smallDisk(folder);
  try {
    const samples = await inTurn(rounds, () => disk.readsWhile('full'), () => disk.readsWhile('room'));
    row('fulldisk_read_ratio', 'ratio', 2, 'less', samples.ratio, ['reads at 200 a second beside 8 clients that write, disk full', 'the same, with room'],
      { p99_us_full: samples.a, p99_us_room: samples.b });
  } finally {
    await disk.end();
  }
}

const parts = { backup: backupVsTar, kills: killsOk, disk: fullDisk, growth: () => growth(row), accel: async () => rows.push(await accelFigure()), idle: async () => rows.push(await idleFigure()) };
const only = process.env.ONLY?.split(',');
mkdirSync(folder, { recursive: true });
for (const [name, measure] of Object.entries(parts)) if (!only || only.includes(name)) await measure();
report('survive', rows, { part: only !== undefined });
