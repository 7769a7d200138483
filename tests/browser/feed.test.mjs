// The feed under fingers, mouse, wheel and keys.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';

import { Server, startServer } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { becomes, currentId, leaves, plays, serverWithClips, signIn, skip, swipeFrom, until } from './clips.mjs';
import { words } from './words.mjs';

const clipCount = 11;            // more than a page of the feed
let server, clients, videos, browser;
before(async () => {
  if (skip) return;
  ({ server, clients, videos } = await serverWithClips(clipCount));
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await server?.stop(); });

const now = 'article.clip:not([inert])';
const state = (page) => page.locator(`${now} video`).evaluate((v) => ({ paused: v.paused, rate: v.playbackRate, time: v.currentTime, duration: v.duration, muted: v.muted }));
const is = (page, what) => page.waitForFunction(([wanted, where]) => {
  const video = document.querySelector(`${where} video`);
  return video && Object.entries(wanted).every(([name, value]) => video[name] === value);
}, [what, now]);
const middle = async (page) => {
  const box = await page.locator(`${now} .clip__tap`).boundingBox();
  return [box.x + box.width / 2, box.y + box.height * 0.4];
};

/** A phone or a desk at one clip, sound on, playing. */
async function at(kind, id, { client, locale = 'en', sound = true } = {}) {
  const visitor = await browser[kind]({ url: server.url, locale });
  if (client) await signIn(visitor, client);
  await visitor.goto(id ? `/v/${id}` : '/');
  await plays(visitor.page);
  if (sound && await visitor.page.locator(`${now} .sound--off`).count()) await visitor.page.locator(`${now} .sound`).click();
  return visitor;
}

const done = async (visitor) => {
  assert.deepEqual(visitor.errors, []);
  await visitor.close();
};

test('two quick taps like the clip where the finger was, and it goes on playing', { skip }, async () => {
  const phone = await at('phone', videos[0], { client: clients.omar });
  const { page } = phone;
  const [x, y] = await middle(page);
  await page.touchscreen.tap(x, y);
  await page.touchscreen.tap(x, y);
  const heart = await page.locator('.heart').boundingBox();
  assert.ok(Math.abs(heart.x + heart.width / 2 - x) < 40 && heart.y < y, 'the heart rises from the finger');
  await until(async () => (await server.visitor().get(`/api/v1/videos/${videos[0]}`)).body.counts.likes === 1, 'the server counts it');
  await is(page, { paused: false });
  await page.locator('.heart').waitFor({ state: 'detached' });
  await page.touchscreen.tap(x, y);
  await page.touchscreen.tap(x, y);
  await page.waitForTimeout(300);
  assert.equal((await clients.omar.get(`/api/v1/videos/${videos[0]}`)).body.liked, true, 'liking twice takes nothing back');
  await done(phone);
});

test('one tap gives sound first, then pauses and plays', { skip }, async () => {
  const phone = await at('phone', videos[0], { sound: false });
  const { page } = phone;
  const [x, y] = await middle(page);
  assert.equal((await state(page)).muted, true);
  await page.touchscreen.tap(x, y);
  await is(page, { muted: false, paused: false });
  await page.waitForTimeout(400);
  await page.touchscreen.tap(x, y);
  await is(page, { paused: true });
  await page.waitForTimeout(300);
  await page.touchscreen.tap(x, y);
  await is(page, { paused: false });
  await done(phone);
});

test('a held clip plays twice as fast until it is let go; the options keep a speed', { skip }, async () => {
  const desk = await at('desk', videos[0]);
  const { page } = desk;
  await page.mouse.move(...await middle(page));
  await page.mouse.down();
  await is(page, { playbackRate: 2 });
  await page.locator('.clip__hurry').waitFor();
  await page.mouse.up();
  await is(page, { playbackRate: 1, paused: false });
  await page.locator(`${now} .act`).last().click();
  await page.locator('.speed button').nth(2).click();
  await page.keyboard.press('Escape');
  await is(page, { playbackRate: 1.5 });
  const before = await currentId(page);
  await page.keyboard.press('j');
  await leaves(page, before);
  await is(page, { playbackRate: 1.5, paused: false });
  await done(desk);
});

for (const [locale, share] of [['en', 0.7], ['ar', 0.3]]) {
  test(`the bar leads to any moment, by finger and by key (${locale})`, { skip }, async () => {
    const phone = await at('phone', videos[0], { locale });
    const { page } = phone;
    const video = page.locator(`${now} video`);
    // Where it was sent: it plays on from there before anybody can look.
    await video.evaluate((v) => v.addEventListener('seeking', () => { v.dataset.sought = String(v.currentTime / v.duration); }));
    const box = await page.locator('.scrub').boundingBox();
    const y = box.y + box.height - 8;
    await page.mouse.move(box.x + box.width / 2, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, y);
    await page.locator('.scrub__time').waitFor();
    await page.mouse.move(box.x + box.width * share, y);
    await page.mouse.up();
    await until(async () => Math.abs(Number(await video.getAttribute('data-sought')) - 0.7) < 0.05, 'it goes to seven tenths');
    await is(page, { paused: false });
    await page.locator(`${now} .clip__tap`).focus();
    await page.keyboard.press('Enter');
    await is(page, { paused: true });
    const bar = page.locator('.scrub');
    await bar.focus();
    await page.keyboard.press('Home');
    await is(page, { currentTime: 0 });
    await page.keyboard.press(locale === 'ar' ? 'ArrowLeft' : 'ArrowRight');
    await is(page, { currentTime: 1 });
    assert.equal(await bar.getAttribute('aria-valuenow'), '1');
    assert.match(await bar.getAttribute('aria-valuetext'), /1.*10/);
    await done(phone);
  });
}

test('keys go on, back, pause, silence and seek', { skip }, async () => {
  const desk = await at('desk');
  const { page } = desk;
  const first = await currentId(page);
  await page.keyboard.press('j');
  const second = await leaves(page, first);
  await page.keyboard.press('ArrowUp');
  await becomes(page, first);
  await page.keyboard.press('ArrowDown');
  await becomes(page, second);
  await page.keyboard.press('k');
  await becomes(page, first);
  await plays(page);
  await page.locator('.feed__scroller').focus();
  await page.keyboard.press('Space');
  await is(page, { paused: true });
  await page.locator(`${now} video`).evaluate((v) => { v.currentTime = 1; });        // there is room to go on, however long all this took
  await is(page, { seeking: false });
  const { time } = await state(page);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((before) => document.querySelector('article.clip:not([inert]) video').currentTime > before + 1.5, time);
  const { muted } = await state(page);
  await page.keyboard.press('m');
  await is(page, { muted: !muted });
  await done(desk);
});

test('a notch of the wheel is one clip', { skip }, async () => {
  const desk = await at('desk');
  const { page } = desk;
  const seen = [await currentId(page)];
  await page.mouse.move(...await middle(page));
  for (let i = 0; i < 3; i++) {
    await page.mouse.wheel(0, 100);
    seen.push(await leaves(page, seen.at(-1)));
    await page.waitForTimeout(600);
  }
  assert.equal(new Set(seen).size, 4);
  await page.mouse.wheel(0, -100);
  await becomes(page, seen[2]);
  await done(desk);
});

test('the way back up is the way down, across pages', { skip }, async () => {
  const phone = await at('phone');
  const { page } = phone;
  const down = [await currentId(page)];
  while (down.length < clipCount) {
    down.push(await swipeFrom(phone, down.at(-1)));
    await page.waitForTimeout(350);
  }
  assert.equal(new Set(down).size, clipCount);
  for (const id of down.slice(0, -1).reverse()) {
    await phone.swipeDown();
    await becomes(page, id);
    await page.waitForTimeout(350);
  }
  await plays(page);
  await done(phone);
});

test('a clip that does not play is told and passed over', { skip }, async () => {
  const { body } = await server.visitor().get(`/api/v1/videos/${videos[2]}`);
  const phone = await browser.phone({ url: server.url });
  const { page } = phone;
  await page.route(`**${body.src}`, (route) => route.fulfill({ status: 200, contentType: 'video/mp4', body: 'no video' }));
  await phone.goto(`/v/${videos[2]}`);
  await page.getByText(words('en')('feed.failed')).waitFor();
  await leaves(page, videos[2]);
  await plays(page);
  await phone.close();
});

test('only the clip on screen plays, and nothing in a page that nobody sees', { skip }, async () => {
  const phone = await at('phone');
  const { page } = phone;
  const first = await currentId(page);
  await phone.swipeUp();
  await leaves(page, first);
  await plays(page);
  const playing = () => page.$$eval('video', (all) => all.filter((v) => !v.paused).length);
  assert.equal(await playing(), 1);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await until(async () => await playing() === 0, 'it pauses');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: false, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await plays(page);
  await page.locator('.nav__item').last().evaluate((link) => link.previousElementSibling.click());
  await until(async () => await page.locator('video').count() === 0, 'no video is left');
  await done(phone);
});

test('without autoplay a clip waits; with the data saver only it is loaded', { skip }, async () => {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone;
  await phone.goto('/settings');
  await page.getByRole('switch', { name: words('en')('settings.autoplay') }).click();
  await page.getByRole('switch', { name: words('en')('settings.data_saver') }).click();
  await phone.goto('/');
  await page.locator(`${now} .clip__paused`).waitFor();
  assert.equal((await state(page)).paused, true);
  assert.deepEqual((await page.$$eval('video', (all) => all.map((v) => v.preload))).sort(), ['auto', 'none', 'none']);
  await page.touchscreen.tap(...await middle(page));
  await plays(page);
  const first = await currentId(page);
  await phone.swipeUp();
  await leaves(page, first);
  await page.locator(`${now} .clip__paused`).waitFor();
  await done(phone);
});

test('a clip is shared by link, code for other sites, and a QR code', { skip }, async () => {
  const desk = await at('desk', videos[0]);
  await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { page } = desk;
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const say = words('en');
  const open = () => page.locator(`${now} .act`).nth(3).click();
  await open();
  assert.ok((await page.getByRole('img', { name: say('share.qr') }).boundingBox()).width > 150);
  await page.getByRole('button', { name: say('share.copy') }).click();
  await until(async () => await copied() === `${server.url}/v/${videos[0]}`, 'the link is copied');
  await open();
  await page.getByRole('button', { name: say('share.embed') }).click();
  await until(async () => (await copied()).startsWith(`<iframe src="${server.url}/embed/${videos[0]}"`), 'the code is copied');
  const frame = await copied();
  const elsewhere = createServer((_request, answer) => answer.end(`<!doctype html>${frame}`)).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  await page.frameLocator('iframe').locator('video').waitFor();
  elsewhere.closeAllConnections?.();
  elsewhere.close();
  await desk.close();
});

test('one\'s own clip is changed and deleted from one\'s profile', { skip }, async () => {
  const phone = await browser.phone({ url: server.url });
  await signIn(phone, clients.meera);
  const { page } = phone;
  const say = words('en');
  await phone.goto('/@meera');
  await page.locator('.tile').first().click();
  await plays(page);
  const id = await currentId(page);
  await page.locator(`${now} .act`).last().click();
  await page.getByRole('button', { name: say('act.edit_clip') }).click();
  await page.getByRole('textbox', { name: say('upload.caption') }).fill('नई सुबह');
  await page.getByLabel(say('upload.language')).selectOption('hi');
  await page.locator('dialog[open]').getByRole('button', { name: say('app.save') }).click();
  await page.locator(`${now} .words__caption`, { hasText: 'नई सुबह' }).waitFor();
  const { body } = await server.visitor().get(`/api/v1/videos/${id}`);
  assert.deepEqual([body.caption, body.language], ['नई सुबह', 'hi']);
  await page.locator(`${now} .act`).last().click();
  await page.getByRole('button', { name: say('act.delete_clip') }).click();
  await page.locator('dialog[open] .button--danger').click();
  await until(async () => (await server.visitor().get(`/api/v1/videos/${id}`)).status === 404, 'it is gone');
  await leaves(page, id);
  await phone.close();
});

test('a hundred and fifty swipes leave neither videos nor memory behind', { skip }, async () => {
  const desk = await at('desk');
  const { page } = desk;
  const cdp = await desk.context.newCDPSession(page);
  const measure = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
    return { kib: Math.round(usedSize / 1024), nodes, jsEventListeners };
  };
  let id = await currentId(page), way = 'j', most = 0, steps = 0;
  const swipe = async (count) => {
    for (let i = 0; i < count; i++, steps++) {
      if (steps % 8 === 0) way = steps % 16 === 0 ? 'j' : 'k';
      await page.keyboard.press(way);
      id = await leaves(page, id);
      most = Math.max(most, await page.locator('video').count());
    }
  };
  await swipe(48);
  const before = await measure();
  await swipe(102);
  await swipe(10);                         // to the same clip as before: 160 is a multiple of 16, as 48 is
  const behind = await measure();
  const told = `${JSON.stringify(before)} then ${JSON.stringify(behind)}, at most ${most} videos`;
  assert.ok(most <= 5, told);
  assert.ok(behind.kib < before.kib + 1024, told);
  assert.ok(behind.nodes < before.nodes * 1.15 + 100, told);
  assert.ok(behind.jsEventListeners < before.jsEventListeners * 1.15 + 30, told);
  await done(desk);
});

test('the app opens without a network, and nothing personal is kept for that', { skip }, async () => {
  const lone = await startServer();
  const asha = await lone.signUp('asha');
  const phone = await browser.phone({ url: lone.url });
  await signIn(phone, asha);
  const { page } = phone;
  const avatar = page.locator('.nav__item .avatar');
  await phone.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready);
  await phone.goto('/');
  await avatar.waitFor();
  const kept = await page.evaluate(async () => {
    const cache = await caches.open((await caches.keys())[0]);
    return Promise.all((await cache.keys()).map(async ({ url }) => [new URL(url).pathname, await (await cache.match(url)).text()]));
  });
  assert.ok(kept.length >= 6, String(kept.length));
  for (const [where, text] of kept) {
    assert.match(where, /^\/(assets\/|$)/);
    assert.ok(!text.includes(asha.account.id), where);
  }
  await lone.stop();
  await page.reload();
  await page.getByText(words('en')('app.offline')).first().waitFor();
  await page.getByText(words('en')('problem.network')).waitFor();
  assert.equal(await page.title(), `${words('en')('app.name')} · ${words('en')('app.line')}`);
  const back = await new Server({ folder: lone.folder, settings: { 'server.port': lone.port } }).start();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await avatar.waitFor();
  await phone.close();
  await back.stop();
});
