// The letter and the ledger's pages as people and journalists live them: a demand flips an open letter, an altered entry turns the check
// red, and all of it reads well on a phone and a desk, in three languages.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import test, { after, before } from 'node:test';

import { enterDemands, someDemands, someOthers } from '../system/entered.mjs';
import { binary, startServer } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { words } from './words.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const settings = { 'region.owner_jurisdiction': 'CN' };
let browser, asked;
before(async () => {
  browser = await openBrowser();
  asked = await startServer({ settings });
  await enterDemands(asked, someDemands, someOthers);
});
after(async () => { await browser?.close(); await asked?.stop(); });

const check = async (page) => {
  await page.locator('.check__start').click();
  await page.locator('.verdict').waitFor({ timeout: 60_000 });
  return page.locator('.verdict').getAttribute('class');
};
const statement = (page) => page.locator('#demands .sentence__statement');
const plain = (text) => text.replaceAll(/[\u2068\u2069]/g, '').replaceAll(/\s+/g, ' ').trim();

test('a demand flips the open letter without a reload, and the reader counts it again', async () => {
  const server = await startServer({ settings: { ...settings, 'demo.clips': 1 } });
  try {
    const { code, stderr } = await server.cli('demo');
    assert.equal(code, 0, stderr);
    const readers = await Promise.all(['en', 'ar', 'hi'].map(async (locale) => {
      const visitor = await browser.phone({ url: server.url, locale });
      await visitor.goto('/letter');
      return { visitor, page: visitor.page, say: words(locale) };
    }));
    for (const { page, say } of readers) {
      assert.equal(plain(await statement(page).textContent()), say('letter.demands.statement'));
      await page.evaluate(() => { window.stayed = true; });
      assert.equal(await page.locator('.sentence').count(), 9);
    }
    const filed = await server.cli('demo', 'demand');
    assert.equal(filed.code, 0, filed.stderr);
    for (const { page, say, visitor } of readers) {
      await statement(page).locator('.figure').first().waitFor({ timeout: 60_000 });
      const one = { en: '1 asked, 1 refused by rule 2, 0 disclosed.', hi: '1 माँग आई, 1 नियम 2 से ठुकराई गई, 0 में डेटा दिया गया।' }[say.code];
      if (one) assert.equal(plain(await statement(page).textContent()), one);
      else assert.match(plain(await statement(page).textContent()), /^1 طلب ورد، 1 رُفض بالقاعدة 2، كُشفت بيانات في 0\.$/);
      assert.equal(await page.evaluate(() => window.stayed), true);
      assert.equal(await page.locator('.sentence').count(), 9);
      assert.match(await page.locator('#live-news').textContent(), /1/);
      await visitor.shoot(`letter-asked-${say.code}`);
      assert.match(await check(page), /verdict--good/);
      assert.deepEqual(visitor.errors, []);
    }
    const { page } = readers[0];
    await statement(page).locator('a.figure').nth(1).click();
    await page.locator('.entry').waitFor();
    assert.match(await page.locator('.entry__says').textContent(), /Refused by rule/);
    await page.getByRole('link', { name: words('en')('trust.entries.story') }).click();
    assert.equal(await page.locator('.entry').count() >= 2, true);
    for (const { visitor } of readers) await visitor.close();
  } finally {
    await server.stop();
  }
});

test('a tampered copy turns the check red and names the entry; the node itself stays right', async () => {
  const child = spawn(binary, ['demo', 'tamper', ...asked.commandOptions], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  process.on('exit', () => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.on('data', (d) => { printed += d; });
  child.stderr.on('data', (d) => { printed += d; });
  try {
    const address = await new Promise((resolve, reject) => {
      child.stdout.on('data', () => { const found = /Served beside: (http:\S+)\/trust/.exec(printed); if (found) resolve(found[1]); });
      void ended.then(() => reject(new Error(printed)));
    });
    const number = /^Entry (\d+) was:/m.exec(printed)[1];
    for (const [locale, where] of [['en', '/trust'], ['ar', `/trust/entries?number=${number}`], ['hi', '/letter']]) {
      const visitor = await browser.phone({ url: address, locale });
      await visitor.goto(where);
      assert.match(await check(visitor.page), /verdict--bad/);
      const told = await visitor.page.locator('.finding--bad .finding__text').textContent();
      assert.equal(told, words(locale)('check.bad_entry', { number: new Intl.NumberFormat(locale).format(Number(number)) }));
      assert.match(await visitor.page.locator('.finding__facts').textContent(), /asker=XB/);
      assert.equal(await visitor.page.locator('.entry.is-wrong').count(), where.includes('number=') ? 1 : 0);
      await visitor.page.waitForTimeout(900);
      await visitor.shoot(`tampered-${locale}`);
      await visitor.close();
    }
    const honest = await browser.phone({ url: asked.url });
    await honest.goto('/trust');
    assert.match(await check(honest.page), /verdict--good/);
    await honest.close();
  } finally {
    child.kill('SIGINT');
    assert.deepEqual(await ended, { code: 0, signal: null }, printed);
  }
  assert.deepEqual(readdirSync(os.tmpdir()).filter((name) => name.startsWith('amanat-tamper-')), []);
});

test('what this browser saw before is compared with what it sees now', async () => {
  const visitor = await browser.desk({ url: asked.url });
  await visitor.goto('/trust');
  await check(visitor.page);
  assert.match(await visitor.page.locator('.verdict__list').textContent(), /has not seen this log before/);
  await visitor.page.reload();
  await check(visitor.page);
  assert.match(await visitor.page.locator('.verdict__list').textContent(), /still there, unchanged/);
  await visitor.page.evaluate(() => {
    const [name] = Object.keys(localStorage).filter((key) => key.startsWith('amanat-seen'));
    localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), root: btoa('x'.repeat(32)) }));
  });
  assert.match(await check(visitor.page), /verdict--bad/);
  await visitor.close();
});

const screens = {
  letter: async (page) => { await page.goto('/letter'); },
  trust: async (page) => { await page.goto('/trust'); await check(page); await page.waitForTimeout(1200); },
  entries: async (page) => { await page.goto('/trust/entries'); },
  charter: async (page) => { await page.goto('/trust/charter?asker=CN&residence=IN&kind=data&basis=court'); },
};
for (const [kind, locale, colorScheme] of [['phone', 'en', 'dark'], ['phone', 'ar', 'light'], ['desk', 'hi', 'light'], ['desk', 'ar', 'dark']]) {
  test(`axe finds nothing, and nothing sticks out (${kind}, ${locale}, ${colorScheme})`, async () => {
    const visitor = await browser[kind]({ url: asked.url, locale, colorScheme });
    const { page } = visitor;
    for (const [name, open] of Object.entries(screens)) {
      await open(page);
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations', 'passes'] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any[0]?.message ?? node.failureSummary}`).join('; ')}`), [], name);
      assert.ok(passes.length > 10, name);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0, name);
      assert.equal(await page.evaluate(() => document.documentElement.dir), locale === 'ar' ? 'rtl' : 'ltr');
    }
    assert.deepEqual(visitor.errors, []);
    await visitor.close();
  });
}

test('at 320 pixels nothing sticks out', async () => {
  for (const locale of ['en', 'ar', 'hi']) {
    const visitor = await browser.open({ url: asked.url, locale, viewport: { width: 320, height: 568 } });
    for (const [name, open] of Object.entries(screens)) {
      await open(visitor.page);
      const out = await visitor.page.evaluate(() => [...document.querySelectorAll('button, a, h1, h2, p, select, td, dd')].filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && !element.closest('.map__scroll') && (left < -1 || right > innerWidth + 1);
      }).map((element) => `${element.className || element.tagName} ${element.textContent.slice(0, 30)}`));
      assert.deepEqual(out, [], `${name}, ${locale}`);
    }
    await visitor.close();
  }
});

test('without a script the pages stand, the form works, and the way to check is told', async () => {
  const visitor = await browser.phone({ url: asked.url, javaScriptEnabled: false });
  const { page } = visitor;
  await page.goto('/trust');
  assert.equal(await page.locator('.check__start').isVisible(), false);
  await page.locator('.check__noscript').waitFor();
  assert.match(await page.locator('.check__whose').textContent(), /amanat verify http/);
  await page.goto('/trust/charter');
  await page.locator('select[name=asker]').selectOption('CN');
  await page.locator('select[name=residence]').selectOption('IN');
  await page.locator('.ask button').click();
  assert.match(plain(await page.locator('.answer__says').textContent()), /Refused by rule 2/);
  await visitor.close();
});
