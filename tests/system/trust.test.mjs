// /trust: what the ledger's entries add up to, as a page, a table, data and news; the charter's form.  Every figure is held against a count
// of the entries that is made here, by the client's own code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { enter, enterDemands, sizeOf, someDemands, someOthers } from './entered.mjs';
import { startServer } from './server.mjs';
import { loadSource } from './web_source.mjs';

const { count, readEntry } = await loadSource('trust/claims.ts');
const html = { headers: { accept: 'text/html' } };

let server, empty;
before(async () => {
  server = await startServer({ settings: { 'region.owner_jurisdiction': 'CN' } });
  empty = (await server.visitor().get('/trust?lang=en', html)).text;
  await enterDemands(server, someDemands, someOthers);
});
after(() => server.stop());

const get = (where) => server.visitor().get(where);
const claims = (text) => [...text.matchAll(/data-claim="([^"]+)" data-value="(\d+)"/g)].map(([, key, value]) => [key, Number(value)]);
async function entries() {
  const all = [];
  for (let number = 0; number < await sizeOf(server); number++) all.push(readEntry((await get(`/ledger/entry/${number}`)).text));
  return all;
}

test('before anybody has asked the page says so', () => {
  assert.match(empty, /Nobody has asked\./);
  assert.ok(claims(empty).filter(([key]) => !key.startsWith('kind:')).every(([, value]) => value === 0));
  assert.doesNotMatch(empty, /<svg viewBox="0 0 640/);
});

test('each figure of the page, in each language, is what its entries add up to', async () => {
  const sums = count(await entries());
  for (const lang of ['en', 'ar', 'hi']) {
    for (const where of ['/trust', '/letter']) {
      const { status, text } = await get(`${where}?lang=${lang}`);
      assert.equal(status, 200);
      assert.ok(claims(text).length > (where === '/trust' ? 100 : 4), `${claims(text).length}`);
      for (const [key, value] of claims(text)) assert.equal(value, sums.get(key) ?? 0, `${where} ${lang} ${key}`);
      assert.match(text, new RegExp(`data-size="${await sizeOf(server)}"`));
      assert.doesNotMatch(text, /trust\.[a-z]+\.|undefined|\{[a-z_]+\}/, `${where} ${lang}`);
      assert.doesNotMatch(text, / style=/);
    }
  }
});

test('a figure opens the entries that bear it out', async () => {
  const { text } = await get('/trust');
  const links = [...text.matchAll(/<a class="figure" href="(\/trust\/entries[^"]+)" data-claim="[^"]+" data-value="(\d+)"/g)];
  assert.ok(links.length > 40);
  for (const [, address, value] of links) {
    const where = address.replaceAll('&amp;', '&');
    const { body } = await get(where.replace('/trust/', '/api/v1/trust/'));
    assert.equal(body.items.length, Number(value), where);
    const page = await get(where);
    assert.equal(page.status, 200, where);
    assert.equal([...page.text.matchAll(/<li class="entry"/g)].length, Number(value), where);
  }
});

test('an entry stands there in words, with its line and its proof', async () => {
  const { text } = await get('/trust/entries?kind=demand-received&lang=en');
  assert.match(text, /United Arab Emirates/);
  assert.match(text, /no law behind it/);
  assert.match(text, /href="\/ledger\/proof\/\d+"/);
  const number = /data-entry="(\d+)"/.exec(text)[1];
  assert.equal((await get(`/ledger/proof/${number}`)).status, 200);
  const { text: line } = await get(`/ledger/entry/${number}`);
  assert.ok(text.includes(`<code dir="ltr">${line}</code>`));
  assert.match((await get('/trust/entries?kind=demand-received&lang=ar')).text, /الإمارات العربية المتحدة/);
});

test('a demand is told from beginning to end', async () => {
  const { body } = await get('/api/v1/trust/entries?demand=0000000000000001');
  assert.deepEqual(body.items.map(({ kind }) => kind), ['demand-received', 'demand-authenticated', 'demand-decided', 'demand-told']);
  assert.equal((await get('/trust/entries?demand=00000000000000ff')).status, 404);
});

test('the list of entries goes on to the first one', async () => {
  const seen = [];
  for (let where = '/api/v1/trust/entries'; where;) {
    const { body } = await get(where);
    seen.push(...body.items.map(({ number }) => number));
    where = body.next === null ? null : `/api/v1/trust/entries?before=${body.next}`;
  }
  assert.deepEqual(seen, Array.from({ length: await sizeOf(server) }, (_, i) => i).reverse());
});

test('what is no figure, kind, half-year or number is refused', async () => {
  for (const query of ['of=everything', 'kind=secret', 'of=asked&half=2026', 'number=x', 'before=-1', 'of=asked&asker=India', 'of=asked&rule=99999999999'])
    assert.equal((await get(`/trust/entries?${query}`)).status, 400, query);
  assert.equal((await get('/trust/entries?number=100000')).status, 404);
});

test('the table as CSV and as JSON has the same rows as the page', async () => {
  const { body } = await get('/api/v1/trust');
  const { text, headers } = await get('/trust/demands.csv');
  assert.match(headers.get('content-type'), /^text\/csv/);
  const [head, ...rows] = text.trimEnd().split('\r\n').map((line) => line.split(','));
  assert.deepEqual(head.slice(0, 3), ['half_year', 'state', 'asked']);
  assert.equal(rows.length, body.rows.length);
  for (const [i, row] of rows.entries()) {
    const json = body.rows[i];
    head.forEach((name, at) => {
      const value = Array.isArray(json[name]) ? json[name].join(' ') : json[name] ?? '';
      assert.equal(row[at], String(value), `${name} of row ${i}`);
    });
  }
  const sums = count(await entries());
  assert.equal(body.total.asked, sums.get('asked'));
  assert.deepEqual(body.refused_by_rule, [{ rule: 1, refused: 1 }, { rule: 2, refused: 2 }, { rule: 3, refused: 1 }, { rule: 4, refused: 1 }]);
  const half = body.rows.find((row) => row.half_year === '2025-H1' && row.state === 'SG');
  assert.deepEqual([half.partial, half.accounts_named, half.accounts_given, half.classes_given, half.median_seconds_to_decide, half.told],
    [1, 3, 1, ['personal'], 12 * 3600, 1]);
});

test('the entries as CSV are the lines that were signed', async () => {
  const lines = (await get('/trust/entries.csv')).text.trimEnd().split('\r\n').slice(1);
  assert.equal(lines.length, await sizeOf(server));
  for (const number of [0, 3, lines.length - 1]) {
    const { text } = await get(`/ledger/entry/${number}`);
    assert.ok(lines[number].endsWith(`,"${text.replaceAll('"', '""')}"`), lines[number]);
  }
});

test('the news are an Atom feed of demands, charter, incidents and takedowns', async () => {
  const { text, headers } = await get('/trust/atom.xml?lang=en');
  assert.match(headers.get('content-type'), /^application\/atom\+xml/);
  assert.match((await get('/trust')).text, /type="application\/atom\+xml" href="[^"]+\/trust\/atom\.xml"/);
  for (const title of ['Demand received', 'Demand decided', 'Incident', 'Taken down', 'A version of the charter'])
    assert.ok(text.includes(`<title>${title}</title>`), title);
  assert.doesNotMatch(text, /<title>The server was started/);
  const numbers = [...text.matchAll(/number=(\d+)<\/id>/g)].map(([, number]) => Number(number));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
});

test('the form decides by the function that decides demands, without a script', async () => {
  const ask = async (query) => (await get(`/trust/charter?lang=en&${query}`)).text;
  assert.match(await ask('asker=CN&residence=IN&home=SG&kind=data&basis=court&authenticated=1'), /class="answer answer--refuse"[^]*?Refused by rule .?2/);
  assert.match(await ask('asker=US&residence=IN&home=SG&kind=data&basis=court'), /Refused by rule .?3/);
  assert.match(await ask('asker=IN&residence=IN&home=SG&kind=data&basis=court'), /answer--authenticate[^]*?rule .?7/);
  assert.match(await ask('asker=IN&residence=IN&home=SG&kind=data&basis=court&authenticated=1'), /answer--decide[^]*?rule .?10[^]*?14 days/);
  for (const [kind, asker] of [['data', 'CN'], ['removal', 'IN'], ['bulk', 'IN'], ['preservation', 'SG']]) {
    const { stdout } = await server.cli('charter', 'decide', '--asker', asker, '--residence', 'IN', '--kind', kind, '--basis', 'statute', '--authenticated', '--json');
    const { outcome, rule } = JSON.parse(stdout);
    const page = await ask(`asker=${asker}&residence=IN&kind=${kind}&basis=statute&authenticated=1`);
    assert.ok(page.includes(`answer answer--${outcome}`), kind);
    assert.match(page, new RegExp(`class="rule is-decisive" id="rule-${rule}"`), kind);
  }
  assert.doesNotMatch(await ask(''), /class="answer/);
  for (const query of ['asker=UK', 'asker=CN&kind=everything', 'asker=CN&basis=whim']) assert.equal((await get(`/trust/charter?${query}`)).status, 400, query);
});

test('the charter is told with its history, and given as it was signed', async () => {
  const { text } = await get('/trust/charter?lang=en');
  assert.equal([...text.matchAll(/<li class="rule/g)].length, 14);
  assert.match(text, /The first version\./);
  const { text: bytes } = await get('/charter.json');
  assert.equal(JSON.parse(bytes).version, 1);
  assert.match((await get('/charter.json.note')).text, /^amanat charter\n/);
  assert.equal((await get('/charter.json?version=2')).status, 404);
  assert.match((await get('/trust/charter?lang=ar')).text, /مرفوض|القواعد السارية/);
});

test('a later charter shows what it changed, and until when the older one still counts', async () => {
  const other = await startServer({ settings: { 'region.owner_jurisdiction': 'CN' } });
  try {
    const { text } = await other.visitor().get('/charter.json');
    const { createHash } = await import('node:crypto');
    const { writeFileSync } = await import('node:fs');
    const next = { ...JSON.parse(text), version: 2, previous: createHash('sha256').update(text).digest('hex') };
    next.rules = next.rules.filter(({ number }) => number !== 13).map((rule) => (rule.number === 4 ? { ...rule, says: 'No law, no answer.' } : rule));
    const file = `${other.folder}.charter.json`;
    writeFileSync(file, JSON.stringify(next));
    const { code, stderr } = await other.cli('charter', 'publish', file);
    assert.equal(code, 0, stderr);
    const page = (await other.visitor().get('/trust/charter?lang=en')).text;
    assert.match(page, /Rule .?4.? changed: .?No law, no answer\./);
    assert.match(page, /Rule .?13.? is gone/);
    assert.match(page, /Until .?\d{4}-\d\d-\d\d.? the stricter/);
    assert.match(page, /<span lang="en" dir="ltr">No law, no answer\.<\/span>/);
  } finally {
    await other.stop();
  }
});

test('what is entered later is counted, and an opaque entry is shut until it is opened', async () => {
  const { createHash } = await import('node:crypto');
  const before = (await get('/api/v1/trust')).body;
  const salt = 'ab'.repeat(32);
  const commitment = createHash('sha256').update(Buffer.from(salt, 'hex')).digest('hex');
  await enter(server, [`opaque 2026-11-21T00:00:00Z commitment=${commitment} opens=2028-05-01`]);
  const { number } = (await get('/api/v1/trust/entries?kind=opaque')).body.items.find(({ fields }) => fields.commitment === commitment);
  const shut = (await get('/api/v1/trust')).body.opaque;
  assert.equal(shut.shut, before.opaque.shut + 1);
  await enter(server, [`opaque-opened 2026-11-22T00:00:00Z opaque=${number} salt=${salt} hidden=-`]);
  const opened = (await get('/api/v1/trust')).body.opaque;
  assert.deepEqual([opened.shut, opened.opened_dummy], [before.opaque.shut, before.opaque.opened_dummy + 1]);
  assert.match((await get('/trust/entries?kind=opaque-opened&lang=en')).text, /nothing: it was a dummy/);
});

test('nobody needs a script, and none is inline', async () => {
  for (const where of ['/trust', '/trust/entries', '/trust/charter?asker=CN']) {
    const { text, headers } = await get(where);
    assert.match(text, /<div id="shell" data-static>/);
    assert.doesNotMatch(text, /<script(?! type="module" src=)|onclick=| style=/);
    assert.match(headers.get('content-security-policy'), /script-src 'self'/);
    if (!where.includes('charter')) assert.match(text, /amanat verify http:\/\//);
  }
});
