// Under a service manager: what it is told, the socket that it hands over, and the restrictions of the unit.
// There is no systemd in a test, so its side of the two protocols is played: a listener on NOTIFY_SOCKET, a socket as descriptor 3.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { binary, freshFolder, startServer, Server } from './server.mjs';
import { publish } from './upload.mjs';

const beside = (name) => path.join(path.dirname(binary), 'tests/system', name);

/** The service manager's end of NOTIFY_SOCKET. */
async function manager(t) {
  const socket = path.join(freshFolder(), 'notify');
  const child = spawn(beside('notified'), [socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.stdin.end());
  const lines = [], waiting = [];
  let rest = '';
  child.stdout.on('data', (d) => {
    const parts = (rest + d).split('\n');
    rest = parts.pop();
    for (const line of parts) { lines.push(line); for (const w of [...waiting]) w(); }
  });
  const told = (pattern, times = 1) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${pattern} was not told: ${lines}`)), 20_000);
    const look = () => { if (lines.filter((l) => pattern.test(l)).length >= times) { clearTimeout(timer); waiting.splice(waiting.indexOf(look), 1); resolve(); } };
    waiting.push(look);
    look();
  });
  await told(/^listening$/);
  return { socket, lines, told };
}

test('it says when it is ready, that it lives, and when it stops', async (t) => {
  const { socket, lines, told } = await manager(t);
  const server = await startServer({ env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '200000' } });
  await told(/^READY=1 STATUS=/);
  assert.ok(await server.alive(), 'ready means that it answers');
  await told(/^WATCHDOG=1$/, 3);
  await server.stop();
  await told(/^STOPPING=1/);
  assert.ok(lines.findIndex((l) => /READY/.test(l)) < lines.findIndex((l) => /STOPPING/.test(l)));
});

test('without a watchdog none is told, and a socket that is not there stops nothing', async (t) => {
  const { socket, lines, told } = await manager(t);
  const server = await startServer({ env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' } });
  await told(/^READY=1/);
  await server.stop();
  await told(/^STOPPING=1/);
  assert.deepEqual(lines.filter((l) => /WATCHDOG/.test(l)), []);
  for (const where of ['/nonexistent/socket', '@nobody-listens-here', 'relative', '/'.padEnd(300, 'x')]) {
    const other = await startServer({ env: { NOTIFY_SOCKET: where, WATCHDOG_USEC: '50000' } });
    assert.ok(await other.alive(), where);
    await other.stop();
  }
});

/** Starts the server with a socket that this process holds, as LISTEN_FDS says. */
async function activated(folder, listener) {
  const options = new Server({ folder }).commandOptions;
  const child = spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"', binary, 'serve', '--init', ...options, '--set', 'server.port=1'],
    { stdio: ['ignore', 'pipe', 'pipe', listener._handle.fd] });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
  let said = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (d) => { said += d; if (/Amanat is ready/.test(said)) resolve(); });
    child.stderr.on('data', (d) => { said += d; });
    ended.then(() => reject(new Error(said)));
  });
  return { said, stop: () => { child.kill('SIGTERM'); return ended; } };
}

test('a socket that was handed over is served, and stays open across a restart', async (t) => {
  const folder = path.join(freshFolder(), 'node');
  // The handle alone: Node must not accept on it.
  const listener = net.createServer();
  await new Promise((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  const { port } = listener.address();
  const held = { _handle: { fd: listener._handle.fd } };
  listener._handle.unref();
  const first = await activated(folder, held);
  assert.match(first.said, new RegExp(`:${port}/`));
  t.after(() => listener.close());
  // This process listens on the same queue, so what it takes itself it closes; what amanat takes is answered.
  listener.on('connection', (socket) => socket.destroy());
  const asks = async () => { try { return (await fetch(`http://127.0.0.1:${port}/healthz`)).status; } catch { return 0; } };
  const served = async () => { for (let i = 0; i < 400; i++) if (await asks() === 200) return true; return false; };
  assert.ok(await served());
  assert.equal(await first.stop(), 0);
  const between = await new Promise((resolve) => { const c = net.connect(port, '127.0.0.1', () => { c.destroy(); resolve('taken'); }).on('error', (e) => resolve(e.code)); });
  assert.equal(between, 'taken', 'nobody is refused while it is away');
  const second = await activated(folder, held);
  assert.ok(await served());
  assert.equal(await second.stop(), 0);
});

test('under the restrictions of the unit a clip is uploaded, processed in a full sandbox, and published', async () => {
  const folder = freshFolder();
  chmodSync(folder, 0o777);
  const clip = path.join(folder, 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=360x640:r=25:d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-c:v', 'libx264',
    '-pix_fmt', 'yuv420p', '-c:a', 'aac', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, ``);
  // A leak checker looks by ptrace, which the unit takes away.
  const server = new Server({ folder: path.join(folder, 'node'), env: { ASAN_OPTIONS: 'abort_on_error=1:detect_leaks=0' } });
  server.program = [beside('confined'), binary];
  await server.start();
  const asha = await server.signUp('asha');
  const video = await publish(asha, clip);
  assert.equal(video.author.handle, 'asha');
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  assert.match(status, /^CapEff:\s+0+$/m);
  await server.stop();
  assert.doesNotMatch(server.log, /degraded sandbox|failed/, server.log);
});
