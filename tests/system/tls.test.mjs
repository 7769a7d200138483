// TLS without a proxy: openssl and curl as clients, uploads, ranges and streams over it, and the certificate renewed under a download.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, openSync, ftruncateSync, closeSync, readFileSync, renameSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';

import { freePort } from '../../bench/measure.mjs';
import { authority, shake } from './authority.mjs';
import { until } from './patience.mjs';
import { binary, freshFolder, password, run, Server, startServer } from './server.mjs';
import { publish } from './upload.mjs';

// Node's own clients do the work here; that the chain of trust holds is asked of openssl and curl.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

const folder = freshFolder();
const ours = authority(path.join(folder, 'authority'));
const [first, second, alien] = [ours.pair('first'), ours.pair('second', { kind: 'rsa' }), ours.pair('alien')];
const files = { certificate: path.join(folder, 'live.crt'), key: path.join(folder, 'live.key') };
/** As certbot does: whole new files under the old names. */
function put(pair, which = ['certificate', 'key']) {
  for (const name of which) {
    copyFileSync(pair[name], `${files[name]}.new`);
    chmodSync(`${files[name]}.new`, 0o600);
    renameSync(`${files[name]}.new`, files[name]);
  }
}
const settings = () => ({ 'tls.certificate': files.certificate, 'tls.key': files.key });
const curl = (...args) => spawnSync('curl', ['-sS', '--max-time', '20', ...args], { maxBuffer: 1 << 28 });
const serial = (port, ...args) => shake(port, args).serial;
const metric = async (server, name) => Number(new RegExp(`^amanat_${name} (\\d+)$`, 'm').exec((await server.visitor().get('/metrics')).text)[1]);

let server, asha, video, bytes;
let hasty;                 // has little patience
before(async () => {
  put(first);
  const clip = path.join(folder, 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=720x1280:r=25:d=8,noise=alls=30:allf=t', '-f', 'lavfi', '-i', 'sine=d=8', '-c:v', 'libx264', '-preset',
    'ultrafast', '-b:v', '10M', '-maxrate', '10M', '-bufsize', '10M', '-pix_fmt', 'yuv420p', '-c:a', 'aac', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  server = await startServer({ folder: path.join(folder, 'node'), settings: settings() });
  hasty = await startServer({ settings: { ...settings(), 'server.idle_seconds': 3, 'server.body_seconds': 2 } });
  assert.match(server.url, /^https:/);
  asha = await server.signUp('asha');
  video = await publish(asha, clip, {});
  bytes = (await asha.get(video.src)).bytes;
  assert.ok(bytes.length > 6_000_000, `long enough not to lie in socket buffers: ${bytes.length}`);
});
after(async () => { await server?.stop(); await hasty?.stop(); });

test('openssl shakes hands by TLS 1.3 and 1.2, verifies the chain, and is told http/1.1', () => {
  for (const [flag, protocol] of [['-tls1_3', 'TLSv1.3'], ['-tls1_2', 'TLSv1.2']]) {
    const shaken = shake(server.port, [flag, '-alpn', 'h2,http/1.1'], { ca: ours.ca });
    assert.ok(shaken.ok && shaken.verified, shaken.said);
    assert.equal(shaken.protocol, protocol);
    assert.equal(shaken.alpn, 'http/1.1');
  }
});

test('older versions, weak ciphers and key exchange without forward secrecy are refused', () => {
  const weak = '-cipher';
  for (const args of [['-tls1_1', weak, 'ALL:@SECLEVEL=0'], ['-tls1', weak, 'ALL:@SECLEVEL=0'], ['-tls1_2', weak, 'AES128-GCM-SHA256'], ['-tls1_2', weak, 'ECDHE-ECDSA-AES128-SHA'],
    ['-tls1_2', weak, 'DHE-RSA-AES128-GCM-SHA256'], ['-tls1_2', weak, 'NULL:aNULL:@SECLEVEL=0']]) {
    const shaken = shake(server.port, args);
    assert.ok(!shaken.ok, `${args}: ${shaken.said}`);
  }
});

test('curl trusts it by our authority alone, and is promised TLS for a year', () => {
  const said = curl('-i', '--cacert', ours.ca, `${server.url}/healthz`);
  assert.equal(said.status, 0, String(said.stderr));
  assert.match(String(said.stdout), /^HTTP\/1\.1 200 /);
  assert.match(String(said.stdout), /^strict-transport-security: max-age=31536000\r$/im);
  assert.equal(curl(`${server.url}/healthz`).status, 60, 'an unknown authority');
});

test('sessions are Secure and bound to the host by name, and a post from another site is refused', async () => {
  const omar = await server.signUp('omar');
  assert.ok(omar.cookies.has('__Host-amanat_session'), [...omar.cookies.keys()].join());
  assert.equal((await omar.get('/api/v1/me')).status, 200);
  const { headers } = await server.visitor().post('/api/v1/sessions', { handle: 'omar', password });
  for (const part of [/; HttpOnly/, /; SameSite=Lax/, /; Secure/, /; Path=\//]) assert.match(headers.get('set-cookie'), part);
  const other = await omar.post('/api/v1/sessions', {}, { headers: { origin: server.url.replace('https', 'http'), 'sec-fetch-site': 'cross-site' } });
  assert.equal(other.status, 403);
});

test('a clip comes through whole and in parts, and conditions hold', async () => {
  const whole = curl('--cacert', ours.ca, server.url + video.src);
  assert.equal(createHash('sha256').update(whole.stdout).digest('hex'), path.basename(video.src, '.mp4'));
  for (const [range, from, to] of [['0-0', 0, 1], ['1000-301000', 1000, 301_001], ['131071-131073', 131_071, 131_074], ['-70000', bytes.length - 70_000, bytes.length]]) {
    const part = curl('--cacert', ours.ca, '-r', range, server.url + video.src);
    assert.deepEqual(part.stdout, bytes.subarray(from, to), range);
  }
  const head = await asha.request('HEAD', video.src);
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(bytes.length)]);
  assert.equal((await asha.get(video.src, { headers: { 'if-none-match': head.headers.get('etag') } })).status, 304);
  assert.equal((await asha.get(video.src, { headers: { range: `bytes=${bytes.length}-` } })).status, 416);
});

test('an upload goes on where it was cut, over TLS', async () => {
  const clip = path.join(folder, 'clip.mp4');
  const size = statSync(clip).size;
  const { status, headers } = await asha.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': String(size), 'upload-metadata': 'filename YS5tcDQ=' } });
  assert.equal(status, 201);
  const where = headers.get('location');
  const content = readFileSync(clip);
  const patch = (from, to) => asha.request('PATCH', where, { headers: { 'tus-resumable': '1.0.0', 'upload-offset': String(from), 'content-type': 'application/offset+octet-stream' },
    body: content.subarray(from, to) });
  assert.equal((await patch(0, 1_000_000)).status, 204);
  assert.equal((await asha.request('HEAD', where, { headers: { 'tus-resumable': '1.0.0' } })).headers.get('upload-offset'), '1000000');
  assert.equal((await patch(0, 10)).status, 409);
  const last = await patch(1_000_000, size);
  assert.deepEqual([last.status, last.headers.get('upload-offset')], [204, String(size)]);
});

test('a refusal while the body still arrives is read, and is no clear text in the stream', async () => {
  const answer = await new Promise((resolve, reject) => {
    const request = https.request(`${server.url}/api/v1/sessions`, { method: 'POST', agent: false, headers: { 'content-type': 'application/json', origin: server.url } }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (d) => { text += d; }).on('end', () => resolve({ status: incoming.statusCode, body: JSON.parse(text) }));
    });
    request.on('error', reject);
    for (let i = 0; i < 8; i++) request.write(Buffer.alloc(16384, 0x20));       // chunked: nobody said how long it would be
  });
  assert.deepEqual([answer.status, answer.body.code], [413, 'body-too-large']);
});

test('a stream of events tells over TLS what happens, at once', async () => {
  const lina = await server.signUp('lina');
  const cookie = [...asha.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  let text = '';
  const stream = await new Promise((resolve, reject) => {
    const request = https.get(`${server.url}/api/v1/events`, { headers: { cookie }, agent: false }, (answer) => {
      answer.setEncoding('utf8').on('data', (d) => { text += d; }).on('error', () => {});
      resolve(request);
    });
    request.on('error', reject);
  }).catch((e) => { throw e; });
  stream.on('error', () => {});
  await until(() => text.includes('event: unread'), 'the first event');
  const before = text.length;
  assert.equal((await lina.put('/api/v1/accounts/asha/follow')).status < 300, true);
  await until(() => text.slice(before).includes('event: notification'), 'the follow');
  stream.destroy();
});

test('who is silent, or trickles a handshake or a head, is cut', async () => {
  const gone = (socket) => new Promise((resolve) => { const began = Date.now(); socket.on('error', () => {}).on('close', () => resolve(Date.now() - began)).resume(); });
  const hello = Buffer.from('16030100c8010000c40303', 'hex');
  const silent = net.connect(hasty.port, '127.0.0.1');
  const half = net.connect(hasty.port, '127.0.0.1', () => half.write(hello));
  const trickle = net.connect(hasty.port, '127.0.0.1');
  let sent = 0;
  const long = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), Buffer.alloc(500)]);
  const timer = setInterval(() => { if (trickle.writable) trickle.write(long.subarray(sent, ++sent)); }, 200);
  const head = tls.connect({ port: hasty.port, host: '127.0.0.1', rejectUnauthorized: false }, () => head.write('GET / HTTP/1.1\r\nHost: a\r\n'));
  let said = '';
  head.on('data', (d) => { said += d; });
  const drip = setInterval(() => { if (head.writable) head.write('X'); }, 200);
  const took = await Promise.all([silent, half, trickle, head].map(gone));
  clearInterval(timer);
  clearInterval(drip);
  for (const [i, ms] of took.entries()) assert.ok(ms > 1500 && ms < 30_000, `${i}: after ${ms} ms`);
  assert.equal(said, '', 'nothing was said past the encryption');
  assert.ok(await hasty.alive());
});

test('who asks for another handshake within one is cut: it would cost the server more than the client', async () => {
  const client = spawn('openssl', ['s_client', '-tls1_2', '-connect', `127.0.0.1:${server.port}`]);
  const closed = new Promise((resolve) => { client.on('close', resolve); });
  let said = '';
  for (const stream of [client.stdout, client.stderr]) stream.on('data', (d) => { said += d; });
  await until(() => /Verify return code/.test(said), 'the first handshake');
  client.stdin.write('R\n');
  const late = setTimeout(() => client.kill('SIGKILL'), 30_000);
  await closed;
  clearTimeout(late);
  assert.match(said, /RENEGOTIATING/, said);
  assert.equal(said.match(/^depth=0/gm)?.length, 1, 'one certificate was shown, so one handshake was made');
  assert.match(said, /^closed$/m);
});

test('plain HTTP and noise on the TLS port end that connection and nothing else', async () => {
  for (const noise of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', '\x16\x03\x01\x00\x05hello', Buffer.alloc(70_000, 0xff)]) {
    const socket = net.connect(hasty.port, '127.0.0.1', () => socket.write(noise));
    let said = '';
    socket.on('data', (d) => { said += d.toString('latin1'); });
    await new Promise((resolve) => { socket.on('error', () => {}).on('close', resolve); });
    assert.ok(!said.includes('HTTP/'), said);
  }
  assert.ok(await hasty.alive());
});

/** A download that waits when told to. */
function download() {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      socket.write(`GET ${video.src} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
      socket.once('data', (d) => {
        socket.pause();
        const parts = [d];
        const rest = () => new Promise((done) => {
          socket.on('data', (more) => parts.push(more)).on('close', () => done(Buffer.concat(parts))).on('error', () => {}).resume();
        });
        resolve({ serial: socket.getPeerCertificate().serialNumber, rest });
      });
    });
    socket.on('error', reject);
  });
}
const bodyOf = (answer) => answer.subarray(answer.indexOf('\r\n\r\n') + 4);

test('SIGHUP takes a new certificate: a download under way goes on with the old one, the next handshake sees the new', async () => {
  const before = serial(server.port);
  const running = await download();
  put(second);
  process.kill(server.pid, 'SIGHUP');
  await until(() => serial(server.port) !== before, 'another certificate');
  assert.ok(shake(server.port, [], { ca: ours.ca }).verified);
  const whole = bodyOf(await running.rest());
  assert.ok(whole.equals(bytes), `${whole.length} of ${bytes.length}`);
  assert.equal(await metric(server, 'tls_renewals_total{outcome="taken"}'.replace(/[{}"]/g, '\\$&')), 1);
  const ends = new Date(/notAfter=(.*)/.exec(spawnSync('openssl', ['x509', '-noout', '-enddate', '-in', files.certificate], { encoding: 'utf8' }).stdout)[1]);
  assert.equal(await metric(server, 'tls_certificate_until_seconds'), ends.getTime() / 1000);
  assert.match(server.log, /certificate until=/);
});

test('a pair that cannot be used is refused with its reason, and the one before stays', async () => {
  const before = serial(server.port);
  const refused = () => metric(server, 'tls_renewals_total\\{outcome="refused"\\}');
  for (const [spoil, reason] of [
    [() => put(alien, ['certificate']), /certificate refused, the one before stays: tls\.key: .* is not the key of the certificate/],
    [() => writeFileSync(files.certificate, 'no certificate'), /stays: tls\.certificate: .* is no PEM certificate/],
    [() => { put(second); writeFileSync(files.key, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'); }, /stays: tls\.key: .* is no PEM private key/],
    [() => { put(second); chmodSync(files.key, 0o644); }, /stays: tls\.key: everybody may read/],
  ]) {
    const count = await refused();
    spoil();
    process.kill(server.pid, 'SIGHUP');
    await until(async () => await refused() === count + 1, String(reason));
    assert.match(server.log, reason);
    assert.equal(serial(server.port), before);
  }
  const { stdout } = await server.cli('status', '--json');
  const said = JSON.parse(stdout);
  assert.equal(said.certificate_until, null);
  assert.ok(said.warnings.some((w) => w.code === 'certificate-bad' && /everybody may read/.test(w.what)));
  put(second);
  const mended = JSON.parse((await server.cli('status', '--json')).stdout);
  assert.ok(mended.certificate_until && mended.warnings.some((w) => w.code === 'certificate-ends'), 'ten days are few');
  assert.match((await server.cli('status')).stdout, /^TLS +its own, certificate until /m);
});

test('a file that is cut short under a download ends that download, not the server', async () => {
  const name = path.basename(video.src, '.mp4');
  const blob = path.join(server.folder, 'blobs', 'public', name.slice(0, 2), name);
  const running = await download();
  const kept = readFileSync(blob);
  chmodSync(blob, 0o600);
  const fd = openSync(blob, 'r+');
  ftruncateSync(fd, 5000);
  closeSync(fd);
  const got = bodyOf(await running.rest());
  assert.ok(got.length < bytes.length);
  writeFileSync(blob, kept);
  assert.ok(await server.alive());
});

test('without a signal the files are looked at by themselves', async () => {
  put(first);
  const other = await startServer({ settings: settings(), env: { NOTIFY_SOCKET: '/nonexistent/socket', WATCHDOG_USEC: '300000' } });
  const before = serial(other.port);
  put(second);
  await until(() => serial(other.port) !== before, 'another certificate');
  await until(() => /certificate until=.*\n.*certificate until=/s.test(other.log), 'its line in the log');
  await new Promise((resolve) => { const idle = tls.connect({ port: other.port, host: '127.0.0.1', rejectUnauthorized: false }, resolve); idle.on('error', () => {}); });
  await other.stop();
});

test('a clear port sends everybody to the address that is set, whatever the request says', async () => {
  put(first);
  const port = await freePort();
  const other = await startServer({ settings: { ...settings(), 'server.url': 'https://amanat.example', 'tls.redirect_port': port } });
  const ask = (target, more = []) => String(curl('-i', '--path-as-is', '-H', 'Host: evil.example', ...more, `http://127.0.0.1:${port}${target}`).stdout);
  for (const target of ['/', '/@asha?x=1&y=%20', '//evil.example/', `/?${'a=1&'.repeat(600)}`]) {
    const said = ask(target);
    assert.match(said, /^HTTP\/1\.1 308 /, target);
    assert.equal(/^location: (.*)\r$/im.exec(said)[1], `https://amanat.example${target}`);
  }
  assert.match(ask('/api/v1/sessions', ['-d', 'x=1']), /^HTTP\/1\.1 308 /);
  assert.match(String(curl('-I', `http://127.0.0.1:${port}/healthz`).stdout), /^HTTP\/1\.1 308 /);
  const slow = net.connect(port, '127.0.0.1', () => slow.write('GET / HT'));
  slow.on('error', () => {});
  await other.stop();
});

test('a service manager may hand over both ports: the first speaks TLS, the second redirects', async (t) => {
  put(first);
  const listeners = await Promise.all([0, 1].map(() => new Promise((resolve) => {
    const listener = net.createServer();
    listener.listen(0, '127.0.0.1', () => resolve(listener));
  })));
  const ports = listeners.map((l) => l.address().port);
  const options = new Server({ settings: { ...settings(), 'server.url': 'https://amanat.example' } }).commandOptions;
  const child = spawn('/bin/sh', ['-c', 'LISTEN_PID=$$ LISTEN_FDS=2 exec "$0" "$@"', binary, 'serve', '--init', ...options],
    { stdio: ['ignore', 'pipe', 'pipe', ...listeners.map((l) => l._handle.fd)] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout.on('data', (d) => { said += d; });
  child.stderr.on('data', (d) => { said += d; });
  await until(() => /Amanat is ready/.test(said) || child.exitCode !== null, 'that it is ready');
  for (const listener of listeners) listener.close();                 // Node must not accept on them
  assert.match(said, new RegExp(`ready: https://127\\.0\\.0\\.1:${ports[0]}/`));
  assert.equal(curl('--cacert', ours.ca, `https://127.0.0.1:${ports[0]}/healthz`).status, 0);
  assert.match(String(curl('-i', `http://127.0.0.1:${ports[1]}/a`).stdout), /^location: https:\/\/amanat\.example\/a\r$/im);
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  assert.equal(await ended, 0, said);
});

test('SIGHUP to a server without TLS changes nothing and ends nothing', async () => {
  const other = await startServer();
  process.kill(other.pid, 'SIGHUP');
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(await other.alive());
  await other.stop();
});

test('what cannot be served is said at the start, with what to do', async () => {
  put(first);
  const node = (...sets) => run(['serve', '--init', '--folder', path.join(freshFolder(), 'node'), '--set', 'server.port=0', ...sets.flatMap((s) => ['--set', s])]);
  const at = (name, text, mode = 0o600) => { writeFileSync(path.join(folder, name), text); chmodSync(path.join(folder, name), mode); return path.join(folder, name); };
  const locked = path.join(folder, 'locked.key');
  spawnSync('openssl', ['pkey', '-in', first.key, '-aes256', '-passout', 'pass:secret', '-out', locked]);
  const short = ours.pair('short', { kind: 'short' });
  for (const [sets, pattern] of [
    [[`tls.certificate=${files.certificate}`], /belong together: set both/],
    [[`tls.key=${files.key}`], /belong together/],
    [[`tls.certificate=${folder}/none.crt`, `tls.key=${files.key}`], /tls\.certificate: .*none\.crt cannot be read: No such file/],
    [[`tls.certificate=${files.certificate}`, `tls.key=${folder}`], /tls\.key: .* is no file/],
    [[`tls.certificate=${files.certificate}`, `tls.key=${at('open.key', readFileSync(first.key), 0o644)}`], /everybody may read .*chmod/],
    [[`tls.certificate=${files.certificate}`, `tls.key=${alien.key}`], /is not the key of the certificate .* made together/],
    [[`tls.certificate=${files.key}`, `tls.key=${files.key}`], /is no PEM certificate with its chain .*fullchain/],
    [[`tls.certificate=${files.certificate}`, `tls.key=${files.certificate}`], /(is no PEM private key|everybody may read)/],
    [[`tls.certificate=${files.certificate}`, `tls.key=${locked}`], /has a password.*openssl pkey/],
    [[`tls.certificate=${at('empty.crt', '')}`, `tls.key=${files.key}`], /is no PEM certificate/],
    [[`tls.certificate=${short.certificate}`, `tls.key=${short.key}`], /too short for browsers/],
    [['tls.redirect_port=1234'], /where to: set tls\.certificate, tls\.key, and server\.url with https/],
    [[`tls.certificate=${files.certificate}`, `tls.key=${files.key}`, 'tls.redirect_port=1234', 'server.url=http://a.example'], /where to/],
  ]) {
    const { code, stderr } = await node(...sets);
    assert.equal(code, 1, `${sets}: ${stderr}`);
    assert.match(stderr, pattern, String(sets));
  }
});
