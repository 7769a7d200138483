// What a newcomer stumbles over: long words, mirrored fields, doors that lead nowhere, a session that is gone, a network that is.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { freshFolder, password } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { media, plays, serverWithClips, signIn, skip, until } from './clips.mjs';
import { words } from './words.mjs';

const now = 'article.clip:not([inert])';
const small = { viewport: { width: 320, height: 568 } };
const wide = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
let server, browser, clients;
before(async () => {
  if (skip) return;
  ({ server, clients } = await serverWithClips(3));
  browser = await openBrowser();
  const { items } = (await server.visitor().get('/api/v1/feed')).body;
  for (const video of items) {
    const client = clients[video.author.handle];
    assert.equal((await client.patch(`/api/v1/videos/${video.id}`, { caption: `${wide} ${wide}/${wide}?${wide}` })).status, 200);
    assert.equal((await client.patch('/api/v1/me', { name: wide.slice(0, 50), bio: wide })).status, 200);
  }
  await until(async () => (await server.visitor().get('/api/v1/feed')).body.items.every((video) => video.caption.startsWith(wide) && video.author.name), 'the words are public');
});
after(async () => { await browser?.close(); await server?.stop(); });

const button = (page, name) => page.getByRole('button', { name, exact: true });
const boxes = (page, ...selectors) => Promise.all(selectors.map((each) => page.locator(each).first().boundingBox()));
const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const code of ['en', 'ar']) {
  test(`a word wider than the screen stays beside the rail, and widens no page (${code})`, { skip }, async () => {
    const phone = await browser.phone({ url: server.url, locale: code, ...small });
    const { page } = phone, say = words(code);
    await phone.goto('/');
    await plays(page);
    const inside = async () => {
      const [rail, author, caption] = await boxes(page, `${now} .rail`, `${now} .words__author`, `${now} .words__caption p`);
      for (const box of [author, caption]) {
        assert.ok(!meet(box, rail), JSON.stringify({ box, rail }));
        assert.ok(box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
      }
    };
    await inside();
    await button(page.locator(now), say('feed.more')).click();
    await inside();
    // the whole of it can be read, and the way back is in sight
    const [caption, less, sound] = await boxes(page, `${now} .words__caption p`, `${now} .words__caption button`, `${now} .sound`);
    assert.ok(less.y + less.height < 568 && !meet(caption, sound), JSON.stringify({ caption, less, sound }));
    await button(page.locator(now), say('feed.less')).click();
    await page.locator(`${now} .words__author a`).click();
    await page.locator('.tile').first().waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    assert.deepEqual(phone.errors, []);
    await phone.close();
  });
}

test('in Arabic the eye stands at the end of the password, and empty fields begin at the right', { skip }, async () => {
  const phone = await browser.phone({ url: server.url, locale: 'ar' });
  const { page } = phone;
  await phone.goto('/sign-in');
  const field = page.locator('input[type=password]');
  await field.fill('correct horse battery');
  const [input, eye] = await boxes(page, 'input[type=password]', '.field__eye');
  assert.ok(eye.x > input.x + input.width / 2, 'a password runs from left to right');
  assert.ok(parseFloat(await field.evaluate((each) => getComputedStyle(each).paddingRight)) >= input.x + input.width - eye.x);
  await phone.goto('/search');
  const query = page.locator('input[type=search]');
  assert.equal(await query.evaluate((each) => getComputedStyle(each).direction), 'rtl');
  await query.fill('sea');
  assert.equal(await query.evaluate((each) => getComputedStyle(each).direction), 'ltr');
  await phone.close();
});

test('who joins on the way to somewhere arrives there; errors go while they are mended', { skip }, async () => {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone, say = words('en');
  for (const [where, landed] of [['/following', '/following'], ['/inbox', '/inbox'], ['/me', '/me']]) {
    await phone.goto(where);
    await page.waitForFunction(() => document.querySelector('[href^="/sign-up"], .join'));
    const door = page.locator('main a[href^="/sign-up"]');
    const to = await door.count() ? await door.getAttribute('href') : page.url();
    assert.equal(new URL(to, server.url).searchParams.get('to'), landed);
  }
  await phone.goto('/upload');
  await page.getByRole('link', { name: say('join.title'), exact: true }).click();
  const name = page.locator('input[autocomplete=username]');
  await name.fill('asha');
  await page.locator('input[autocomplete=new-password]').fill(password);
  await button(page, say('join.continue')).click();
  await page.getByText(say('problem.handle-taken')).waitFor();
  assert.ok(await name.evaluate((each) => each === document.activeElement), 'what is wrong has the focus');
  await name.fill('nila');
  assert.equal(await page.getByText(say('problem.handle-taken')).count(), 0);
  await button(page, say('join.continue')).click();
  await button(page, say('join.create')).waitFor();
  assert.ok(await page.evaluate(() => document.activeElement.closest('form.form')), 'the second step has the focus');
  await button(page, say('join.create')).click();
  await page.locator('.chooser').waitFor();
  assert.equal(new URL(page.url()).pathname, '/upload');

  const folder = freshFolder(), empty = path.join(folder, 'empty.mp4');
  writeFileSync(empty, '');
  await page.locator('input[type=file]').first().setInputFiles(empty);
  await page.getByText(say('upload.fail.empty')).waitFor();
  assert.equal(await page.locator('.composer').count(), 0);
  // nobody is led out of the app by a link to its door
  await phone.goto('/sign-in?to=//elsewhere.example/');
  await page.locator('.join').waitFor();
  await name.fill('nila');
  await page.locator('input[autocomplete=current-password]').fill(password);
  await button(page, say('join.sign_in')).click();
  await page.waitForURL(`${server.url}/`);
  await plays(page);
  await phone.close();
});

/** Ends the session of a browser from elsewhere: its cookie stays. */
async function revoke(phone) {
  const other = server.visitor();
  for (const { name, value } of await phone.context.cookies()) other.cookies.set(name, value);
  assert.equal((await other.delete('/api/v1/sessions/current')).status, 204);
}

async function signInAgain(page, say) {
  const sheet = page.locator('.sheet--join');
  await sheet.locator('input[autocomplete=username]').fill('asha');
  await sheet.locator('input[autocomplete=current-password]').fill(password);
  await button(sheet, say('join.sign_in')).click();
  await sheet.waitFor({ state: 'detached' });
}

test('a session that ended elsewhere is told once, with the way back in; an upload waits for it', { skip }, async () => {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone, say = words('en');
  const own = server.visitor();
  await own.post('/api/v1/sessions', { handle: 'asha', password, client: 'web' });
  await signIn(phone, own);
  const enter = () => signInAgain(page, say);
  await phone.goto('/');
  await plays(page);
  await revoke(phone);
  await page.locator(`${now} .act--like`).click();
  await page.locator('.shell > .toasts .toast__act').click();
  assert.equal(await page.locator('.shell > .toasts').getByText(say('problem.anonymous')).count(), 0);
  await enter();

  await page.locator('.nav__item--upload').click();
  await page.locator('input[type=file]').first().setInputFiles(path.join(media, 'media__sample_portrait.mp4'));
  await button(page, say('upload.next')).click();
  await page.getByLabel(say('upload.caption')).fill('Written for long');
  await revoke(phone);
  await button(page, say('upload.post')).click();
  const row = page.locator('.draft', { hasText: 'Written for long' });
  await button(row, say('join.sign_in')).click();
  await enter();
  await row.getByText(say('upload.published'), { exact: true }).waitFor({ timeout: 60_000 });
  await phone.close();
});

test('a late answer to what was asked before somebody signed in again does not sign them out', { skip }, async () => {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone, say = words('en');
  const own = server.visitor();
  await own.post('/api/v1/sessions', { handle: 'asha', password, client: 'web' });
  await signIn(phone, own);
  await phone.goto('/');
  await plays(page);
  await revoke(phone);
  // The server refuses at once; the refusal is long on its way.
  let late;
  await page.route('**/save', async (route) => { late = { route, response: await route.fetch() }; });
  await page.locator(`${now} .act`, { hasText: say('act.save') }).click();
  await until(() => late, 'the server answered');
  assert.equal(late.response.status(), 401);
  await page.locator(`${now} .act--like`).click();
  await page.locator('.shell > .toasts .toast__act').click();
  await signInAgain(page, say);
  await late.route.fulfill({ response: late.response });
  await page.locator('.toast').getByText(say('problem.unknown')).waitFor();
  assert.equal(await page.locator('.toast').getByText(say('problem.session-ended')).count(), 0);
  assert.equal(await page.locator('.nav__item[href="/me"] .avatar').count(), 1, 'still here');
  await page.unroute('**/save');
  await page.locator(`${now} .act`, { hasText: say('act.save') }).click();
  await page.locator('.toast').getByText(say('act.saved_toast')).waitFor();
  await phone.close();
});

test('a sheet that is closed goes down as it came up; at once where motion is not wanted', { skip }, async () => {
  for (const reducedMotion of ['no-preference', 'reduce']) {
    const phone = await browser.phone({ url: server.url, reducedMotion });
    const { page } = phone, say = words('en');
    await phone.goto('/');
    await plays(page);
    await button(page.locator(now), say('act.options')).click();
    const sheet = page.locator('dialog.sheet');
    await sheet.waitFor();
    await page.evaluate(() => Promise.all(document.querySelector('dialog.sheet').getAnimations().map((move) => move.finished)));
    const moves = await page.evaluate((close) => {
      const sheet = document.querySelector('dialog.sheet');
      sheet.querySelector(`[aria-label="${close}"]`).click();
      const named = sheet.getAnimations().map((move) => [move.effect.getKeyframes().at(-1).transform ?? '', move.effect.getComputedTiming().duration]);
      return { leaving: sheet.open && sheet.classList.contains('is-leaving'), named };
    }, say('app.close'));
    const down = moves.named.filter(([to, ms]) => /translate/.test(to) && ms > 100);
    if (reducedMotion === 'reduce') assert.deepEqual(down, []);
    else assert.ok(moves.leaving && down.length > 0, JSON.stringify(moves));
    await sheet.waitFor({ state: 'detached' });
    await button(page.locator(now), say('act.options')).click();
    await sheet.getByText(say('act.share'), { exact: true }).waitFor();
    assert.deepEqual(phone.errors, []);
    await phone.close();
  }
});

test('beside its comments a clip fills its place at a desk', { skip }, async () => {
  const desk = await browser.desk({ url: server.url });
  const { page } = desk;
  await desk.goto('/');
  await plays(page);
  const tall = page.locator('article.clip--tall:not([inert]) video');
  for (let i = 0; i < 3 && await tall.count() === 0; i++) await page.keyboard.press('j');
  await tall.waitFor();
  await page.locator(`${now} .act`).nth(1).click();
  await page.locator('.sheet--panel').waitFor();
  assert.equal(await tall.evaluate((video) => getComputedStyle(video).objectFit), 'cover');
  await desk.close();
});

test('without the script the door says what opens without it', { skip }, async () => {
  const plain = await browser.phone({ url: server.url, javaScriptEnabled: false });
  const { page } = plain, say = words('en');
  await plain.goto('/');
  await page.getByRole('heading', { name: say('page.script') }).waitFor();
  await page.getByRole('link', { name: say('letter.title') }).click();
  await page.getByRole('heading', { level: 1, name: say('letter.title') }).waitFor();
  await plain.close();
});

test('without a server every screen of the app opens, and nobody is asked to join', { skip }, async () => {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone, say = words('en');
  await phone.goto('/');
  await until(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)), 'the app is kept');
  await server.stop();
  server = null;
  for (const [where, what] of [['/search', 'input[type=search]'], ['/tag/flying', '.blank'], ['/settings', '.segments'], ['/sign-in', '.join']]) {
    await phone.goto(where);
    await page.locator(what).first().waitFor();
  }
  for (const where of ['/me', '/inbox', '/upload', '/following']) {
    await phone.goto(where);
    await page.locator('main').getByText(say('problem.network')).waitFor();
    assert.equal(await page.locator('main [href^="/sign"]').count(), 0, where);
  }
  await phone.close();
});
