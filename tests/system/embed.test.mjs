// A clip outside this site: the frame, oEmbed, the feed for readers; and what makes the client an installed app.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root, startServer } from './server.mjs';

const clip = path.join(root, '..', 'shared', 'media', 'derived__karma_vertical_720x1280_10s_h264.mp4');
const needsClip = { skip: existsSync(clip) ? false : '../shared is not there' };
const caption = 'Sun "rise" <script>alert(1)</script> & more\nसुबह';
const html = { headers: { accept: 'text/html' } };

let server, asha, video;
before(async () => {
  server = await startServer();
  asha = await server.signUp('asha', { name: '<i>Asha</i> & "co"' });
  if (existsSync(clip)) video = /as (\d+)/.exec((await server.cli('video', 'import', clip, '--as', 'asha', '--caption', caption)).stdout)[1];
});
after(() => server.stop());

const oembed = (query) => server.visitor().get(`/api/v1/oembed?${new URLSearchParams(query)}`);
const here = () => `${server.url}/v/${video}`;

test('any site may frame the embed page, and it runs and tells nothing', needsClip, async () => {
  for (const client of [server.visitor(), asha]) {
    const { status, text, headers } = await client.get(`/embed/${video}`, html);
    assert.equal(status, 200);
    const policy = headers.get('content-security-policy');
    assert.match(policy, /frame-ancestors \*/);
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /script-src/);
    assert.doesNotMatch(text, /<script|amanat-boot|"me"/);
    assert.match(text, /<video class="embed__video" controls playsinline loop preload="metadata" src="\/media\/[0-9a-f]{64}\.mp4"/);
    assert.match(text, new RegExp(`href="/v/${video}" target="_blank" rel="noopener"`));
    assert.ok(text.includes('&lt;i&gt;Asha') && !text.includes('<i>Asha'));
  }
  const other = await server.visitor().get(`/v/${video}`, html);
  assert.match(other.headers.get('content-security-policy'), /frame-ancestors 'none'/);
  assert.equal((await server.visitor().get('/embed/1', html)).status, 404);
});

test('a clip\'s page leads to its oEmbed answer', needsClip, async () => {
  const { text } = await server.visitor().get(`/v/${video}`, html);
  const found = /<link rel="alternate" type="application\/json\+oembed" href="([^"]*)"/.exec(text)[1];
  const { status, body } = await server.visitor().get(found);
  assert.equal(status, 200);
  assert.equal(body.version, '1.0');
  assert.equal(body.type, 'video');
  assert.equal(body.author_name, '<i>Asha</i> & "co"');
  assert.equal(body.author_url, `${server.url}/@asha`);
  assert.deepEqual([body.width, body.height], [340, Math.floor(340 * 1280 / 720) + 56]);
  const frame = new RegExp(`^<iframe src="${server.url}/embed/${video}" width="340" height="${body.height}" title="([^"]*)" [^<>]*></iframe>$`).exec(body.html);
  assert.ok(frame, body.html);
  assert.ok(frame[1].includes('&lt;script&gt;'));
});

test('a frame keeps within the size that is asked for', needsClip, async () => {
  for (const [maxwidth, maxheight] of [[200, 900], [900, 300], [1, 1], [120, 120], [99999, 99999]]) {
    const { status, body } = await oembed({ url: here(), maxwidth, maxheight });
    assert.equal(status, 200);
    assert.ok(body.width <= maxwidth && body.height <= maxheight && body.width >= 1 && body.height >= 1, JSON.stringify(body));
  }
  for (const bad of ['0', '-5', 'wide', '']) assert.equal((await oembed({ url: here(), maxwidth: bad })).status, 400, bad);
});

test('oEmbed answers for clips of this node only', needsClip, async () => {
  for (const url of [`${here()}?x=1`, `${here()}#t`, here().replace('http:', 'https:')]) assert.equal((await oembed({ url })).status, 200, url);
  for (const url of ['https://elsewhere.example/v/1', `${server.url}/@asha`, `${server.url}/v/1`, `${here()}/like`, 'v/1', 'javascript:1', ''])
    assert.equal((await oembed({ url })).status, 404, url);
  assert.equal((await oembed({})).status, 400);
  assert.equal((await oembed({ url: here(), format: 'xml' })).status, 501);
});

test('a profile has an Atom feed that is well formed and names each clip', needsClip, async () => {
  const page = await server.visitor().get('/@asha', html);
  const address = /<link rel="alternate" type="application\/atom\+xml" href="([^"]*)"/.exec(page.text)[1];
  const { status, text, headers } = await server.visitor().get(address);
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /^application\/atom\+xml/);
  if (existsSync('/usr/bin/xmllint')) execFileSync('xmllint', ['--noout', '-'], { input: text });
  assert.match(text, /<feed xmlns="http:\/\/www\.w3\.org\/2005\/Atom">/);
  assert.match(text, new RegExp(`<link rel="self" type="application/atom\\+xml" href="${server.url}/@asha/atom.xml"/>`));
  assert.match(text, new RegExp(`<id>${here()}</id>`));
  assert.match(text, /<link rel="enclosure" type="video\/mp4" length="\d+" href="http:\/\/[^"]*\/media\/[0-9a-f]{64}\.mp4"\/>/);
  assert.ok(text.includes('<title>Sun &quot;rise&quot; &lt;script&gt;') && !text.includes('<script>'));
  const { status: missing } = await server.visitor().get('/@nobody_here/atom.xml');
  assert.equal(missing, 404);
  assert.equal((await server.visitor().get('/asha/atom.xml')).status, 404);
});

test('a person without clips has a feed too', async () => {
  await server.signUp('omar');
  const { status, text } = await server.visitor().get('/@omar/atom.xml');
  assert.equal(status, 200);
  assert.match(text, /<updated>\d{4}-\d\d-\d\dT[\d:]+Z<\/updated>/);
  assert.doesNotMatch(text, /<entry>/);
});

test('the app can be installed, under its name in the reader\'s language', async () => {
  const { text } = await server.visitor().get('/', html);
  assert.match(text, /<link rel="manifest" href="\/manifest\.webmanifest" crossorigin="use-credentials">/);
  for (const code of ['en', 'ar', 'hi']) {
    const { status, headers, text: said } = await server.visitor().get('/manifest.webmanifest', { headers: { 'accept-language': code } });
    assert.equal(status, 200);
    assert.match(headers.get('content-type'), /^application\/manifest\+json/);
    const manifest = JSON.parse(said);
    assert.equal(manifest.lang, code);
    assert.equal(manifest.dir, code === 'ar' ? 'rtl' : 'ltr');
    assert.ok(manifest.name && manifest.start_url === '/' && manifest.display === 'standalone');
    assert.deepEqual(manifest.icons.map((icon) => `${icon.sizes} ${icon.purpose}`), ['any any', '192x192 any', '512x512 any', '512x512 maskable']);
    for (const icon of manifest.icons) {
      const { status: there, headers: about, bytes } = await server.visitor().get(icon.src);
      assert.equal(there, 200);
      assert.equal(about.get('content-type'), icon.type);
      if (icon.type === 'image/png') assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, icon.sizes);
    }
  }
});

test('the service worker rules the whole site and is asked for anew each time', async () => {
  const { status, headers } = await server.visitor().get('/sw.js');
  assert.equal(status, 200);
  assert.match(headers.get('content-type'), /javascript/);
  assert.equal(headers.get('cache-control'), 'no-cache');
});
