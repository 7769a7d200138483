// The desk of demands as the one who sits there lives it: a demand is entered, refused by rule before anybody could do otherwise, or goes its way to a decision; each
// step shows in the receipt, the answer and, in another window, live in the letter.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test, { after, before } from 'node:test';

import { startServer } from '../system/server.mjs';
import { readKey, readProof } from '../system/tlog.mjs';
import { openBrowser } from './browser.mjs';
import { words } from './words.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const en = words('en');
let server, browser, operator;
before(async () => {
  server = await startServer({ settings: { 'region.jurisdiction': 'SG', 'region.owner_jurisdiction': 'CN' } });
  operator = await server.signUp('olga');
  await server.signUp('asha', { country: 'IN' });
  assert.equal((await server.cli('user', 'role', 'olga', 'operator')).code, 0);
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await server?.stop(); });

const open = async (kind, client, options) => {
  const visitor = await browser[kind]({ url: server.url, ...options });
  const [name, value] = [...client.cookies][0];
  await visitor.context.addCookies([{ name, value, url: server.url }]);
  return visitor;
};
const field = (page, name) => page.locator('dialog[open] .field').filter({ has: page.getByText(name, { exact: true }) }).locator('input, select, textarea');
const fact = (page, name) => page.locator('dialog[open] .fact').filter({ has: page.getByText(name, { exact: true }) }).locator('dd').first();
const button = (page, name) => page.getByRole('button', { name, exact: true });
const plain = (text) => text.replaceAll(/[\u2068\u2069]/g, '').replaceAll(/\s+/g, ' ').trim();
const titled = (page, title) => page.locator('dialog[open]').filter({ hasText: title }).waitFor();
const letter = (page, said) => page.waitForFunction((wanted) => document.querySelector('#demands .sentence__statement')?.textContent.replaceAll(/[\u2068\u2069]/g, '').replaceAll(/\s+/g, ' ').includes(wanted), said);
const sound = async (page, where) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target).join('; ')}`), [], where);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, where);
};
async function fill(page, say, { asker, kind, basis, ...rest }) {
  await button(page, say('desk.file')).click();
  await field(page, say('desk.asker')).fill(asker);
  await field(page, say('desk.kind')).selectOption(kind);
  await field(page, say('desk.basis')).selectOption(basis);
  for (const [key, value] of Object.entries(rest)) await field(page, say(`desk.${key}`)).fill(value);
}
const enterIt = (page, say) => button(page, say('desk.file_do')).click();

test('who is no operator finds the desk closed, and is told where to look', async () => {
  const member = await server.signUp('mina'), { page, ...visitor } = await open('phone', member);
  await page.goto('/desk');
  await page.getByText(en('desk.closed_text')).waitFor();
  assert.equal(await button(page, en('desk.file')).count(), 0);
  await visitor.context.close();
});

test('a demand from the owner\'s state is refused by rule the moment it is entered; the receipt names its entry, the letter tells it', async () => {
  const visitor = await open('phone', operator), { page } = visitor, reader = await browser.phone({ url: server.url });
  await reader.goto('/letter');
  await letter(reader.page, en('letter.demands.statement'));
  await page.goto('/settings');
  await page.getByRole('link', { name: en('desk.title') }).click();
  await page.getByText(en('desk.none_text')).waitFor();
  await visitor.shoot('desk-empty-en');
  await sound(page, 'empty');

  // a name that nobody has: said in the sheet, nothing entered, nothing lost of what was written
  await fill(page, en, { asker: 'cn', kind: 'data', basis: 'court', accounts: 'asha, nobody-here', authority: 'Ministry of Everything', text: 'All that there is.' });
  await enterIt(page, en);
  await page.locator('dialog[open] .field__error').waitFor();
  await visitor.shoot('desk-file-en');
  await sound(page, 'filing');
  await field(page, en('desk.accounts')).fill('asha');
  await enterIt(page, en);
  await titled(page, 'Refused by rule 2');
  assert.equal(await fact(page, en('desk.asker')).textContent(), 'China');
  assert.equal(await fact(page, en('desk.authority')).textContent(), 'Ministry of Everything');
  assert.equal(await button(page, en('desk.decide_do')).count(), 0, 'nobody can decide otherwise');
  await visitor.shoot('desk-refused-en');
  await sound(page, 'one');

  // the receipt, held against the log's key and its entry
  const key = readKey((await server.visitor().get('/ledger/key')).text), where = await page.getByRole('link', { name: en('desk.receipt') }).getAttribute('href');
  const proof = (await operator.get(where)).text, number = /^index (\d+)$/m.exec(proof)[1], line = (await server.visitor().get(`/ledger/entry/${number}`)).text;
  assert.match(line, /^demand-received \S+ demand=[0-9a-f]{16} asker=CN kind=data basis=court /);
  assert.doesNotMatch(line, /asha|Ministry/);
  readProof(proof, key, line);
  assert.match(plain(await fact(page, en('desk.entry.received')).textContent()), new RegExp(`2\\d\\d\\d · ${en('desk.entry', { n: number })}$`));
  const answer = (await operator.get(await page.getByRole('link', { name: en('desk.answer') }).getAttribute('href'))).text;
  assert.match(answer, /2/);
  assert.doesNotMatch(answer, /asha/);
  await letter(reader.page, '1 asked, 1 refused by rule 2, 0 disclosed.');
  assert.deepEqual([visitor.errors.filter((e) => !/status of 400/.test(e)), reader.errors], [[], []]);
  await visitor.close();
  await reader.close();
});

test('a court\'s order at home goes its way: proof of who asks, a decision; row, entries, answer and letter follow', async () => {
  const visitor = await open('desk', operator), { page } = visitor, reader = await browser.phone({ url: server.url });
  await reader.goto('/letter');
  await page.goto('/desk');
  await page.locator('.desk__row').first().waitFor();
  await fill(page, en, { asker: 'SG', kind: 'metadata', basis: 'court', accounts: 'asha', reference: 'HC/OS 12/2026' });
  await enterIt(page, en);
  await titled(page, en('desk.state.received'));
  await letter(reader.page, '2 asked, 1 refused by rule 2, 1 awaiting a decision, 0 disclosed.');
  const answer = async () => (await operator.get(await page.getByRole('link', { name: en('desk.answer') }).getAttribute('href'))).text;
  const first = await answer();
  assert.equal(await button(page, en('desk.authenticate')).isEnabled(), false);
  await field(page, en('desk.how')).selectOption('call-back');
  await button(page, en('desk.authenticate')).click();
  await titled(page, en('desk.state.authenticated'));
  await fact(page, en('desk.entry.authenticated')).waitFor();
  assert.notEqual(await answer(), first);
  await visitor.shoot('desk-decide-en');
  await sound(page, 'deciding');

  // what this node cannot do yet it says, and nothing is decided
  await field(page, en('desk.decide')).selectOption('complied');
  await button(page, en('desk.decide_do')).click();
  await page.locator('dialog[open] .field__error').waitFor();
  assert.equal(await fact(page, en('desk.entry.decided')).count(), 0);
  await field(page, en('desk.decide')).selectOption('refused');
  await field(page, en('desk.reason')).fill('The order names another person.');
  await button(page, en('desk.decide_do')).click();
  await titled(page, en('desk.outcome.refused'));
  await fact(page, en('desk.entry.decided')).waitFor();
  assert.equal(await button(page, en('desk.decide_do')).count(), 0);
  assert.match(await answer(), /refused/i);
  await letter(reader.page, '2 asked, 1 refused by rule 2, 1 refused by a person, 0 disclosed.');
  const number = Number(/\d+$/.exec(plain(await fact(page, en('desk.entry.decided')).textContent()))[0]);
  assert.match((await server.visitor().get(`/ledger/entry/${number}`)).text, /^demand-decided .* outcome=refused rule=- /);
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.match(plain(await page.locator('.desk__row').first().textContent()), /Singapore: Who it belongs to, when it was used\s*Refused$/);
  await visitor.shoot('desk-list-en');
  assert.deepEqual([visitor.errors.filter((e) => !/status of (400|403|409)/.test(e)), reader.errors], [[], []]);
  await visitor.close();
  await reader.close();
});

test('in Arabic the desk reads from the right, takes a demand, and says its clock', async () => {
  const say = words('ar'), visitor = await open('phone', operator, { locale: 'ar-EG', colorScheme: 'dark' }), { page } = visitor;
  await page.goto('/desk');
  await page.locator('.desk__row').first().waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl');
  await fill(page, say, { asker: 'SG', kind: 'preservation', basis: 'treaty', accounts: 'asha', authority: 'النيابة العامة' });
  await visitor.shoot('desk-file-ar');
  await sound(page, 'filing, ar');
  await enterIt(page, say);
  await titled(page, say('desk.state.received'));
  await visitor.shoot('desk-one-ar');
  await sound(page, 'one, ar');
  await page.keyboard.press('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  assert.match(plain(await page.locator('.desk__clock').first().textContent()), /متبق|يوم/);
  await visitor.shoot('desk-list-ar');
  await sound(page, 'list, ar');
  assert.deepEqual(visitor.errors, []);
  await visitor.close();
});
