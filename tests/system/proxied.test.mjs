// Behind nginx with the packaged file: TLS and HTTP/2 in front, the bytes of public clips sent by nginx itself.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { nginxBefore } from '../../bench/proxied.mjs';
import { freshFolder, password, root, run, startServer } from './server.mjs';
import { publish } from './upload.mjs';

const folder = freshFolder();
let server, proxy, video, bytes;

before(async () => {
  const clip = path.join(folder, 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=360x640:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2', '-c:v', 'libx264', '-pix_fmt', 'yuv420p',
    '-c:a', 'aac', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  server = await startServer({ folder: path.join(folder, 'node'), settings: { 'server.accel': '/amanat-blobs', 'server.trusted_proxies': '127.0.0.1' } });
  proxy = await nginxBefore(server, path.join(folder, 'nginx'), { clear: true });
  video = await publish(await server.signUp('asha', { client: 'program' }), clip);
  bytes = Buffer.from(await (await fetch(server.url + video.src)).arrayBuffer());
});
after(async () => { await proxy?.stop(); await server?.stop(); });

/** Over TLS through nginx: { status, headers, bytes }. */
function ask(where, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = https.request(proxy.https + where, { method, headers, rejectUnauthorized: false }, (answer) => {
      const parts = [];
      answer.on('data', (d) => parts.push(d)).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, bytes: Buffer.concat(parts) }));
    });
    request.on('error', reject).end(body);
  });
}

test('a whole clip comes through, sent by nginx, with its type and what protects it', async () => {
  const { status, headers, bytes: got } = await ask(video.src);
  assert.equal(status, 200);
  assert.equal(createHash('sha256').update(got).digest('hex'), path.basename(video.src, '.mp4'));
  assert.equal(headers['content-type'], 'video/mp4');
  assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(headers['content-security-policy'], /sandbox/);
  assert.equal(headers['cross-origin-resource-policy'], 'cross-origin');
  assert.equal(headers['accept-ranges'], 'bytes');
  assert.ok(headers['last-modified'], 'amanat sends none: so nginx sent this');
  assert.equal(headers['x-accel-redirect'], undefined);
});

test('the head of a clip and its first bytes come in one packet, whatever the connection carried before', async () => {
  const { hostname, port } = new URL(proxy.clear);
  const socket = net.connect(Number(port), hostname);
  const packets = () => Number(/data_segs_in:(\d+)/.exec(execFileSync('ss', ['-tinH', `sport = :${socket.localPort}`], { encoding: 'utf8' }))[1]);
  const ask = (request, bodyBytes) => new Promise((resolve, reject) => {
    let text = '';
    const take = (data) => {
      text += data.toString('latin1');
      if (text.split('\r\n\r\n')[1]?.length !== bodyBytes) return;
      socket.off('data', take);
      resolve(text);
    };
    socket.on('data', take).once('error', reject).write(`${request}\r\nHost: amanat.example\r\n\r\n`);
  });
  await ask('HEAD / HTTP/1.1', 0);
  const earlier = packets();
  assert.match(await ask(`GET ${video.src} HTTP/1.1\r\nRange: bytes=0-99`, 100), /^HTTP\/1.1 206 /);
  assert.equal(packets() - earlier, 1);
  socket.destroy();
});

test('ranges and conditional requests work through it', async () => {
  const whole = await ask(video.src);
  for (const [range, from, to] of [['bytes=0-99', 0, 100], ['bytes=1000-1999', 1000, 2000], ['bytes=-10', bytes.length - 10, bytes.length]]) {
    const { status, headers, bytes: got } = await ask(video.src, { headers: { range } });
    assert.equal(status, 206, range);
    assert.equal(headers['content-range'], `bytes ${from}-${to - 1}/${bytes.length}`);
    assert.deepEqual(got, bytes.subarray(from, to), range);
  }
  assert.equal((await ask(video.src, { headers: { range: `bytes=${bytes.length + 5}-` } })).status, 416);
  const unchanged = await ask(video.src, { headers: { 'if-none-match': whole.headers.etag } });
  assert.deepEqual([unchanged.status, unchanged.bytes.length], [304, 0]);
  assert.equal((await ask(video.src, { headers: { 'if-none-match': '"other"' } })).status, 200);
  assert.equal((await ask(video.src, { headers: { range: 'bytes=0-9', 'if-range': whole.headers.etag } })).status, 206);
  assert.equal((await ask(video.src, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status, 200);
  const head = await ask(video.src, { method: 'HEAD' });
  assert.deepEqual([head.status, head.headers['content-length'], head.bytes.length], [200, String(bytes.length), 0]);
});

test('what is not there is 404, and the internal location is nobody\'s', async () => {
  assert.equal((await ask(`/media/${'0'.repeat(64)}.mp4`)).status, 404);
  const name = path.basename(video.src, '.mp4');
  assert.equal((await ask(`/amanat-blobs/${name.slice(0, 2)}/${name}`)).status, 404);
  assert.equal((await ask('/amanat-blobs/../personal/')).status, 404);
});

test('without the proxy amanat sends the bytes itself', async () => {
  const direct = await fetch(server.url + video.src);
  assert.equal(direct.headers.get('x-accel-redirect'), null);
  assert.deepEqual(Buffer.from(await direct.arrayBuffer()), bytes);
});

test('the group may read public blobs, and the way to them; nothing else is for others', () => {
  const mode = (...parts) => statSync(path.join(server.folder, ...parts)).mode & 0o777;
  const name = path.basename(video.src, '.mp4');
  assert.equal(mode('blobs', 'public', name.slice(0, 2), name), 0o640);
  for (const parts of [[], ['blobs'], ['blobs', 'public'], ['blobs', 'public', name.slice(0, 2)]]) assert.equal(mode(...parts), 0o710, parts.join('/'));
  for (const parts of [['blobs', 'personal'], ['blobs', 'tmp']]) assert.equal(mode(...parts), 0o700, parts.join('/'));
  for (const file of readdirSync(server.folder).filter((f) => /personal|keys/.test(f))) assert.equal(mode(file) & 0o077, 0, file);
});

test('it speaks HTTP/2, sends the clear port to TLS, and the session cookie is Secure', async () => {
  const session = http2.connect(proxy.https, { rejectUnauthorized: false });
  const status = await new Promise((resolve, reject) => {
    session.on('error', reject);
    session.request({ ':path': '/healthz' }).on('response', (h) => resolve(h[':status'])).on('error', reject).resume().end();
  });
  session.close();
  assert.equal(status, 200);
  const moved = await fetch(`${proxy.http}/@asha?x=1`, { redirect: 'manual', headers: { host: 'evil.example' } });
  assert.deepEqual([moved.status, moved.headers.get('location')], [301, 'https://amanat.example/@asha?x=1']);
  const body = JSON.stringify({ handle: 'asha', password });
  const { status: signedIn, headers } = await ask('/api/v1/sessions', { method: 'POST', body, headers: { 'content-type': 'application/json', origin: proxy.https } });
  assert.equal(signedIn, 201);
  const cookie = headers['set-cookie'][0];
  for (const part of [/^__Host-amanat_session=/, /; HttpOnly/, /; SameSite=Lax/, /; Secure/, /; Path=\//]) assert.match(cookie, part);
  assert.ok(headers['strict-transport-security']);
});

test('counters are not told through it', async () => {
  assert.equal((await ask('/metrics')).status, 404);
});

test('a wrong prefix is refused', async () => {
  for (const wrong of ['blobs', '/', '/a/', '/a b', '/a\nX: y']) {
    const { code, stderr } = await run(['serve', '--folder', path.join(folder, 'none'), '--set', `server.accel=${wrong}`]);
    assert.equal(code, 1, wrong);
    assert.match(stderr, /server\.accel/, wrong);
  }
  assert.ok(existsSync(path.join(root, 'packaging/caddy/Caddyfile')));
  assert.match(readFileSync(path.join(root, 'packaging/caddy/Caddyfile'), 'utf8'), /reverse_proxy 127\.0\.0\.1:8080/);
});
