// What a browser gets: pages that stand without a script, the shell, the headers, the client's files.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root, startServer } from './server.mjs';

const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const needsClip = { skip: existsSync(clip) ? false : '../shared is not there' };
const html = { headers: { accept: 'text/html,application/xhtml+xml' } };

let server, asha, video;
before(async () => {
  server = await startServer();
  asha = await server.signUp('asha', { name: '<i>Asha</i> & "co"' });
  if (existsSync(clip)) {
    const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', 'asha', '--caption', 'Sun "rise" <script>alert(1)</script> & more');
    assert.equal(code, 0, stdout + stderr);
    video = /as (\d+)/.exec(stdout)[1];
  }
});
after(() => server.stop());

const unescaped = (text) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
const meta = (text, name) => {
  const found = new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(text);
  return found && unescaped(found[1]);
};

test('a clip\'s page plays without a script and describes itself to other sites', needsClip, async () => {
  const { status, text, headers } = await server.visitor().get(`/v/${video}`, html);
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^text\/html/);
  assert.match(text, /<video class="watch__video" controls playsinline preload="metadata" src="\/media\/[0-9a-f]{64}\.mp4" poster="\/media\/[0-9a-f]{64}\.jpg" width="720" height="1280">/);
  assert.match(text, new RegExp(`<link rel="canonical" href="${server.url}/v/${video}">`));
  assert.equal(meta(text, 'og:type'), 'video.other');
  assert.match(meta(text, 'og:video'), /^http:\/\/127.*\/media\/[0-9a-f]{64}\.mp4$/);
  assert.match(meta(text, 'og:image'), /^http:\/\/127.*\/media\/[0-9a-f]{64}\.jpg$/);
  assert.equal(meta(text, 'og:video:width'), '720');
  assert.equal(meta(text, 'og:title'), 'Sun "rise" <script>alert(1)</script> & more');
  assert.equal(meta(text, 'twitter:card'), 'summary_large_image');
});

test('what people wrote is escaped everywhere', needsClip, async () => {
  for (const where of [`/v/${video}`, '/@asha']) {
    const { text } = await server.visitor().get(where, html);
    assert.ok(!text.includes('<script>alert') && !text.includes('<i>Asha'), where);
    assert.ok(text.includes('&lt;i&gt;Asha'), where);
  }
});

test('a profile\'s page lists its clips', needsClip, async () => {
  const { status, text } = await server.visitor().get('/@asha', html);
  assert.equal(status, 200);
  assert.match(text, new RegExp(`<a class="tile" href="/v/${video}"><img src="/media/[0-9a-f]{64}\\.jpg" alt="Sun &quot;rise`));
  assert.equal(meta(text, 'og:type'), 'profile');
  assert.equal((await server.visitor().get('/@ASHA', html)).status, 200);
});

test('a clip without a caption has words for those who do not see it', needsClip, async () => {
  const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', 'asha');
  assert.equal(code, 0, stdout + stderr);
  const { text } = await server.visitor().get('/@asha?lang=en', html);
  assert.ok(!text.includes('jpg" alt="" loading'));
  assert.match(text, /<a class="tile"[^>]*><img [^>]*alt="A clip by .?&lt;i&gt;Asha/);
});

test('only pages that the client fills load its texts ahead', async () => {
  const preloads = async (where) => (await server.visitor().get(where, html)).text.includes('rel="preload"');
  assert.deepEqual([await preloads('/'), await preloads('/letter'), await preloads('/nothing-here')], [true, false, false]);
});

test('what is not there is a page with a 404, and JSON for programs', async () => {
  for (const where of ['/v/1', '/v/x', '/@nobody_here', '/nonsense', '/a/b/c']) {
    const { status, text, headers } = await server.visitor().get(where, html);
    assert.equal(status, 404, where);
    assert.match(headers.get('content-type'), /^text\/html/, where);
    assert.match(text, /error__status">404/);
    const json = await server.visitor().get(where, { headers: { accept: 'application/json' } });
    assert.deepEqual([json.status, json.body.status], [404, 404], where);
  }
  assert.match((await server.visitor().get('/v/1', { headers: { ...html.headers, 'accept-language': 'ar' } })).text, /<html lang="ar" dir="rtl"/);
});

test('the shell tells the client what it needs, and nothing is inline', async () => {
  for (const where of ['/', '/following', '/upload', '/sign-in', '/sign-up', '/me', '/inbox', '/settings']) {
    const { status, text } = await server.visitor().get(where, html);
    assert.equal(status, 200, where);
    assert.doesNotMatch(text, /<script(?![^>]* src=)|<style|style="|onclick|javascript:/);
    const boot = JSON.parse(meta(text, 'amanat-boot'));
    assert.equal(boot.me, null);
    assert.deepEqual(boot.languages, ['en', 'ar', 'hi']);
    assert.deepEqual(boot.node, (await server.visitor().get('/api/v1/node')).body);
  }
  const { text } = await asha.get('/', html);
  assert.deepEqual(JSON.parse(meta(text, 'amanat-boot')).me, (await asha.get('/api/v1/me')).body);
});

test('the language and theme are those of query, cookie or browser', async () => {
  const first = async (where, headers) => /<html[^>]*>/.exec((await server.visitor().get(where, { headers: { ...html.headers, ...headers } })).text)[0];
  assert.equal(await first('/', {}), '<html lang="en" dir="ltr" data-theme="auto">');
  assert.equal(await first('/', { 'accept-language': 'fr, hi;q=0.8' }), '<html lang="hi" dir="ltr" data-theme="auto">');
  assert.equal(await first('/', { 'accept-language': 'hi', cookie: 'amanat_lang=ar; amanat_theme=dark' }), '<html lang="ar" dir="rtl" data-theme="dark">');
  assert.equal(await first('/?lang=hi', { cookie: 'amanat_lang=ar; amanat_theme="><script>' }), '<html lang="hi" dir="ltr" data-theme="auto">');
});

test('every asset that a page names is there, compressed, for ever', async () => {
  const { text } = await server.visitor().get('/', html);
  const { assets } = JSON.parse(meta(text, 'amanat-boot'));
  for (const name of ['app.js', 'app.css', 'logo.svg', 'locale/en.json', 'locale/ar.json', 'locale/hi.json']) {
    const { status, headers } = await server.visitor().get(assets[name], { headers: { 'accept-encoding': 'br' } });
    assert.equal(status, 200, name);
    assert.match(headers.get('cache-control'), /immutable/);
    if (name === 'app.js') assert.equal(headers.get('content-encoding'), 'br');
  }
  assert.equal((await server.visitor().get('/assets/app.0000000000000000.js')).status, 404);
  assert.match((await server.visitor().get('/favicon.ico')).headers.get('content-type'), /^image\/svg/);
  assert.match((await server.visitor().get('/robots.txt')).text, /^User-agent/);
});

test('every answer carries the headers that keep a page to itself', async () => {
  for (const where of ['/', '/letter', '/api/v1/node', '/nonsense', '/assets/x', '/healthz']) {
    const { headers } = await server.visitor().get(where, html);
    assert.match(headers.get('content-security-policy'), /default-src 'none'/, where);
    assert.match(headers.get('content-security-policy'), /frame-ancestors 'none'|sandbox/, where);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', where);
    assert.equal(headers.get('referrer-policy'), 'same-origin', where);
    assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin', where);
    assert.ok(headers.get('cache-control'), where);
  }
  assert.equal((await asha.get('/api/v1/me')).headers.get('cache-control'), 'no-store');
});

test('counters are told to this machine only', async () => {
  const { status, text } = await server.visitor().get('/metrics');
  assert.equal(status, 200);
  for (const name of ['amanat_http_requests_total{status="2xx"}', 'amanat_store_fsyncs_total', 'amanat_key_unwraps_total{purpose="session"}', 'amanat_process_resident_bytes'])
    assert.ok(text.includes(name), name);
  assert.equal((await server.visitor().get('/metrics', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status, 404);
});

test('absolute links name the address that people see', async () => {
  const named = await startServer({ settings: { 'server.url': 'https://amanat.example' } });
  const { text } = await named.visitor().get('/letter', html);
  assert.match(text, /<link rel="canonical" href="https:\/\/amanat\.example\/letter">/);
  await named.stop();
});
