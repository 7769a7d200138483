// From the phone's gallery to the profile: choosing, cutting, the cover, several at once.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';

import { skip, until } from './clips.mjs';
import { button, choose, clip, openStage, slider, small, valueOf } from './stage.mjs';
import { words } from './words.mjs';

const wide = clip('derived__heromode_rot90_1280x720_8s_h264.mp4');
const unseen = clip('derived__heromode_vertical_hevc10_gps_6s.mov');   // Chromium has no decoder for it

let stage;
before(async () => { if (!skip) stage = await openStage(); });
after(() => stage?.close());

for (const code of ['en', 'ar', 'hi']) {
  test(`a clip is cut with finger and keys, gets its cover, and is on the profile at once (${code})`, { skip }, async () => {
    const say = words(code);
    const visitor = await stage.open(code);
    const { page } = visitor;
    const caption = `Sea ${code}`;
    await choose(page, stage.dawn);
    await page.waitForFunction(() => document.querySelectorAll('.strip__reel .is-drawn').length === 9);
    const [start, end] = [slider(page, say('cut.start')), slider(page, say('cut.end'))];

    // The beginning of the strip is where reading begins.
    const [left, right] = [await start.boundingBox(), await end.boundingBox()];
    assert.equal(left.x < right.x, say.dir === 'ltr');
    const [ahead, behind] = say.dir === 'rtl' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    await start.focus();
    for (const key of [`Shift+${ahead}`, `Shift+${ahead}`, ahead, ahead, behind]) await page.keyboard.press(key);
    assert.equal(await valueOf(start), 2.1);

    // The end with a finger: a third of the strip towards the beginning.
    const reel = await page.locator('.strip__reel').boundingBox();
    const y = (reel.y + reel.height / 2) / 844;
    const from = (right.x + right.width / 2) / 390;
    const to = from + (say.dir === 'rtl' ? 1 : -1) * reel.width / 3 / 390;
    await visitor.swipe([from, y], [to, y]);
    await page.waitForFunction(() => Number(document.querySelector('.strip__handle--to').getAttribute('aria-valuenow')) < 7.5);
    const until_ = await valueOf(end);
    assert.ok(until_ > 5.5 && until_ < 7.5, `ends at ${until_}`);
    await visitor.shoot(`${code}-upload-cut`);

    await button(page, say('cut.cover')).click();
    const cover = slider(page, say('cut.cover_at'));
    await cover.focus();
    for (let i = 0; i < 2; i++) await page.keyboard.press(`Shift+${ahead}`);
    const coverAt = await valueOf(cover);
    assert.equal(coverAt, 4.1);
    await visitor.shoot(`${code}-upload-cover`);

    await button(page, say('upload.next')).click();
    await page.getByLabel(say('upload.caption')).fill(caption);
    await visitor.shoot(`${code}-upload-words`);
    await button(page, say('upload.post')).click();
    await page.locator('.draft', { hasText: caption }).getByText(say('upload.published'), { exact: true }).waitFor({ timeout: 60_000 });
    await visitor.goto('/me');
    const video = await stage.published(caption);
    assert.ok(video, 'it is published');
    await page.locator(`a[href*="${video.id}"]`).first().waitFor();
    assert.ok(Math.abs(video.duration_ms - (until_ - 2.1) * 1000) <= 150, `${video.duration_ms} ms of ${2.1} to ${until_}`);
    assert.ok(Math.abs(await stage.timeOf(video.poster) - coverAt) <= 0.15, `the cover is of ${await stage.timeOf(video.poster)}, not of ${coverAt}`);
    assert.deepEqual(visitor.errors, []);
    await visitor.close();
  });
}

test('a clip that the browser cannot show is sent whole', { skip }, async () => {
  const say = words('en');
  const visitor = await stage.open('en');
  const { page } = visitor;
  await choose(page, unseen);
  await page.getByText(say('cut.no_preview')).waitFor();
  assert.equal(await page.getByRole('slider').count(), 0);
  await button(page, say('upload.next')).click();
  await page.getByLabel(say('upload.caption')).fill('Unseen');
  await button(page, say('upload.post')).click();
  await until(() => stage.published('Unseen'), 'it is published', { seconds: 60 });
  await visitor.close();
});

test('three at once: two are sent, the third waits; after a reload they go on by themselves', { skip }, async () => {
  const say = words('en');
  const visitor = await stage.open('en');
  const { page } = visitor;
  // A slow link, so that there is something to look at.
  let held = true;
  await page.route('**/api/v1/uploads/*', async route => {
    if (held && route.request().method() === 'PATCH') await route.abort();
    else await route.continue();
  });
  await choose(page, [stage.dawn, wide, small]);
  for (const caption of ['Alpha', 'Beta', 'Gamma']) {
    await button(page, say('upload.next')).click();
    await page.getByLabel(say('upload.caption')).fill(caption);
    await button(page, say('upload.post')).click();
  }
  const row = caption => page.locator('.draft', { hasText: caption });
  await row('Gamma').getByText(say('upload.in_line')).waitFor();
  await row('Alpha').getByText(say('upload.waiting')).waitFor();
  await row('Beta').getByText(say('upload.waiting')).waitFor();
  await visitor.shoot('en-upload-queue');
  await button(row('Alpha'), say('upload.pause')).click();
  await row('Gamma').getByText(say('upload.waiting')).waitFor();
  await button(row('Gamma'), say('app.delete')).click();
  await button(page.getByRole('dialog'), say('app.delete')).click();
  await row('Gamma').waitFor({ state: 'detached' });
  held = false;
  await page.reload();
  await until(async () => await stage.published('Alpha') && await stage.published('Beta'), 'both are published', { seconds: 60 });
  assert.equal(await stage.published('Gamma'), undefined);
  assert.equal(await page.evaluate(async () => {
    const { promise, resolve } = Promise.withResolvers();
    const open_ = indexedDB.open('amanat-uploads');
    open_.onsuccess = () => { open_.result.transaction('files').objectStore('files').count().onsuccess = event => resolve(event.target.result); };
    return promise;
  }), 0, 'the browser keeps no file that has arrived');
  await visitor.close();
});
