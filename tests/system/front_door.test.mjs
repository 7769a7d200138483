// What `make run` starts: a demo network that grows while one looks, never in a folder of people.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { until } from './patience.mjs';
import { root, Server } from './server.mjs';

const fonts = '/usr/share/fonts/truetype/noto/NotoNastaliqUrdu-Bold.ttf';
const skip = existsSync(fonts) ? false : 'fonts-noto-core is not installed';
const rows = (file, word) => [...readFileSync(path.join(root, 'src/demo', file), 'utf8').matchAll(new RegExp(`^${word}\\("(\\w+)", "(\\w+)"`, 'gm'))];
const authors = [...readFileSync(path.join(root, 'src/demo/people.def'), 'utf8').matchAll(/^PERSON\("(\w+)"/gm)].map(([, handle]) => handle);
const clips = rows('clips.def', 'CLIP').map(([, author, language]) => ({ author, language }));

/** As `make run` does; what it printed before it was ready. */
async function serveDemo(settings, folder) {
  const server = new Server({ folder, settings: { 'demo.clips': 1, ...settings } });
  server.switches = ['--demo'];
  await server.start();
  await until(() => server.printed.includes('/letter'), 'the last line', { seconds: 90 });
  return server;
}

test('the first eight clips that are made write in eight scripts, and all fourteen languages occur', () => {
  const script = (language) => new Intl.Locale(language).maximize().script;
  const first = authors.map((author) => clips.find((clip) => clip.author === author)).filter(Boolean).slice(0, 8);
  assert.equal(new Set(first.map(({ language }) => script(language))).size, 8);
  assert.equal(new Set(clips.map(({ language }) => language)).size, 14);
  assert.equal(clips.length, 42);
});

/** Every page of a demo clip says that it is one, and has the shield. */
async function isMarked(visitor, video) {
  const read = async (where) => (await visitor.get(where, { headers: { 'accept-language': 'en', accept: 'text/html' } })).text;
  const { handle } = video.author, clip = `/v/${video.id}`;
  for (const where of [clip, `/@${handle}`, '/tag/trust', `/embed/${video.id}`])
    assert.match(await read(where), /<span class="chip chip--demo">Demo<\/span>/, where);
  for (const where of [clip, `/@${handle}`]) assert.match(await read(where), /<meta property="og:title" content="[^"]* · Demo">/, where);
  for (const where of [clip, `/@${handle}`, '/tag/trust', '/letter', '/', '/v/1'])
    assert.match(await read(where), /<a class="shield" href="\/letter">.*<span>[^<]*Singapore[^<]*0[^<]*<\/span><\/a>/, where);
  assert.match((await visitor.get(`/api/v1/oembed?url=${encodeURIComponent(visitor.url + clip)}`)).body.title, / · Demo$/);
  assert.match(await read(`/@${handle}/atom.xml`), /<title>[^<]* · Demo · Amanat<\/title>/);
  assert.match(await read('/letter'), /This node shows a demo network/);
}

test('the address is there before the clips, with a sign-in, and how far the making is can be asked', { skip }, async () => {
  let server = await serveDemo();
  try {
    assert.match(server.printed, /^Demo: 0 of 1 clips are there/m);
    const [, name, password] = /Demo sign-in: name (\S+), password (\S+)/.exec(server.printed);
    const visitor = server.visitor();
    const first = (await visitor.get('/api/v1/demo')).body;
    assert.deepEqual(first, { made: 0, wanted: 1, making: true });
    const { demo } = (await visitor.get('/api/v1/node')).body;
    assert.equal(demo.length, authors.length);
    const done = await until(async () => { const { body } = await visitor.get('/api/v1/demo'); return !body.making && body; }, 'made', { seconds: 90 });
    assert.deepEqual(done, { made: 1, wanted: 1, making: false });
    assert.equal((await visitor.post('/api/v1/sessions', { handle: name, password })).status, 201);

    await isMarked(visitor, (await visitor.get('/api/v1/feed', { headers: { 'accept-language': 'en' } })).body.items[0], name);

    // Somebody joins: the next start leaves both alone.
    await server.signUp('a_person');
    await server.stop();
    server = await serveDemo({}, server.folder);
    assert.match(server.printed, /^Demo: 1 clips\.$/m);
    assert.ok(server.printed.includes(password));
    assert.deepEqual((await server.visitor().get('/api/v1/demo')).body, done);
  } finally {
    await server.stop();
  }
});

test('a folder of people starts without a demo and says so; an empty one that was there before as well', { skip }, async () => {
  let server = await new Server({}).start();
  await server.stop();
  server = await serveDemo({}, server.folder);
  assert.match(server.printed, /^Demo: none\. Into this folder, which is empty/m);
  await server.signUp('somebody');
  await server.stop();
  server = await serveDemo({}, server.folder);
  try {
    assert.match(server.printed, /^Demo: none, since people have accounts here\.$/m);
    assert.doesNotMatch(server.printed, /sign-in:/);
    assert.deepEqual((await server.visitor().get('/api/v1/node')).body.demo, []);
    assert.deepEqual((await server.visitor().get('/api/v1/demo')).body, { made: 0, wanted: 1, making: false });
  } finally {
    await server.stop();
  }
});
