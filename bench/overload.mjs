// make bench SUITE=overload: what reads notice of it while more is written than the node takes, and writes are refused.
//
// One write a group and a patience of 20 ms make any disk a slow one: 300 connections write as fast as they are answered.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { freshFolder, root, startServer } from '../tests/system/server.mjs';
import { inTurn, report } from './measure.mjs';

const rounds = Number(process.env.ROUNDS ?? 5), seconds = 3;

/** Runs wrk; resolves with what it printed. */
function wrk(argv) {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn('wrk', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (d) => { output += d; });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

/** The 99th percentile of reads, in milliseconds; each must be answered 200. */
async function p99(server, token) {
  const output = await wrk(['-t1', '-c16', `-d${seconds}s`, '--latency', '-H', `Authorization: Bearer ${token}`, `${server.url}/api/v1/me`]);
  const [, value, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? [];
  if (!value || /Non-2xx/.test(output)) throw new Error(output);
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
}

const server = await startServer({ settings: { 'server.access_log': 'false', 'server.write_wait_ms': 20, 'store.group_max': 1 } });
const people = await Promise.all(Array.from({ length: 20 }, (_, i) => server.signUp(`person${i}`, { client: 'program' })));
const tokens = path.join(freshFolder(), 'tokens');
writeFileSync(tokens, `${people.slice(1).map((p) => p.token).join(' ')}\n`);
const refused = [];
const flooded = async () => {
  const flood = wrk(['-t1', '-c300', `-d${seconds + 1}s`, '-s', path.join(root, 'bench/writes.lua'), server.url, '--', tokens]);
  const value = await p99(server, people[0].token);
  const output = await flood;
  const all = Number(/(\d+) requests in/.exec(output)?.[1]), not = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
  if (!(not > 0 && not < all)) throw new Error(`nothing was refused, or all\n${output}`);
  refused.push(not / all);
  return value;
};
const result = await inTurn(rounds, flooded, () => p99(server, people[0].token));
await server.stop();
report('overload', [{ name: 'overload_read_ratio', value: result.ratio, unit: 'ratio', target: 3, better: 'less',
  commands: [`wrk -t1 -c16 -d${seconds}s --latency AMANAT/api/v1/me beside wrk -t1 -c300 -s bench/writes.lua`, 'the same alone'],
  samples: { p99_ms_under_writes: result.a, p99_ms_alone: result.b, share_of_writes_refused: refused } }]);
