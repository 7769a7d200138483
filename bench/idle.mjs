// make bench SUITE=idle, a part of survive: what 10,000 connections that are kept open and say nothing cost, each after one answered request.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { freshFolder, startServer } from '../tests/system/server.mjs';
import { report } from './measure.mjs';

const count = Number(process.env.CONNECTIONS ?? 10_000);
const atOnce = 200;

const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** A connection on which one request was answered; it stays open. */
function keptAlive(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
    socket.once('data', (d) => (d.toString('latin1').startsWith('HTTP/1.1 200') ? resolve(socket) : reject(new Error(d.toString('latin1').slice(0, 80)))));
    socket.once('error', reject);
  });
}

export async function idleFigure() {
  const allowed = Number(spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout);
  if (allowed < count + 2000) throw new Error(`${count} connections need ${count + 2000} open files, ${allowed} are allowed: raise the hard limit`);
  const server = await startServer({ folder: path.join(freshFolder(), 'node'),
    settings: { 'server.access_log': 'false', 'server.idle_seconds': 600, 'server.connections': count + 500 } });
  await fetch(`${server.url}/`);
  const empty = resident(server.pid);
  const sockets = [];
  while (sockets.length < count) sockets.push(...await Promise.all(Array.from({ length: Math.min(atOnce, count - sockets.length) }, () => keptAlive(server.port))));
  const open = Number(/^amanat_http_connections (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())[1]);
  const full = resident(server.pid);
  const began = performance.now();
  const { status } = await fetch(`${server.url}/healthz`);
  const answeredMs = performance.now() - began;
  for (const socket of sockets) socket.destroy();
  await server.stop();
  if (status !== 200 || open < count) throw new Error(`${open} of ${count} were open; /healthz ${status}`);
  return { name: 'idle_10k_mb', value: full, unit: 'MB', target: 350, better: 'less',
    commands: [`${count} connections, each with one answered GET /healthz, kept open; VmRSS of /proc/PID/status`],
    samples: { connections: open, without_mb: empty, with_mb: full, kib_each: (full - empty) * 1024 / count, one_more_answered_ms: answeredMs } };
}

if (process.argv[1] === new URL(import.meta.url).pathname) report('survive', [await idleFigure()], { part: true });
