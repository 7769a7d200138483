// make bench SUITE=ledger: what it costs to enter into the log, to be included, to verify.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

import { binary, freshFolder } from '../tests/system/server.mjs';
import { inTurn, median, report } from './measure.mjs';

const rounds = Number(process.env.ROUNDS ?? 7);
const part = process.env.ONLY;
const driver = path.join(path.dirname(binary), 'bench/append');
const base = freshFolder();
const rows = [];
const row = (name, unit, target, better, value, commands, samples) => {
  rows.push({ name, value, unit, target, better, commands, samples });
  console.log(`${name}: ${value.toFixed(3)} ${unit}`);
};

/** The driver in a folder of its own, on the disk that data folders lie on. */
function measure(...args) {
  mkdirSync(base, { recursive: true });
  const folder = mkdtempSync(path.join(base, 'run-'));
  const output = execFileSync(driver, [folder, ...args.map(String)], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return output.trim().split('\n').map(Number);
}

const groups = 1000;
const size = 200;

/** Groups of 200 entries, one after the other, each durable before the next, against appending the same lines to a file with an fsync a group. */
async function append() {
  const speed = (what) => () => (groups * size) / measure(what, groups, size)[0];
  const result = await inTurn(rounds, speed('append'), speed('bare'));
  const commands = [`bench/append FOLDER append ${groups} ${size}`, `bench/append FOLDER bare ${groups} ${size}`];
  const samples = { append_per_s: result.a, bare_per_s: result.b };
  row('append_per_s', 'entries/s', 20_000, 'more', median(result.a), commands.slice(0, 1), samples);
  row('append_vs_fsync', 'ratio', 0.5, 'more', result.ratio, commands, samples);
}

/** From the append of a single entry to its inclusion under a checkpoint that is shown. */
function included() {
  const all = Array.from({ length: rounds }, () => measure('wait', 150).sort((a, b) => a - b));
  const p99 = (sorted) => sorted[Math.floor(sorted.length * 0.99)];
  row('included_p99_ms', 'ms', 150, 'less', median(all.map(p99)), ['bench/append FOLDER wait 150'],
    { p99_ms: all.map(p99), p50_ms: all.map((s) => s[s.length >> 1]) });
}

const parts = { append, included };
if (existsSync(new URL('./verify.mjs', import.meta.url))) parts.verify = async () => rows.push(...[(await (await import('./verify.mjs')).verifyFigure(rounds))].flat());
for (const [name, run] of Object.entries(parts)) if (!part || part === name) await run();
report('ledger', rows, { part: Boolean(part) });
