// Clients that ask and do not read: cut, and meanwhile in nobody's way.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { freshFolder, startServer } from './server.mjs';
import { publish } from './upload.mjs';

const connections = async (server) => Number(/^amanat_http_connections (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

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

test('clients that never read are cut after server.idle_seconds, and others are served meanwhile', async () => {
  const clip = path.join(freshFolder(), 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=720x1280:r=25:d=4,noise=alls=30:allf=t', '-f', 'lavfi', '-i', 'sine=d=4', '-c:v', 'libx264', '-preset',
    'ultrafast', '-b:v', '8M', '-maxrate', '8M', '-bufsize', '8M', '-pix_fmt', 'yuv420p', '-c:a', 'aac', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const server = await startServer({ settings: { 'server.idle_seconds': 3 } });
  const video = await publish(await server.signUp('asha', { client: 'program' }), clip);
  const sockets = await Promise.all([...Array(60).keys()].map((i) => deaf(server, i % 3 ? video.src : '/api/v1/node')));
  const until = Date.now() + 30_000;
  let most = 0, now = Infinity, slowest = 0;
  while (now > 8 && Date.now() < until) {
    const began = Date.now();
    now = await connections(server);
    slowest = Math.max(slowest, Date.now() - began);
    most = Math.max(most, now);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(most >= 40, `they were there: ${most}`);
  assert.ok(now <= 8, `${now} are still held`);
  assert.ok(slowest < 2500, `another waited ${slowest} ms`);
  for (const socket of sockets) socket.destroy();
  await server.stop();
});
