// The letter: each sentence with a figure that is true now, or an honest state.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { soon } from './patience.mjs';
import { startServer } from './server.mjs';

let server;
before(async () => { server = await startServer({ settings: { 'region.place': 'Doha <x>', 'region.jurisdiction': 'QA', 'region.operator_name': 'Example & Co' } }); });
after(() => server.stop());

const letter = async () => (await server.visitor().get('/api/v1/letter')).body;
const sentence = (body, key) => body.sentences.find((s) => s.key === key);
const page = async (lang = 'en') => (await server.visitor().get(`/letter?lang=${lang}`)).text;

test('every sentence of the design stands there, with figure, state and check', async () => {
  const body = await letter();
  assert.deepEqual(body.sentences.map((s) => s.key), ['app', 'home', 'demands', 'refusal', 'seal', 'region', 'border', 'availability', 'incidents']);
  for (const s of body.sentences) {
    assert.ok(s.said && s.statement && s.check && s.figure !== undefined, s.key);
    assert.ok(['live', 'not-yet', 'open-seal', 'one-custodian'].includes(s.state), s.state);
    assert.ok(!s.statement.includes('{'), s.statement);
  }
  assert.equal(sentence(body, 'seal').state, 'open-seal');
  for (const key of ['demands', 'refusal', 'incidents']) assert.equal(sentence(body, key).state, 'live', key);
  for (const key of ['region', 'availability']) assert.equal(sentence(body, key).state, 'not-yet', key);
  assert.ok(sentence(body, 'home').figure.includes('QA'));
  assert.match(body.commit, /^([0-9a-f]{7,40}|unknown)$/);
});

test('a demand that is entered is counted at once, by a command beside the running server', async () => {
  assert.equal(sentence(await letter(), 'demands').figure, '0');
  assert.match(await page(), /id="demands"[^]*?sentence__statement">Nobody has asked\.</);
  const { code, stdout, stderr } = await server.cli('demand', 'add', '--asker', 'SG', '--kind', 'data', '--basis', 'court', '--authority', 'High Court');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Entered\. The letter counts it/);
  await soon(async () => assert.equal(sentence(await letter(), 'demands').figure, '1'));
  assert.equal((await server.visitor().get('/api/v1/node')).body.demands, 1);
  assert.equal((await server.cli('demand', 'count')).stdout, '1\n');
  assert.match((await server.cli('demand', 'list')).stdout, /SG data +court +refused-by-rule +- +High Court/);
  assert.match(await page(), /id="demands"[^]*?<a class="figure" href="\/trust\/entries\?of=asked" data-claim="asked" data-value="1" dir="auto">1<\/a> asked,/);
  await soon(async () => assert.match(sentence(await letter(), 'demands').statement.replaceAll(/[\u2068\u2069]/g, ''), /^1 asked, 1 refused by rule \d+, 0 disclosed\.$/));
});

test('no id stands twice on a page, so that a link to a sentence leads there', async () => {
  for (const where of ['/letter', '/trust', '/trust/entries', '/trust/charter']) {
    const ids = [...(await server.visitor().get(where)).text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), [], where);
  }
});

test('the page shows every table with its class and each column\'s protection', async () => {
  const { tables } = await letter();
  const html = await page();
  assert.ok(tables.length >= 15, String(tables.length));
  for (const table of tables) {
    assert.ok(html.includes(`<code>${table.name}</code>`), table.name);
    assert.ok(table.about.endsWith('.'), table.name);
    assert.ok(table.columns.length > 0, table.name);
  }
  const by = Object.fromEntries(tables.map((t) => [t.name, t]));
  assert.equal(by.video.class, 'public');
  assert.equal(by.follow.class, 'personal');
  assert.equal(by.follow.store, 'personal.db');
  assert.equal(by.demand.class, 'desk');
  assert.equal(by.account.columns.find((c) => c.name === 'password_hash').protection, 'seal');
  assert.equal(sentence(await letter(), 'border').figure, String(tables.length));
});

test('it is written in each language, in its direction, and needs no script', async () => {
  const seen = new Set();
  for (const [lang, dir] of [['en', 'ltr'], ['ar', 'rtl'], ['hi', 'ltr']]) {
    const html = await page(lang);
    assert.match(html, new RegExp(`<html lang="${lang}" dir="${dir}"`));
    assert.match(html, /<div id="shell" data-static>/);
    assert.doesNotMatch(html, /letter\.[a-z]+\.[a-z]+|undefined|\{[a-z]+\}/);
    seen.add(/<h1 class="letter__title">(.*?)<\/h1>/.exec(html)[1]);
  }
  assert.equal(seen.size, 3);
});

test('a name in another script keeps its sentence in order, and Arabic has its own name for Singapore', async () => {
  assert.match(await page('ar'), /بياناتك في \u2068Doha &lt;x&gt;\u2069، والطلبات:\s\u2068\d+\u2069/);
  assert.match(await page('ar'), /<dd><bdi>Doha &lt;x&gt;<\/bdi><\/dd>/);
  assert.match(await page('ar'), /<q>هو تطبيق/);
  const standard = await startServer();
  try {
    for (const [lang, name] of [['en', 'Singapore'], ['ar', 'سنغافورة'], ['hi', 'सिंगापुर']]) {
      const { text } = await standard.visitor().get(`/letter?lang=${lang}`);
      assert.ok(text.includes(`<dd><bdi>${name}</bdi></dd>`) && text.includes(`\u2068${name}\u2069`) && text.includes(`>${name} (SG)<`), lang);
    }
  } finally {
    await standard.stop();
  }
});

test('what the operator wrote into the settings is escaped', async () => {
  const html = await page();
  assert.ok(html.includes('Doha &lt;x&gt;') && html.includes('Example &amp; Co') && !html.includes('Doha <x>'));
});
