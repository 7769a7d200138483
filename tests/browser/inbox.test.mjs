// Two people, two phones: one acts, the other's bell rings, without reloading anything.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { root, startServer } from '../system/server.mjs';
import { publish } from '../system/upload.mjs';
import { openBrowser } from './browser.mjs';
import { until } from './clips.mjs';
import { words } from './words.mjs';

const media = path.resolve(root, '../shared/media');
const skip = !existsSync(media) && 'no ../shared/media';
const api = '/api/v1';
let server, browser;
before(async () => {
  if (skip) return;
  server = await startServer();
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await server?.stop(); });

async function signIn(visitor, client) {
  await visitor.context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: server.url })));
}

for (const code of ['en', 'ar']) {
  test(`what one does rings the other's bell, in ${code}`, { skip }, async () => {
    const say = words(code);
    const author = await server.signUp(`author_${code}`), fan = await server.signUp(`fan_${code}`), third = await server.signUp(`third_${code}`);
    const video = (await publish(author, path.join(media, 'derived__karma_vertical_720x1280_10s_h264.mp4'), { caption: 'Ink' })).id;
    await author.post(`${api}/notifications/read`, { up_to: (await author.get(`${api}/notifications`)).body.items[0].id });
    const phone = await browser.phone({ url: server.url, locale: code, colorScheme: code === 'ar' ? 'light' : 'dark' });
    const { page } = phone;
    await signIn(phone, author);
    await phone.goto('/search');
    await page.locator('a[href="/inbox"]').waitFor();
    const listening = () => fetch(`${server.url}/metrics`).then((r) => r.text()).then((t) => Number(/^amanat_http_streams (\d+)$/m.exec(t)[1]));
    await until(async () => await listening() >= 1, 'the page listens');
    assert.equal(await page.locator('.nav__badge').count(), 0);

    await fan.put(`${api}/videos/${video}/like`);
    await page.locator('.nav__badge').waitFor();
    await phone.shoot(`${code}-bell`);
    await third.put(`${api}/videos/${video}/like`);
    await fan.put(`${api}/accounts/author_${code}/follow`);
    const first = (await fan.post(`${api}/videos/${video}/comments`, { text: code === 'ar' ? 'جميل جدًا، شكرًا لك' : 'Lovely light in this one' })).body;
    await third.post(`${api}/comments/${first.id}/replies`, { text: `@author_${code} and the sound` });
    await page.waitForFunction(() => document.querySelector('.nav__badge > span')?.textContent.match(/[3٣]/));

    await page.locator('a[href="/inbox"]').click();
    await page.locator('.news').nth(3).waitFor();
    await phone.shoot(`${code}-inbox`);
    assert.equal(await page.locator('.news.is-new').count(), 3);
    assert.equal(await page.locator('.news-day h2').first().textContent(), say('inbox.day.today'));
    assert.ok((await page.locator('.news__name').allTextContents()).includes(`third_${code}`));
    // Seen, so the bell is quiet again.
    await page.locator('.nav__badge').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: say('act.follow_name', { name: `fan_${code}` }) }).click();
    await page.getByRole('button', { name: say('act.unfollow_name', { name: `fan_${code}` }) }).waitFor();

    // A mention arrives while one looks, and leads to its thread.
    await fan.post(`${api}/comments/${first.id}/replies`, { text: `@author_${code} look again` });
    const fresh = page.locator('.news', { hasText: 'look again' });
    await fresh.waitFor();
    await fresh.locator('a').click();
    await page.locator('.comment.is-sought', { hasText: 'look again' }).waitFor();
    await phone.shoot(`${code}-thread`);
    assert.equal(await page.locator('.comment.is-sought a[href^="/@author"]').count(), 1);

    // Answering from the sheet names whom one answers.
    await page.getByRole('button', { name: say('comments.reply_to', { name: `third_${code}` }) }).click();
    const field = page.locator('.writer textarea');
    await page.waitForFunction((begins) => document.querySelector('.writer textarea').value === begins, `@third_${code} `);
    await phone.shoot(`${code}-answering`);
    await field.pressSequentially('thank you');
    await page.getByRole('button', { name: say('comments.post') }).click();
    await page.locator('.comment', { hasText: 'thank you' }).waitFor();
    assert.ok((await third.get(`${api}/notifications`)).body.items.some((item) => item.kind === 'reply'));
    assert.deepEqual(phone.errors, []);
    await phone.close();
  });
}

test('an empty inbox says what will come, and the desk has the bell in its rail', { skip }, async () => {
  const nobody = await server.signUp('nobody_yet');
  const desk = await browser.desk({ url: server.url, locale: 'en' });
  await signIn(desk, nobody);
  await desk.goto('/inbox');
  await desk.page.getByText(words('en')('inbox.empty')).waitFor();
  assert.equal(await desk.page.locator('.nav__item[aria-current=page]').getAttribute('href'), '/inbox');
  await desk.shoot('desk-inbox-empty');
  assert.deepEqual(desk.errors, []);
  await desk.close();
});
