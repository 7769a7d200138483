// Searching on a phone, in Arabic from right to left: a word in Arabic letters and the same in Latin ones lead to the clip; a
// hashtag in a caption leads to its page.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { root, startServer } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { words } from './words.mjs';

const clip = path.resolve(root, '../shared/media/derived__karma_vertical_720x1280_10s_h264.mp4');
const skip = !existsSync(clip) && 'no ../shared/media';
const caption = 'سلام من بومباي #سفر #चाय';

let server, browser, video;
before(async () => {
  if (skip) return;
  server = await startServer();
  browser = await openBrowser();
  await server.signUp('salma');
  for (const [text, language] of [['नमस्ते दुनिया #चाय', 'hi'], ['Monsoon in Pune #chai', 'en'], [caption, 'ar']]) {
    const { code, stdout, stderr } = await server.cli('video', 'import', clip, '--as', 'salma', '--caption', text, '--language', language);
    assert.equal(code, 0, stdout + stderr);
    video = /as (\d+)/.exec(stdout)[1];
  }
});
after(async () => { await browser?.close(); await server?.stop(); });

async function find(phone, say, text) {
  await phone.page.getByRole('searchbox', { name: say('search.title') }).fill(text);
  await phone.page.locator(`.tile[href="/v/${video}"]`).waitFor();
}

for (const code of ['ar', 'hi', 'en']) {
  test(`searching finds a clip and its hashtag (${code})`, { skip }, async () => {
    const say = words(code);
    const phone = await browser.phone({ url: server.url, locale: code });
    const { page } = phone;
    await phone.goto('/search');
    await page.getByText(say('search.begin'), { exact: true }).waitFor();
    await find(phone, say, 'سلام');
    await phone.shoot(`${code}-search`);
    await find(phone, say, 'salam');
    await page.getByRole('searchbox').fill('zzzzqq');
    await page.getByText(say('search.none', { query: 'zzzzqq' })).waitFor();
    await phone.shoot(`${code}-search-none`);
    await page.getByRole('searchbox').press('Escape');
    assert.equal(await page.getByRole('searchbox').inputValue(), '');

    // Up and down go through people and tags; what led somewhere is remembered, on this device.
    await page.getByRole('searchbox').fill('sal');
    await page.locator('.row--found[href="/@salma"]').waitFor();
    await page.getByRole('searchbox').press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/@salma');
    await page.goBack();
    await page.locator('.row--found[href="/@salma"]').waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), 'sal');
    await page.getByRole('button', { name: say('search.clear'), exact: true }).click();
    await page.getByRole('button', { name: 'sal', exact: true }).waitFor();
    await phone.shoot(`${code}-search-recent`);

    await phone.goto(`/v/${video}`);
    await page.locator('article.clip:not([inert]) .caption__link', { hasText: '#चाय' }).click();
    await page.waitForURL('**/tag/**');
    await page.locator('.tile').nth(1).waitFor();
    await phone.shoot(`${code}-tag`);
    assert.deepEqual(phone.errors, []);
    await phone.close();
  });
}

test('on a desk the results fill the wide page', { skip }, async () => {
  const desk = await browser.desk({ url: server.url });
  await desk.goto('/search?q=salam');
  await desk.page.locator(`.tile[href="/v/${video}"]`).waitFor();
  await desk.page.locator('.tile img').first().evaluate((image) => image.complete || new Promise((done) => { image.onload = done; }));
  await desk.shoot('desk-search');
  assert.deepEqual(desk.errors, []);
  await desk.close();
});
