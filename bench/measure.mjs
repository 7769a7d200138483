// What the benches share: pairs of sides run in turn, medians, the table, the file with the raw samples.
//
// The machine is noisy: a figure is a ratio of two sides that ran in turn in one session, the median over the rounds.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { root } from '../tests/system/server.mjs';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Runs each side once a round, A B, B A, A B ...; resolves with { a: [...], b: [...], ratio } of a over b. */
export async function inTurn(rounds, a, b) {
  const samples = { a: [], b: [] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 ? ['b', 'a'] : ['a', 'b'];
    for (const side of order) samples[side].push(await (side === 'a' ? a : b)());
  }
  return { ...samples, ratio: median(samples.a.map((v, i) => v / samples.b[i])) };
}

/** Runs wrk; resolves with { rps, bytesPerSecond, errors }. `script` is the path of a Lua script. */
export function wrk({ url, seconds = 3, connections = 64, threads = 1, script, args = [] }) {
  const argv = [`-t${threads}`, `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', ...(script ? ['-s', script] : []), url, ...(args.length ? ['--', ...args] : [])];
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', argv);
    let output = '';
    child.stdout.on('data', (d) => { output += d; });
    child.stderr.on('data', (d) => { output += d; });
    child.on('error', reject);
    child.on('close', (code) => {
      const rps = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
      const transfer = /Transfer\/sec:\s+([\d.]+)(KB|MB|GB|B)/.exec(output);
      if (code !== 0 || !(rps > 0)) return reject(new Error(`wrk ${argv.join(' ')}: ${output}`));
      const unit = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[transfer[2]];
      const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0);
      if (refused) return reject(new Error(`wrk ${url}: ${refused} answers were not 2xx\n${output}`));
      resolve({ rps, bytesPerSecond: Number(transfer[1]) * unit, command: `wrk ${argv.join(' ')}` });
    });
  });
}

/** nginx with sendfile over one folder, on a free port; resolves with { url, stop }. */
export async function nginx(folder, port) {
  const conf = path.join(folder, 'nginx.conf');
  writeFileSync(conf, `worker_processes 2; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
server { listen 127.0.0.1:${port}; root ${folder}/www; } }\n`);
  const user = process.getuid() === 0 ? ['-g', 'user root;'] : [];
  const child = spawn('nginx', ['-p', folder, '-c', conf, ...user], { stdio: 'ignore' });
  await answers(`http://127.0.0.1:${port}/`);
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill('SIGTERM') };
}

export async function answers(url, seconds = 10) {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    try { return await fetch(url); } catch (e) {
      if (Date.now() > until) throw new Error(`${url} does not answer: ${e.cause ?? e}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export async function freePort() {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => resolve(port)); });
  });
}

/** Prints a table and writes bench/results/SUITE.json; `part`: figures that were not measured now stay, each says its day and commit.
 * A row: { name, value, unit, target, better: 'more'|'less', commands, samples }. */
export function report(suite, rows, { part = false } = {}) {
  const met = (r) => (r.better === 'less' ? r.value <= r.target : r.value >= r.target);
  console.log(`\n${'figure'.padEnd(26)}${'value'.padStart(10)}  ${'unit'.padEnd(12)}${'wanted'.padStart(10)}`);
  for (const r of rows) {
    const wanted = `${r.better === 'less' ? '<=' : '>='} ${r.target}`;
    console.log(`${r.name.padEnd(26)}${r.value.toFixed(3).padStart(10)}  ${r.unit.padEnd(12)}${wanted.padStart(10)}  ${met(r) ? 'met' : 'MISSED'}`);
  }
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim();
  const when = new Date().toISOString();
  const machine = { cores: os.cpus().length, model: os.cpus()[0].model, kernel: os.release() };
  const file = path.join(root, 'bench/results', `${suite}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const measured = rows.map((r) => ({ ...r, met: met(r), when, commit }));
  const kept = part && existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).figures.filter((f) => !measured.some((m) => m.name === f.name)) : [];
  writeFileSync(file, `${JSON.stringify({ suite, machine, figures: [...kept, ...measured] }, null, 1)}\n`);
  console.log(`\n${path.relative(process.cwd(), file)} holds the raw samples`);
}
