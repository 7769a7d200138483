// Clients that are slow on purpose, in heads, in bodies, in reading: cut, and meanwhile in nobody's way.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { until } from './patience.mjs';
import { freshFolder, startServer } from './server.mjs';
import { publish } from './upload.mjs';

const connections = async (server) => Number(/^amanat_http_connections (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

/** Some 4 MB for four seconds: more than any socket holds. */
function noisyClip() {
  const clip = path.join(freshFolder(), 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=720x1280:r=25:d=4,noise=alls=30:allf=t', '-f', 'lavfi', '-i', 'sine=d=4', '-c:v', 'libx264', '-preset',
    'ultrafast', '-b:v', '8M', '-maxrate', '8M', '-bufsize', '8M', '-pix_fmt', 'yuv420p', '-c:a', 'aac', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return clip;
}

/** The same again and again in one file. */
function longer(clip, times) {
  const all = path.join(freshFolder(), 'longer.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-stream_loop', String(times), '-i', clip, '-c', 'copy', all], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return all;
}

/** Asks for the same thing again and again on one connection, and never reads. */
function deaf(server, where) {
  return new Promise((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1', () => {
      socket.pause();
      socket.write(`GET ${where} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`.repeat(100));
      resolve(socket);
    });
    socket.on('error', () => {});
  });
}

const shed = async (server, what) => Number(new RegExp(`^amanat_http_shed_total\\{what="${what}"\\} (\\d+)$`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

/** Sends what it is given, then a byte of `drip` every 100 ms until the server has had enough; resolves with the seconds that took and what was said. */
function trickle(server, beginning, drip) {
  return new Promise((resolve) => {
    const began = Date.now();
    let said = '', timer;
    const socket = net.connect(server.port, '127.0.0.1', () => {
      socket.write(beginning);
      let i = 0;
      timer = setInterval(() => socket.write(drip[i++ % drip.length]), 100);
    });
    socket.on('data', (d) => { said += d; });
    socket.on('error', () => {});
    socket.on('close', () => { clearInterval(timer); resolve({ seconds: (Date.now() - began) / 1000, said }); });
  });
}

test('a byte now and then is no progress: heads, bodies and uploads that trickle are cut within server.body_seconds', async () => {
  const server = await startServer({ settings: { 'server.idle_seconds': 2, 'server.body_seconds': 2 } });
  const asha = await server.signUp('asha', { client: 'program' });
  const begun = await asha.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '100000' } });
  const host = `Host: 127.0.0.1:${server.port}\r\n`, bearer = `Authorization: Bearer ${asha.token}\r\n`;
  const slow = {
    'a request line': ['GET /', 'a'],
    'a head': [`GET / HTTP/1.1\r\n${host}`, 'X-A: b\r\n'],
    'a small body': [`POST /api/v1/sessions HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n`, ' '],
    'a chunked body': [`POST /api/v1/sessions HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    'an upload': [`PATCH ${begun.headers.get('location')} HTTP/1.1\r\n${host}${bearer}Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n`
      + 'Content-Type: application/offset+octet-stream\r\nContent-Length: 100000\r\n\r\n', 'x'],
  };
  const cut = await Promise.all(Object.entries(slow).map(async ([what, [beginning, drip]]) => [what, await trickle(server, beginning, drip.length > 8 ? [drip] : [...drip])]));
  for (const [what, { seconds, said }] of cut) {
    assert.ok(seconds < 20, `${what}: ${seconds} s`);
    assert.match(said, /^HTTP\/1\.1 408 /, what);
  }
  assert.ok(await server.alive());
  await server.stop();
});

test('who reads a byte now and then is cut, who reads slowly but steadily gets all of it', async () => {
  const clip = longer(noisyClip(), 5);                 // more than the sockets of both sides hold
  const server = await startServer({ settings: { 'server.idle_seconds': 30, 'server.body_seconds': 2 } });
  const video = await publish(await server.signUp('asha', { client: 'program' }), clip);
  const whole = Buffer.from(await (await fetch(new URL(video.src, server.url))).arrayBuffer());
  const steady = (async () => {
    let n = 0;
    for await (const part of (await fetch(new URL(video.src, server.url))).body) {
      n += part.length;
      await new Promise((resolve) => setTimeout(resolve, (part.length / whole.length) * 7000));
    }
    return n;
  })();
  // a kilobyte a second each: never silent, and they would take hours
  const sippers = Array.from({ length: 10 }, () => spawn('curl', ['-s', '-o', '/dev/null', '--limit-rate', '1000', '--max-time', '60', `${server.url}${video.src}`], { stdio: 'ignore' }));
  await until(async () => await shed(server, 'reader') === 10, 'all ten are cut');
  for (const sipper of sippers) sipper.kill();
  assert.equal(await steady, whole.length);
  await server.stop();
});

test('one block cannot take all connections, and a full table still answers /healthz', async () => {
  const server = await startServer({ settings: { 'server.connections': 40, 'server.block_connections': 30 } });
  const hold = (from) => new Promise((resolve) => {
    const socket = net.connect({ port: server.port, host: '127.0.0.1', localAddress: from });
    socket.on('error', () => {});
    socket.once('close', () => resolve(null));
    socket.once('connect', () => socket.write(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`));
    socket.once('data', () => resolve(socket));
  });
  const ask = (from, where = '/api/v1/node') => new Promise((resolve, reject) => {
    const socket = net.connect({ port: server.port, host: '127.0.0.1', localAddress: from });
    let said = '';
    socket.on('data', (d) => { said += d; });
    socket.on('error', reject);
    socket.on('close', () => resolve(said));
    socket.on('connect', () => socket.write(`GET ${where} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`));
  });
  const flood = [];
  for (let i = 0; i < 30; i++) flood.push(await hold('127.5.5.1'));
  assert.match(await ask('127.5.5.1'), /^HTTP\/1\.1 429 [^]*Retry-After: \d+\r\n[^]*"crowded"/);
  assert.match(await ask('127.6.6.1'), /^HTTP\/1\.1 200 /, 'another block goes on');
  for (let i = 0; i < 10; i++) flood.push(await hold('127.7.7.1'));
  assert.match(await ask('127.6.6.1'), /^HTTP\/1\.1 503 [^]*Retry-After: \d+\r\n[^]*"crowded"/);
  assert.match(await ask('127.6.6.1', '/healthz'), /^HTTP\/1\.1 200 /);
  assert.match(await ask('127.5.5.1', '/healthz'), /^HTTP\/1\.1 200 /, 'to a full block, too');
  assert.match(await ask('127.6.6.1', '/metrics'), /amanat_http_shed_total\{what="connection"\} [1-9]/);
  for (const socket of flood) socket?.destroy();
  await server.stop();
});

test('clients that never read are cut after server.idle_seconds, and others are served meanwhile', async () => {
  const clip = noisyClip();
  const server = await startServer({ settings: { 'server.idle_seconds': 5 } });
  const video = await publish(await server.signUp('asha', { client: 'program' }), clip);
  const sockets = await Promise.all([...Array(60).keys()].map((i) => deaf(server, i % 3 ? video.src : '/api/v1/node')));
  const end = Date.now() + 60_000;
  let most = 0, now = Infinity, slowest = 0;
  while (now > 8 && Date.now() < end) {
    const began = Date.now();
    now = await connections(server);
    slowest = Math.max(slowest, Date.now() - began);
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(most >= 40, `they were there: ${most}`);
  assert.ok(now <= 8, `${now} are still held`);
  assert.ok(slowest < 4500, `another waited ${slowest} ms`);
  for (const socket of sockets) socket.destroy();
  await server.stop();
});
