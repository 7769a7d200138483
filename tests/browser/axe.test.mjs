// What axe finds on each screen: nothing, in either theme and direction.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { openBrowser } from './browser.mjs';
import { media, plays, serverWithClips, signIn, skip } from './clips.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let server, clients, videos, browser;
before(async () => {
  if (skip) return;
  ({ server, clients, videos } = await serverWithClips());
  await clients.omar.post(`/api/v1/videos/${videos[0]}/comments`, { text: 'What a view' });
  await clients.asha.post(`/api/v1/videos/${videos[0]}/comments`, { text: 'شكراً' });
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await server?.stop(); });

const act = (page, index) => page.locator('article.clip:not([inert]) .act').nth(index).click();
const clip = async (page) => { await page.goto(`/v/${videos[0]}`); await plays(page); };
const screens = {
  async feed(page) { await page.goto('/'); await plays(page); },
  async comments(page) { await clip(page); await act(page, 1); await page.locator('.comment').first().waitFor(); },
  async share(page) { await clip(page); await act(page, 3); await page.locator('.qr').waitFor(); },
  async options(page) { await clip(page); await act(page, 4); await page.locator('.speed').waitFor(); },
  async edit(page) { await clip(page); await act(page, 4); await page.locator('dialog[open] .menu__item').nth(1).click(); await page.locator('dialog[open] textarea').waitFor(); },
  async profile(page) { await page.goto('/@asha'); await page.locator('.tile').first().waitFor(); },
  async upload(page) { await page.goto('/upload'); await page.locator('.chooser').waitFor(); },
  async upload_cut(page) {
    await page.goto('/upload');
    await page.locator('input[type=file]').setInputFiles(path.join(media, 'media__sample_portrait.mp4'));
    await page.locator('.strip__reel .is-drawn').nth(8).waitFor();
  },
  async upload_cover(page) { await page.locator('.segments button').nth(1).click(); await page.locator('.strip__handle--cover').waitFor(); },
  async upload_words(page) {
    await page.locator('.composer__head .button--main').click();
    await page.locator('textarea').pressSequentially('@om');
    await page.locator('.completing__list li').first().waitFor();
    await page.keyboard.press('ArrowDown');
  },
  async captions(page) { await clip(page); await act(page, 4); await page.locator('dialog[open] .menu__item').nth(2).click(); await page.locator('dialog[open] select').waitFor(); },
  async settings(page) { await page.goto('/settings'); await page.locator('.switch').first().waitFor(); },
  async letter(page) { await page.goto('/letter'); },
  async embed(page) { await page.goto(`/embed/${videos[0]}`); },
};

for (const [kind, locale, colorScheme] of [['phone', 'en', 'dark'], ['phone', 'ar', 'light'], ['phone', 'ar', 'dark'], ['phone', 'en', 'light'],
  ['desk', 'en', 'dark'], ['desk', 'ar', 'light']]) {
  test(`axe finds nothing (${kind}, ${locale}, ${colorScheme})`, { skip }, async () => {
    const visitor = await browser[kind]({ url: server.url, locale, colorScheme, reducedMotion: 'no-preference' });
    await signIn(visitor, clients.asha);
    const { page } = visitor;
    for (const [name, open] of Object.entries(screens)) {
      await open(page);
      await page.waitForTimeout(350);                    // colours are measured once nothing moves
      await page.evaluate(axe);
      const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations', 'passes'] }));
      const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? node.failureSummary}`).join('; ')}`);
      assert.deepEqual(told, [], name);
      assert.ok(passes.length > 10, `${name}: it looked`);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name}: ${over} px stick out`);
    }
    await visitor.close();
  });
}

test('nothing sticks out or is cut at 320 pixels, nor on a wide screen', { skip }, async () => {
  for (const [width, height, locale] of [[320, 568, 'en'], [320, 568, 'ar'], [320, 568, 'hi'], [844, 390, 'ar'], [1920, 1080, 'en']]) {
    const visitor = await browser.open({ url: server.url, locale, viewport: { width, height } });
    await signIn(visitor, clients.asha);
    for (const [name, open] of Object.entries(screens)) {
      await open(visitor.page);
      const out = await visitor.page.evaluate(() => [...document.querySelectorAll('button, a, h1, h2, p, input, select')].filter((element) => {
        const { left, right, width: wide } = element.getBoundingClientRect();
        return wide > 1 && !element.closest('.map__scroll, .clip[inert]') && (left < -1 || right > innerWidth + 1);
      }).map((element) => element.className || element.tagName));
      assert.deepEqual(out, [], `${name} at ${width}, ${locale}`);
    }
    await visitor.close();
  }
});
