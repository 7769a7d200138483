// What people and machines send that is not right: always a 4xx that says what to do, never a 5xx, and the server lives on.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { password, root, startServer } from './server.mjs';

const api = '/api/v1';
let server, asha;
before(async () => {
  server = await startServer({ settings: { 'server.idle_seconds': 2, 'server.body_seconds': 3 } });
  asha = await server.signUp('asha_badinput');
});
after(() => server.stop());

/** Sends bytes as they are, gives what comes until the other side closes or nothing comes for a while. */
function raw(bytes, { wait = 30_000, pieces = 0, pause = 0 } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1');
    let answer = '';
    const done = () => { clearTimeout(timer); socket.destroy(); resolve(answer); };
    const timer = setTimeout(() => { answer ||= 'nothing, for so long'; done(); }, wait);
    socket.on('data', (d) => { answer += d.toString('latin1'); });
    socket.on('error', done);
    socket.on('close', done);
    socket.on('connect', async () => {
      if (!pieces) { socket.write(bytes); return; }
      for (let i = 0; i < bytes.length && !socket.destroyed; i += pieces) {
        socket.write(bytes.subarray(i, i + pieces));
        await new Promise((r) => setTimeout(r, pause));
      }
    });
  });
}
const statusOf = (answer) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const request = (line, headers = '', body = '') => Buffer.from(`${line}\r\nHost: x\r\nConnection: close\r\n${headers}\r\n${body}`, 'latin1');

test('malformed HTTP is refused or cut off', async () => {
  const cases = {
    garbage: Buffer.from('\x00\x01\x02\xff\xfe\r\n\r\n', 'latin1'),
    'no version': request('GET /healthz'),
    'wrong version': request('GET /healthz HTTP/9.9'),
    'an endless word': Buffer.from(`${'A'.repeat(40000)} / HTTP/1.1\r\n\r\n`),
    'no host': Buffer.from('GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'),
    'two lengths': request('POST /api/v1/sessions HTTP/1.1', 'Content-Length: 2\r\nContent-Length: 20\r\n', '{}'),
    'length and chunks': request('POST /api/v1/sessions HTTP/1.1', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
    'negative length': request('POST /api/v1/sessions HTTP/1.1', 'Content-Length: -1\r\n', '{}'),
    'huge length': request('POST /api/v1/sessions HTTP/1.1', 'Content-Length: 99999999999999999999\r\n', '{}'),
    'wrong chunk': request('POST /api/v1/sessions HTTP/1.1', 'Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n'),
    'header without a colon': request('GET /healthz HTTP/1.1', 'nonsense\r\n'),
    'NUL in the path': request('GET /heal\x00thz HTTP/1.1'),
    'unknown method': request('BREW /healthz HTTP/1.1'),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const status = statusOf(await raw(bytes));
    assert.ok(status === 0 || (status >= 400 && status < 500) || status === 501 || status === 505, `${name}: ${status}`);
    assert.ok(await server.alive(), name);
  }
});

test('an oversized head, address or body is told from a wrong one', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => `X-${i}: ${'y'.repeat(20)}`).join('\r\n');
  assert.equal(statusOf(await raw(request('GET /healthz HTTP/1.1', `${many}\r\n`))), 431);
  const long = statusOf(await raw(request(`GET /${'a'.repeat(30000)} HTTP/1.1`)));
  assert.ok([414, 431].includes(long), String(long));
  const answer = await asha.post(`${api}/videos/1/comments`, { text: 'x'.repeat(70000) });
  assert.equal(answer.status, 413);
  assert.equal(answer.body.status, 413);
  const sized = statusOf(await raw(request('POST /api/v1/sessions HTTP/1.1', 'Content-Type: application/json\r\nContent-Length: 1000000000\r\n', '{')));
  assert.equal(sized, 413);
  assert.equal((await asha.put(`${api}/me`, {})).status, 405);
  assert.match((await asha.put(`${api}/me`, {})).headers.get('allow'), /GET/);
});

test('too many or too large cookies are told as such', async () => {
  const ask = (cookie) => raw(request(`GET ${api}/node HTTP/1.1`, `Cookie: ${cookie}\r\n`));
  const many = (n) => Array.from({ length: n }, (_, i) => `cookie${i}=value`).join('; ');
  for (const cookie of [many(100), 'x'.repeat(8000)]) assert.equal(statusOf(await ask(cookie)), 200);
  for (const cookie of [many(250), many(300), many(400), 'x'.repeat(12_000)]) {
    const answer = await ask(cookie);
    assert.equal(statusOf(answer), 431, answer);
    assert.match(answer, /application\/problem\+json[^]*"code":"head-too-large"/);
  }
  for (const cookie of [many(1000), 'x'.repeat(30_000)]) assert.equal(statusOf(await ask(cookie)), 431);
  assert.ok(await server.alive());
});

test('slow clients are cut off and keep nobody waiting', async () => {
  const slow = Array.from({ length: 20 }, () => raw(request('POST /api/v1/sessions HTTP/1.1', 'Content-Length: 100\r\n', 'x'.repeat(100)), { pieces: 1, pause: 400 }));
  let ended = 0;
  for (const one of slow) one.then(() => { ended++; });
  assert.ok(await server.alive());
  assert.equal(ended, 0, 'another is answered while they dawdle');
  for (const answer of await Promise.all(slow)) assert.ok(answer === '' || statusOf(answer) === 408, answer.slice(0, 40));
});

test('path tricks reach nothing', async () => {
  const tricks = ['/media/../../../etc/passwd', '/media/..%2f..%2fetc%2fpasswd', '/assets/../data.key', '/assets/%2e%2e/x', '/assets//etc/passwd',
    '/media/%00', '/%c0%ae%c0%ae/', '/v/%', '/v/1%2f2', '/@', '/@../x', '/@a%00b', '/.git/config', '/assets/', '/media/', '/./healthz',
    '/v/-1', '/v/1e3', '/v/0', '/api/v1/accounts/%ff', '/api/v1/accounts/..', '/api/v1/videos/%20', '/api//v1/node', '\\..\\x', '*', '?'];
  for (const trick of tricks) {
    const answer = await raw(request(`GET ${trick} HTTP/1.1`));
    const status = statusOf(answer);
    assert.ok((status >= 400 && status < 500) || status === 0, `${trick}: ${status}`);
    assert.ok(!answer.includes('root:') && !answer.includes('[core]'), trick);
  }
});

test('queries that are not well formed are refused', async () => {
  for (const query of ['%', '%zz', '%ff', 'cursor=%80', 'cursor=abc', 'cursor=-1', 'cursor=99999999999999999999', 'cursor=1;2', 'cursor=%00'])
    assert.equal((await asha.get(`${api}/me/likes?${query}`)).status, 400, query);
  assert.equal((await server.visitor().get(`${api}/feed?cursor=${'A'.repeat(500)}`)).status, 400);
});

const hostileTexts = ['\ud83d', 'a\u0000b', '\u202egpj.exe', '\u2028', '\ufffe', '\u0007', '\u200b\u200b', ''];
test('texts that would mislead are refused, and those that only look strange are kept as they are', async () => {
  for (const name of hostileTexts.filter((t) => t)) {
    const { status } = await asha.request('PATCH', `${api}/me`, { body: JSON.stringify({ bio: name }), headers: { 'content-type': 'application/json' } });
    assert.ok(status === 400 || (name === '\u200b\u200b' && status === 200), JSON.stringify(name));
  }
  for (const bio of ["'; DROP TABLE video; --", '<img src=x onerror=alert(1)>', '${7*7} {{7*7}} %s%n', 'ا\u2067abc\u2069', '👩‍👩‍👧', 'नमस्ते']) {
    const { body } = await asha.patch(`${api}/me`, { bio });
    assert.equal(body.bio, bio);
  }
});

test('bytes that are not UTF-8, not JSON or of the wrong type are a 400 that names the field', async () => {
  const send = (where, body, type = 'application/json') => asha.request('PATCH', api + where, { body, headers: { 'content-type': type } });
  for (const body of [Buffer.from('{"bio":"\xff\xfe"}', 'latin1'), '{"bio":', '[]', '"x"', 'null', '', '{"bio":"x"}{"bio":"y"}', '{"bio":"x","bio":"y"}', '['.repeat(1000), '{"a":'.repeat(600)])
    assert.equal((await send('/me', body)).status, 400, String(body).slice(0, 30));
  assert.equal((await send('/me', '{"bio":"x"}', 'text/plain')).status, 400);
  for (const [json, field] of [[{ bio: 7 }, 'bio'], [{ bio: null }, 'bio'], [{ bio: ['x'] }, 'bio'], [{ languages: 'hi' }, 'languages'], [{ languages: [1] }, 'languages'],
    [{ languages: Array(100).fill('hi') }, 'languages'], [{ country: {} }, 'country']]) {
    const { status, body } = await asha.patch(`${api}/me`, json);
    assert.equal(status, 400);
    assert.ok(body.detail.includes(field), body.detail);
  }
  const unknown = await asha.patch(`${api}/me`, { role: 'operator' });
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'unknown-field']);
  assert.equal((await asha.get(`${api}/me`)).body.role, 'member');
  for (const item of [{ video: 7, watched_ms: 1 }, { video: '7', watched_ms: -1 }, { video: '7', watched_ms: 1.5 }, { video: '7', watched_ms: 1e12 }, { watched_ms: 1 }, 7])
    assert.equal((await asha.post(`${api}/views`, { items: [item] })).status, 400, JSON.stringify(item));
});

test('forged, cut and expired credentials open nothing', async () => {
  const token = asha.cookies.get('amanat_session');
  const visitor = server.visitor();
  const forged = ['', 'x', token.slice(1), `${token}x`, token.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')), token.toLowerCase(), 'a'.repeat(5000), '"', '%00', '../..', token.repeat(2)];
  for (const value of forged) {
    const { status } = await visitor.get(`${api}/me`, { headers: { cookie: `amanat_session=${value}` } });
    assert.ok(status === 401 || (value === '"' && status >= 400 && status < 500), `${value.slice(0, 50)}: ${status}`);
    assert.equal((await visitor.get(`${api}/me`, { headers: { authorization: `Bearer ${value}` } })).status, 401, value.slice(0, 50));
  }
  assert.equal((await visitor.get(`${api}/node`, { headers: { cookie: 'amanat_session=stale' } })).status, 200, 'a stale cookie is as none');
  assert.equal((await visitor.get(`${api}/me`, { headers: { authorization: `Basic ${token}` } })).status, 401);
});

test('posts from another site are refused, whoever is signed in', async () => {
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site', origin: server.url }, { origin: `${server.url}.evil.example` }]) {
    const { status, body } = await asha.patch(`${api}/me`, { bio: 'owned' }, { headers });
    assert.deepEqual([status, body.code], [403, 'cross-site'], JSON.stringify(headers));
    const signIn = await server.visitor().post(`${api}/sessions`, { handle: 'asha_badinput', password }, { headers });
    assert.equal(signIn.status, 403);
  }
  assert.notEqual((await asha.get(`${api}/me`)).body.bio, 'owned');
  const program = await server.signUp('program_x', { client: 'program' });
  assert.equal((await program.patch(`${api}/me`, { bio: 'mine' }, { headers: { origin: 'https://other.example' } })).status, 200, 'a token is sent by nobody unasked');
});

const names = path.join(root, '..', 'shared', 'hostile', 'names');
test('hostile names do no harm wherever a text is taken', { skip: existsSync(names) ? false : '../shared is not there' }, async () => {
  for (const file of readdirSync(names).filter((f) => statSync(path.join(names, f)).isFile())) {
    const lines = readFileSync(path.join(names, file), 'utf8').split('\n').filter(Boolean).map((l) => l.slice(0, 2000));
    for (const line of lines) {
      const answers = [await asha.patch(`${api}/me`, { name: line.slice(0, 50) }), await asha.get(`${api}/accounts/${encodeURIComponent(line.slice(0, 200))}`),
        await server.visitor().post(`${api}/sessions`, { handle: line, password: line }), await asha.get(`/@${encodeURIComponent(line.slice(0, 200))}`)];
      for (const { status } of answers) assert.ok(status < 500, `${line}: ${status}`);
    }
  }
  assert.ok(await server.alive());
});

test('the log has no name, no address, no token and no text of anybody', async () => {
  const token = asha.cookies.get('amanat_session');
  await asha.patch(`${api}/me`, { bio: 'a secret sentence' });
  await server.visitor().get('/@asha_badinput');
  await server.visitor().get('/v/123456?x=asha_badinput');
  for (const word of ['asha_badinput', 'program_x', '127.0.0.1', token.slice(0, 12), 'secret sentence', password, 'DROP TABLE', 'evil.example'])
    assert.ok(!server.log.includes(word), word);
  assert.ok(server.log.includes('route=/api/v1/me'));
  const failed = server.log.split('\n').find((line) => / status=5(?!0[15])/.test(line));        // 501, 505: what HTTP does not have
  assert.equal(failed, undefined);
});
