// A newcomer's first five minutes in three languages, on a phone and at a desk: on one demo network.
//
// Each walk is a list of steps; a step takes the walk and leaves the page where the next begins.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { password } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { currentId, leaves, plays, until } from './clips.mjs';
import { demoServer } from './demo.mjs';
import { words } from './words.mjs';

const skip = !existsSync('/usr/share/fonts/truetype/noto/NotoNastaliqUrdu-Bold.ttf') && 'fonts-noto-core is not installed';
const current = 'article.clip:not([inert])';

let server, browser, folder, clip;
before(async () => {
  if (skip) return;
  server = await demoServer(4);
  browser = await openBrowser();
  // What a newcomer has in the gallery: any H.264 clip will do.
  folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-gallery-'));
  clip = path.join(folder, 'from-the-gallery.mp4');
  const { items } = (await server.visitor().get('/api/v1/feed')).body;
  writeFileSync(clip, (await server.visitor().get(items[0].src)).bytes);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const button = (page, name) => page.getByRole('button', { name, exact: true });

const steps = {
  async aMovingClipFillsTheScreen({ visitor, page, say, kind }) {
    await visitor.goto('/');
    assert.equal(await page.locator('html').getAttribute('dir'), say.dir);
    assert.equal(await page.locator('html').getAttribute('lang'), say.code);
    await plays(page);
    const box = await page.locator(`${current} video`).boundingBox();
    const { width, height } = page.viewportSize();
    if (kind === 'phone') assert.ok(box.width >= width && box.height > 0.85 * height, `${box.width} x ${box.height}`);
    else assert.ok(box.height > 0.9 * height, `${box.height} of ${height}`);
    await page.locator(`${current} .words__chips`).getByText(say('feed.demo'), { exact: true }).waitFor();
  },

  async aTapGivesSound({ page, kind }) {
    const muted = () => page.locator(`${current} video`).evaluate((video) => video.muted);
    assert.equal(await muted(), true);
    const { width, height } = page.viewportSize();
    if (kind === 'phone') await page.touchscreen.tap(width / 2, height / 2);
    else await page.mouse.click(width / 2, height / 2);
    await until(async () => !await muted(), 'the clip has sound');
    await plays(page);
  },

  async aSwipeStartsTheNext({ visitor, page, kind }) {
    const before = await currentId(page);
    if (kind === 'phone') await visitor.swipeUp();
    else await page.keyboard.press('ArrowDown');
    await leaves(page, before);
    await plays(page);
    assert.equal(await page.locator(`${current} video`).evaluate((video) => video.muted), false, 'sound stays on');
  },

  async whyThisSaysWhy({ page, say }) {
    await page.locator(`${current} .words__chips [aria-haspopup=dialog]`).click();
    const sheet = page.getByRole('dialog', { name: say('feed.why_title') });
    await sheet.locator('.sheet__text').first().waitFor();
    assert.ok((await sheet.locator('.sheet__text').first().textContent()).length > 10);
    await sheet.getByRole('button', { name: say('app.close') }).click();
    await sheet.waitFor({ state: 'detached' });
  },

  async theShieldOpensTheLetter({ page, say }) {
    const shield = page.locator('.shield:visible').first();
    const { demands } = (await server.visitor().get('/api/v1/node')).body;
    const figure = new Intl.NumberFormat(say.code).format(demands);
    assert.ok((await shield.textContent()).includes(figure), await shield.textContent());
    await shield.click();
    await page.waitForURL('**/letter');
    await page.getByRole('heading', { level: 1, name: say('letter.title') }).waitFor();
    await page.locator('.doc__note').getByText(say('letter.demo_note')).waitFor();
    assert.ok((await page.locator('.shield').textContent()).includes(String(demands)));
    await page.locator('.doc__brand').click();
    await page.waitForURL('**/');
    await plays(page);
  },

  async oneSignsUpInTwoSteps({ page, say, handle }) {
    await page.locator('.nav__item--upload').click();
    await page.getByRole('link', { name: say('join.title'), exact: true }).click();
    await page.getByLabel(say('join.handle'), { exact: false }).first().fill(handle);
    await page.locator('input[autocomplete=new-password]').fill(password);
    await button(page, say('join.continue')).click();
    await button(page, say('join.create')).click();
    await page.waitForURL('**/upload');                 // where they were going
  },

  // It is where they are; the bar below still changes to that of somebody who is signed in, and a click on it might meet its neighbour.
  async oneChoosesAClipFromTheGallery({ page }) {
    await page.locator('input[type=file]').first().setInputFiles(clip);
  },

  // Cutting comes with its words in the catalogue.
  async oneTrimsIt({ page, say }) {
    if (!say.has('cut.start')) return;
    const start = page.getByRole('slider', { name: say('cut.start'), exact: true });
    await start.focus();
    await page.keyboard.press(`Shift+${say.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'}`);
    assert.ok(Number(await start.getAttribute('aria-valuenow')) > 0.5);
  },

  async oneChoosesItsCover({ page, say }) {
    if (!say.has('cut.cover')) return;
    await button(page, say('cut.cover')).click();
    await page.getByRole('slider', { name: say('cut.cover_at'), exact: true }).focus();
    await page.keyboard.press(`Shift+${say.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'}`);
    await button(page, say('upload.next')).click();
  },

  async onePostsIt({ page, say, caption }) {
    await page.getByLabel(say('upload.caption')).fill(caption);
    await button(page, say('upload.post')).click();
    await page.locator('.draft', { hasText: caption }).getByText(say('upload.published'), { exact: true }).waitFor({ timeout: 60_000 });
  },

  async itIsOnTheProfileAtOnce({ page, caption, handle }) {
    await page.locator('.nav__item[href="/me"]').click();
    await page.locator(`.tile img[alt="${caption}"]`).waitFor();
    const { items } = (await server.visitor().get(`/api/v1/accounts/${handle}/videos`)).body;
    assert.deepEqual(items.map((video) => video.caption), [caption]);
    assert.equal(await page.locator('.chip--demo').count(), 0, 'a person is no demo');
    // the next one to come finds the demo network as it was
    const taken = await page.evaluate(async (id) => (await fetch(`/api/v1/videos/${id}`, { method: 'DELETE' })).status, items[0].id);
    assert.equal(taken, 204);
  },
};

test('what the search page suggests is found, and nobody says the same twice', { skip }, async () => {
  const visitor = server.visitor();
  for (const [query, word] of [['namaste', 'नमस्ते'], ['salam', 'سلام']]) {
    assert.ok(words('en')('search.begin_text').includes(query) || words('ar')('search.begin_text').includes(query));
    await until(async () => (await visitor.get(`/api/v1/search?kind=videos&q=${query}`)).body.items.some((video) => video.caption.includes(word)), `${query} finds ${word}`);
  }
  for (const { id } of (await visitor.get('/api/v1/feed')).body.items) {
    const said = (await visitor.get(`/api/v1/videos/${id}/comments`)).body.items.map((comment) => comment.text);
    assert.deepEqual(said, [...new Set(said)]);
  }
});

const captions = { en: 'My first clip', ar: 'مقطعي الأول', hi: 'मेरी पहली क्लिप' };

for (const kind of ['phone', 'desk']) {
  for (const code of ['en', 'ar', 'hi']) {
    test(`the first five minutes (${kind}, ${code})`, { skip, timeout: 240_000 }, async () => {
      const visitor = await browser[kind]({ url: server.url, locale: code });
      const walk = { visitor, page: visitor.page, say: words(code), kind, handle: `${kind}_${code}`, caption: captions[code] };
      for (const [name, step] of Object.entries(steps)) {
        try {
          await step(walk);
        } catch (thrown) {
          await visitor.shoot(`minutes-${kind}-${code}-failed`);
          throw new Error(`${name}: ${thrown.message}`, { cause: thrown });
        }
        await visitor.shoot(`minutes-${kind}-${code}-${name}`);
      }
      assert.deepEqual(visitor.errors, []);
      await visitor.close();
    });
  }
}
