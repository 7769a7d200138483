// What every answer carries, whom an unsafe method is taken from, what a session and a sign-in give away.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { freshFolder, password, startServer } from './server.mjs';
import { drafts, publish, upload } from './upload.mjs';

const folder = freshFolder();
let server, description, asha, video;

before(async () => {
  const clip = path.join(folder, 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=360x640:r=25:d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-c:v', 'libx264', '-pix_fmt', 'yuv420p',
    '-c:a', 'aac', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  server = await startServer({ folder: path.join(folder, 'node'), settings: { 'server.trusted_proxies': '127.0.0.1' } });
  description = (await server.visitor().get('/api/v1/openapi.json')).body;
  asha = await server.signUp('asha');
  video = await publish(asha, clip);
});
after(() => server.stop());

/** Every described route, its parameters filled in; the stream of notifications, which goes on, apart. */
function* operations() {
  const filled = { id: video.id, handle: 'asha', name: path.basename(video.src), tag: 'x', parent: video.id };
  for (const [where, methods] of Object.entries(description.paths))
    for (const [method, op] of Object.entries(methods))
      yield { where, method: method.toUpperCase(), op, at: where.replace(/\{(\w+)\*?\}/g, (_, name) => encodeURIComponent(filled[name] ?? video.id)) };
}

/** As one sees it that does not wait for an answer's end. */
async function head(at, method, headers = {}) {
  const end = new AbortController();
  const answer = await fetch(server.url + at, { method, headers, redirect: 'manual', signal: end.signal });
  end.abort();
  return answer;
}

function protects(headers, what) {
  const policy = headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/, what);
  assert.doesNotMatch(policy, /unsafe|\*(?!$)|http:|script-src(?! 'self'(;|$))/, what);
  assert.equal(headers.get('x-content-type-options'), 'nosniff', what);
  assert.equal(headers.get('x-frame-options'), /frame-ancestors 'none'/.test(policy) ? 'DENY' : null, what);
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', what);
  assert.match(headers.get('cross-origin-resource-policy') ?? '', /^(same-origin|cross-origin)$/, what);
  assert.match(headers.get('referrer-policy') ?? '', /^(same-origin|no-referrer)$/, what);
  assert.match(headers.get('permissions-policy') ?? '', /geolocation=\(\)/, what);
  assert.ok(headers.get('cache-control'), what);
}

test('every route, its refusals and every page carry what protects them', async () => {
  let seen = 0;
  const cookie = [...asha.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  for (const { where, method, at } of operations()) {
    if (method !== 'GET') { protects((await head(at, method)).headers, `${method} ${where}`); seen++; continue; }
    for (const headers of [{}, { cookie }]) { protects((await head(at, method, headers)).headers, `${method} ${where}`); seen++; }
  }
  assert.ok(seen > 80, String(seen));
  for (const at of ['/', '/@asha', '/@nobody', `/v/${video.id}`, '/letter', '/nothing/here', '/%ff', '/media/x.mp4', '/api/v1/nothing', '/healthz', '/app.css', '/sw.js', `/embed/${video.id}`])
    for (const accept of ['text/html', 'application/json']) protects((await head(at, 'GET', { accept })).headers, at);
  assert.equal((await head('/', 'GET', { accept: 'text/html' })).headers.get('cross-origin-resource-policy'), 'same-origin');
});

test('pages hold no inline script, style or handler, which the policy would refuse', async () => {
  for (const at of ['/', '/@asha', `/v/${video.id}`, '/letter', '/nothing']) {
    const text = await (await fetch(server.url + at, { headers: { accept: 'text/html' } })).text();
    assert.doesNotMatch(text, /<script(?![^>]*(\bsrc=|type="application\/(ld\+)?json"))[^>]*>|<style|\sstyle=|\son[a-z]+="|javascript:/i, at);
  }
});

test('an unsafe method with a cookie is taken from the own origin alone', async () => {
  const cookie = [...asha.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  let seen = 0;
  for (const { where, method, at } of operations()) {
    if (['GET', 'HEAD', 'OPTIONS'].includes(method)) continue;
    for (const foreign of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site', origin: 'https://sub.amanat.example' }]) {
      const answer = await fetch(server.url + at, { method, headers: { cookie, ...foreign, 'tus-resumable': '1.0.0' } });
      assert.equal(answer.status, 403, `${method} ${where} from ${JSON.stringify(foreign)}`);
      seen++;
    }
  }
  assert.ok(seen > 80, String(seen));
  assert.equal((await asha.get('/api/v1/me')).status, 200);
});

test('no answer goes where a request says', async () => {
  const words = ['next', 'url', 'return', 'return_to', 'redirect', 'redirect_uri', 'continue', 'to', 'u'].map((w) => `${w}=https://evil.example/`).join('&');
  const places = [...operations()].filter((o) => o.method === 'GET').map((o) => o.at);
  for (const at of [...places, '/', '//evil.example', '/\\evil.example', '/%2f%2fevil.example', '/@asha', '/letter']) {
    const target = `${at}${at.includes('?') ? '&' : '?'}${words}`;
    const answer = await head('/', 'GET').then(() => new Promise((resolve, reject) => {
      import('node:http').then(({ request }) => request(server.url, { path: target, headers: { accept: 'text/html', host: `127.0.0.1:${server.port}` } }, (a) => { resolve(a); a.destroy(); }).on('error', reject).end());
    }));
    assert.ok(!(answer.headers.location ?? '').includes('evil.example'), target);
    assert.equal(answer.headers.refresh, undefined, target);
  }
});

test('the cookie is HttpOnly, Lax and of this host; behind TLS it is Secure and bears the prefix, and another name is not taken', async () => {
  const sign = (headers) => server.visitor().request('POST', '/api/v1/sessions', { json: { handle: 'asha', password }, headers });
  const plain = (await sign({})).headers.get('set-cookie');
  assert.match(plain, /^amanat_session=[^;]+; /);
  for (const part of [/; HttpOnly/, /; SameSite=Lax/, /; Path=\//]) assert.match(plain, part);
  assert.doesNotMatch(plain, /Secure|Domain/);
  const secure = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
  const tls = (await sign({ ...secure, origin: server.url.replace('http:', 'https:') })).headers.get('set-cookie');
  assert.match(tls, /^__Host-amanat_session=[^;]+; /);
  for (const part of [/; HttpOnly/, /; SameSite=Lax/, /; Path=\/(;|$)/, /; Secure/]) assert.match(tls, part);
  assert.doesNotMatch(tls, /Domain/);
  const [, token] = /=([^;]+);/.exec(tls);
  const me = async (name) => (await fetch(`${server.url}/api/v1/me`, { headers: { ...secure, cookie: `${name}=${token}` } })).status;
  assert.equal(await me('__Host-amanat_session'), 200);
  assert.equal(await me('amanat_session'), 401, 'a neighbour may plant this one');
});

test('each sign-in is a new session, a planted one is not taken over, and a new password ends all others', async () => {
  await server.signUp('lina');
  const first = server.visitor(), second = server.visitor();
  first.cookies.set('amanat_session', 'planted-by-somebody');
  await first.post('/api/v1/sessions', { handle: 'lina', password });
  const before = first.cookies.get('amanat_session');
  assert.notEqual(before, 'planted-by-somebody');
  await second.post('/api/v1/sessions', { handle: 'lina', password });
  assert.notEqual(second.cookies.get('amanat_session'), before);
  assert.ok((await first.put('/api/v1/me/password', { old: password, new: `${password} anew` })).status < 300);
  assert.equal((await second.get('/api/v1/me')).status, 401);
  assert.equal((await first.get('/api/v1/me')).status, 200);
});

test('an unknown name costs a sign-in as much as a wrong password', async () => {
  const visitor = server.visitor();
  const time = async (handle) => {
    const began = process.hrtime.bigint();
    const { status } = await visitor.post('/api/v1/sessions', { handle, password: 'not the one at all' });
    assert.equal(status, 401);
    return Number(process.hrtime.bigint() - began);
  };
  // In turn, so that whatever else the machine does falls on both; each pair says which was slower.  Were there no difference, the
  // unknown name would be slower in half of 60 pairs, give or take 4; a hash left out makes it faster in nearly all.
  let slower = 0;
  const ratios = [];
  for (let i = 0; i < 60; i++) {
    const names = i % 2 ? ['asha', `nobody${i}`] : [`nobody${i}`, 'asha'];
    const times = {};
    for (const name of names) times[name === 'asha' ? 'known' : 'unknown'] = await time(name);
    slower += times.unknown > times.known;
    ratios.push(times.unknown / times.known);
  }
  const median = ratios.sort((a, b) => a - b)[30];
  assert.ok(median > 0.6 && median < 1.67, `median ratio ${median}, slower in ${slower} of 60`);
});

test('what is uploaded is never HTML of the application\'s origin', async () => {
  const page = path.join(folder, 'page.html'), polyglot = path.join(folder, 'polyglot.mp4');
  writeFileSync(page, '<!doctype html><script>alert(1)</script>');
  writeFileSync(polyglot, Buffer.concat([Buffer.from('<script>alert(1)</script>'), readFileSync(path.join(folder, 'clip.mp4'))]));
  for (const file of [page, polyglot]) await upload(asha, file, { metadata: { filetype: 'text/html' } });
  await drafts(asha);
  const { status } = await asha.request('PUT', '/api/v1/me/avatar', { body: readFileSync(page), headers: { 'content-type': 'text/html' } });
  assert.ok(status >= 400, String(status));
  const { headers, status: found } = await head(video.src, 'GET', { accept: 'text/html' });
  assert.deepEqual([found, headers.get('content-type')], [200, 'video/mp4']);
  assert.match(headers.get('content-security-policy'), /sandbox/);
  const own = await (await asha.get('/api/v1/drafts')).body;
  for (const draft of own.items.filter((d) => d.upload)) {
    const answer = await asha.get(new URL(draft.upload, server.url).pathname);
    assert.ok(answer.status >= 400 || !/html/.test(answer.headers.get('content-type') ?? ''), draft.upload);
  }
});
