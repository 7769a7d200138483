// The product's main job as two people live it, on phones, in each language of the interface: one uploads a clip, the other
// swipes to it, likes it, comments, follows.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { root, startServer, password } from '../system/server.mjs';
import { publish } from '../system/upload.mjs';
import { openBrowser } from './browser.mjs';
import { plays, until } from './clips.mjs';
import { words } from './words.mjs';

const media = path.resolve(root, '../shared/media');
const skip = !existsSync(media) && 'no ../shared/media';
const clip = (name) => path.join(media, name);

let server, browser;
before(async () => {
  if (skip) return;
  server = await startServer();
  browser = await openBrowser();
  // Somebody else's clips are there already, so that there is something to swipe past.
  for (const [handle, file, caption] of [['ravi', 'derived__rooftop_vertical_vfr_404x720_12s.mp4', 'Over the roofs'],
    ['meera', 'derived__car_vertical_vp9_opus_360x640_8s.webm', 'On the road']]) {
    const client = await server.signUp(handle, { client: 'program', languages: ['en'] });
    await publish(client, clip(file), { caption });
  }
});
after(async () => { await browser?.close(); await server?.stop(); });

async function signUp(phone, say, handle) {
  const { page } = phone;
  await phone.goto('/sign-up');
  await page.getByLabel(say('join.handle'), { exact: false }).first().fill(handle);
  await page.locator('input[autocomplete=new-password]').fill(password);
  await page.getByRole('button', { name: say('join.continue'), exact: true }).click();
  const create = page.getByRole('button', { name: say('join.create'), exact: true });
  await create.waitFor();
  await phone.shoot(`${say.code}-sign-up-2`);
  await create.click();
  await page.waitForURL('**/');
}

async function uploadByHand(phone, say, file, caption) {
  const { page } = phone;
  await page.locator('.nav__item--upload').click();
  await page.locator('input[type=file]').first().setInputFiles(file);
  await page.getByRole('button', { name: say('upload.next'), exact: true }).click();
  await page.getByLabel(say('upload.caption')).fill(caption);
  await phone.shoot(`${say.code}-upload`);
  await page.getByRole('button', { name: say('upload.post'), exact: true }).click();
  const draft = page.locator('.draft', { hasText: caption });
  await draft.getByText(say('upload.published'), { exact: true }).waitFor({ timeout: 60_000 });
  await phone.shoot(`${say.code}-published`);
}

const current = (page) => page.locator('article.clip:not([inert])');

/** A new clip is in the feed within a second or so of its publication: the pool of candidates is made anew that often. */
async function isInFeed(caption, code) {
  await until(async () => {
    const { body } = await server.visitor().get('/api/v1/feed', { headers: { 'accept-language': code } });
    return body.items.some((video) => video.caption === caption);
  }, `${caption} is in the feed`);
}

async function swipeTo(phone, caption) {
  for (let swipes = 0; swipes < 8; swipes++) {
    await plays(phone.page);
    if (await current(phone.page).getByText(caption).count()) return swipes;
    const before = await current(phone.page).getAttribute('data-id');
    await phone.swipeUp();
    await phone.page.waitForFunction((id) => {
      const now = document.querySelector('article.clip:not([inert])');
      return now && now.dataset.id && now.dataset.id !== id;
    }, before, { timeout: 30_000 });
  }
  throw new Error(`${caption} did not come within eight swipes`);
}

for (const code of ['en', 'ar', 'hi']) {
  test(`two people: one uploads, the other swipes to it, likes and comments (${code})`, { skip }, async () => {
    const say = words(code);
    const caption = { en: 'Morning above the sea', ar: 'صباح فوق البحر', hi: 'समुद्र के ऊपर सुबह' }[code];
    const asha = await browser.phone({ url: server.url, locale: code });
    await signUp(asha, say, `asha_${code}`);
    await uploadByHand(asha, say, clip('derived__karma_vertical_720x1280_10s_h264.mp4'), caption);
    await isInFeed(caption, code);

    const omar = await browser.phone({ url: server.url, locale: code });
    await signUp(omar, say, `omar_${code}`);
    const { page } = omar;
    assert.equal(await page.locator('html').getAttribute('dir'), say.dir);
    assert.equal(await page.locator('html').getAttribute('lang'), code);
    const swipes = await swipeTo(omar, caption);
    if (swipes === 0) {                                  // it came first: a swipe must lead on and back all the same
      await omar.swipeUp();
      await page.waitForFunction((text) => !document.querySelector('article.clip:not([inert])').textContent.includes(text), caption);
      await omar.swipeDown();
      await swipeTo(omar, caption);
    }
    await omar.shoot(`${code}-feed`);

    const like = current(page).locator('.act--like');
    const box = await like.boundingBox();
    const middle = page.viewportSize().width / 2;
    assert.ok(say.dir === 'rtl' ? box.x < middle : box.x > middle, 'the rail stands at the end of the line');
    await like.click();
    await page.waitForFunction(() => document.querySelector('article.clip:not([inert]) .act--like').getAttribute('aria-pressed') === 'true');
    await current(page).locator('.rail__follow').click();

    await current(page).locator('.act').nth(1).click();
    const comment = { en: 'What a view', ar: 'ما أجمل هذا المنظر', hi: 'क्या नज़ारा है' }[code];
    await page.getByPlaceholder(say('comments.placeholder')).fill(comment);
    await page.getByRole('button', { name: say('comments.post') }).click();
    await page.locator('.comment__text', { hasText: comment }).waitFor();
    await omar.shoot(`${code}-comments`);

    // What the author and the world see of it.
    const visitor = server.visitor();
    const { body: list } = await visitor.get(`/api/v1/accounts/asha_${code}/videos`);
    const video = list.items[0];
    assert.equal(video.caption, caption);
    const { body: comments } = await visitor.get(`/api/v1/videos/${video.id}/comments`);
    assert.deepEqual(comments.items.map((c) => c.text), [comment]);
    await asha.page.waitForFunction(async ({ handle, id }) => {
      const profile = await (await fetch(`/api/v1/accounts/${handle}`)).json();
      const seen = await (await fetch(`/api/v1/videos/${id}`)).json();
      return profile.counts.followers === 1 && seen.counts.likes === 1 && seen.counts.comments === 1;
    }, { handle: `asha_${code}`, id: video.id }, { timeout: 30_000, polling: 200 });
    await asha.goto(`/@asha_${code}`);
    await asha.page.locator('.tile, .grid a').first().waitFor();
    await asha.shoot(`${code}-profile`);
    assert.deepEqual(asha.errors, []);
    assert.deepEqual(omar.errors, []);
    await asha.close();
    await omar.close();
  });
}

test('a video has a page that plays without JavaScript and says itself to other sites', { skip }, async () => {
  const { body } = await server.visitor().get('/api/v1/accounts/ravi/videos');
  const [video] = body.items;
  const plain = await browser.phone({ url: server.url, javaScriptEnabled: false });
  await plain.goto(`/v/${video.id}`);
  const seen = await plain.page.locator('video').evaluate((v) => ({ controls: v.controls, src: v.currentSrc || v.src, poster: v.poster }));
  assert.ok(seen.controls && seen.src.endsWith(video.src) && seen.poster.endsWith(video.poster));
  assert.equal(await plain.page.locator('meta[property="og:title"]').count(), 1);
  assert.match(await plain.page.locator('meta[property="og:video"]').getAttribute('content'), /^https?:\/\/.*\.mp4$/);
  await plain.shoot('en-video-page');
  await plain.close();
});

test('the letter is readable on a phone in each language, with a figure that a command changes', { skip }, async () => {
  for (const code of ['en', 'ar', 'hi']) {
    const reader = await browser.phone({ url: server.url, locale: code });
    await reader.goto('/letter');
    assert.equal(await reader.page.locator('html').getAttribute('dir'), words(code).dir);
    const wide = await reader.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${code}: nothing sticks out at the side (${wide} px)`);
    await reader.shoot(`${code}-letter`);
    assert.deepEqual(reader.errors, []);
    await reader.close();
  }
});
