// From the phone's gallery or camera to the profile: choosing, cutting, the cover, the words, several at once, recording.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';

import { startServer } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { media, plays, signIn, skip, until } from './clips.mjs';
import { words } from './words.mjs';

const clip = name => path.join(media, name);
const wide = clip('derived__heromode_rot90_1280x720_8s_h264.mp4');
const small = clip('media__sample_portrait.mp4');
const unseen = clip('derived__heromode_vertical_hevc10_gps_6s.mov');   // Chromium has no decoder for it

const ffmpeg = (...args) => new Promise((resolve, reject) => execFile('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'buffer' },
  (error, out, words_) => error ? reject(new Error(String(words_))) : resolve(out)));

let server, browser, asha, folder, dawn;
before(async () => {
  if (skip) return;
  folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-dawn-'));
  dawn = path.join(folder, 'dawn.mp4');
  await ffmpeg('-f', 'lavfi', '-i', "color=black:s=360x640:r=30:d=10,format=yuv420p,geq=lum='30+18*T':cb=118:cr=138", '-f', 'lavfi', '-i', 'sine=f=220:d=10',
    '-c:v', 'libx264', '-preset', 'veryfast', '-color_range', 'tv', '-c:a', 'aac', dawn);
  server = await startServer();
  browser = await openBrowser(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']);
  asha = await server.signUp('asha', { name: 'Asha Rao', languages: ['en', 'ar', 'hi'] });
  await server.signUp('ashok', { name: 'Ashok Kumar' });
  const { code, stderr } = await server.cli('video', 'import', small, '--as', 'asha', '--caption', 'Before #flowers #चाय');
  assert.equal(code, 0, stderr);
});
after(async () => {
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const published = async caption => (await server.visitor().get('/api/v1/accounts/asha/videos')).body.items.find(video => video.caption === caption);

async function open(code, options = {}) {
  const visitor = await browser.phone({ url: server.url, locale: code, ...options });
  await signIn(visitor, asha);
  await visitor.goto('/upload');
  await visitor.page.getByText(words(code)('upload.choose')).waitFor();
  return visitor;
}
const choose = (page, files) => page.locator('input[type=file]').first().setInputFiles(files);
const button = (page, name) => page.getByRole('button', { name, exact: true });
const slider = (page, name) => page.getByRole('slider', { name, exact: true });
const valueOf = async handle => Number(await handle.getAttribute('aria-valuenow'));

/** Seconds into the dawn that a picture shows: it gets lighter by 18 of 255 a second. */
async function timeOf(picture) {
  const out = await ffmpeg('-i', `${server.url}${picture}`, '-frames:v', '1', '-vf', 'scale=2:2:out_range=tv,format=yuv420p', '-f', 'rawvideo', '-');
  return (out[0] - 30) / 18;
}

for (const code of ['en', 'ar', 'hi']) {
  test(`a clip is cut with finger and keys, gets its cover, and is on the profile at once (${code})`, { skip }, async () => {
    const say = words(code);
    const visitor = await open(code);
    const { page } = visitor;
    const caption = `Sea ${code}`;
    await choose(page, dawn);
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
    const video = await published(caption);
    assert.ok(video, 'it is published');
    await page.locator(`a[href*="${video.id}"]`).first().waitFor();
    assert.ok(Math.abs(video.duration_ms - (until_ - 2.1) * 1000) <= 150, `${video.duration_ms} ms of ${2.1} to ${until_}`);
    assert.ok(Math.abs(await timeOf(video.poster) - coverAt) <= 0.15, `the cover is of ${await timeOf(video.poster)}, not of ${coverAt}`);
    assert.deepEqual(visitor.errors, []);
    await visitor.close();
  });
}

test('a clip that the browser cannot show is sent whole', { skip }, async () => {
  const say = words('en');
  const visitor = await open('en');
  const { page } = visitor;
  await choose(page, unseen);
  await page.getByText(say('cut.no_preview')).waitFor();
  assert.equal(await page.getByRole('slider').count(), 0);
  await button(page, say('upload.next')).click();
  await page.getByLabel(say('upload.caption')).fill('Unseen');
  await button(page, say('upload.post')).click();
  await until(() => published('Unseen'), 'it is published', 60);
  await visitor.close();
});

test('three at once: two are sent, the third waits; after a reload they go on by themselves', { skip }, async () => {
  const say = words('en');
  const visitor = await open('en');
  const { page } = visitor;
  // A slow link, so that there is something to look at.
  let held = true;
  await page.route('**/api/v1/uploads/*', async route => {
    if (held && route.request().method() === 'PATCH') await route.abort();
    else await route.continue();
  });
  await choose(page, [dawn, wide, small]);
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
  await until(async () => await published('Alpha') && await published('Beta'), 'both are published', 60);
  assert.equal(await published('Gamma'), undefined);
  assert.equal(await page.evaluate(async () => {
    const { promise, resolve } = Promise.withResolvers();
    const open_ = indexedDB.open('amanat-uploads');
    open_.onsuccess = () => { open_.result.transaction('files').objectStore('files').count().onsuccess = event => resolve(event.target.result); };
    return promise;
  }), 0, 'the browser keeps no file that has arrived');
  await visitor.close();
});

test('tags and names are completed with keys, with a touch, and not at all when one goes on writing', { skip }, async () => {
  const say = words('en');
  const visitor = await open('en');
  const { page } = visitor;
  await choose(page, small);
  await button(page, say('upload.next')).click();
  const field = page.getByLabel(say('upload.caption'));
  await field.pressSequentially('By #flo');
  const list = page.getByRole('listbox');
  await list.getByRole('option', { name: 'flowers' }).waitFor();
  await page.keyboard.press('ArrowDown');
  const active = await field.getAttribute('aria-activedescendant');
  assert.equal(await page.locator(`#${active}`).getAttribute('aria-selected'), 'true');
  await page.keyboard.press('Enter');
  assert.equal(await field.inputValue(), 'By #flowers ');
  await field.pressSequentially('and @ash');
  await list.getByRole('option').nth(1).waitFor();
  await visitor.shoot('en-upload-complete');
  await list.getByRole('option', { name: /ashok/ }).tap();
  assert.equal(await field.inputValue(), 'By #flowers and @ashok ');
  await field.pressSequentially('@as');
  await list.waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  assert.equal(await field.inputValue(), 'By #flowers and @ashok @as\n');
  await field.pressSequentially('#चा');
  await list.getByRole('option', { name: 'चाय' }).waitFor();
  await visitor.close();
});

test('a draft gets other words and another cover, and is published', { skip }, async () => {
  const say = words('en');
  const visitor = await open('en');
  const { page } = visitor;
  await choose(page, dawn);
  await button(page, say('upload.next')).click();
  await page.getByLabel(say('upload.caption')).fill('Kept');
  await page.getByRole('radio', { name: say('upload.draft') }).check();
  await button(page, say('upload.keep')).click();
  const row = caption => page.locator('.draft', { hasText: caption });
  await row('Kept').getByText(say('upload.ready')).waitFor({ timeout: 60_000 });
  await button(row('Kept'), say('upload.edit')).click();
  const sheet = page.getByRole('dialog', { name: say('upload.edit') });
  await slider(sheet, say('cut.cover_at')).focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowRight');
  await sheet.getByLabel(say('upload.caption')).fill('Kept and changed');
  await visitor.shoot('en-upload-draft');
  await button(sheet, say('app.save')).click();
  await row('Kept and changed').getByText(say('upload.ready')).waitFor({ timeout: 30_000 });
  const { body } = await asha.get('/api/v1/drafts');
  assert.equal(body.items.find(draft => draft.caption === 'Kept and changed').cover_ms, 5000);
  await button(row('Kept and changed'), say('upload.publish')).click();
  await until(() => published('Kept and changed'), 'it is published', 30);
  const { poster } = await published('Kept and changed');
  assert.ok(Math.abs(await timeOf(poster) - 5) <= 0.15, `the cover is of ${await timeOf(poster)}`);
  await visitor.close();
});

test('recording asks when it is wanted, counts down, stops, is looked at, and is published', { skip }, async () => {
  const say = words('en');
  const visitor = await open('en', { permissions: ['camera', 'microphone'] });
  const { page } = visitor;
  await button(page, say('record.start')).click();
  const recorder = page.getByRole('dialog', { name: say('record.title') });
  await button(recorder, say('record.seconds', { seconds: 3 })).click();
  await visitor.shoot('en-record-ready');
  await button(recorder, say('record.start')).click();
  await recorder.locator('.recorder__count').waitFor();
  await visitor.shoot('en-record-count');
  const stop = button(recorder, say('record.stop'));
  await stop.waitFor({ timeout: 10_000 });
  await recorder.getByText('0:02', { exact: false }).first().waitFor();
  await visitor.shoot('en-record-on');
  await stop.click();
  await button(recorder, say('record.again')).waitFor();
  await visitor.shoot('en-record-review');
  await button(recorder, say('record.use')).click();
  await slider(page, say('cut.end')).waitFor();
  assert.ok(await valueOf(slider(page, say('cut.end'))) >= 1.5);
  await button(page, say('upload.next')).click();
  await page.getByLabel(say('upload.caption')).fill('From the camera');
  await button(page, say('upload.post')).click();
  await until(() => published('From the camera'), 'it is published', 60);
  const video = await published('From the camera');
  assert.ok(video.has_audio && video.duration_ms >= 1500, JSON.stringify(video));
  assert.deepEqual(visitor.errors, []);
  await visitor.close();
});

test('a camera that is refused is explained in plain words', { skip }, async () => {
  const say = words('en');
  const visitor = await open('en');
  const { page } = visitor;
  for (const [name, key] of [['NotAllowedError', 'record.not_allowed'], ['NotFoundError', 'record.no_camera']]) {
    await page.evaluate(refusal => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', refusal); }; }, name);
    await button(page, say('record.start')).click();
    await page.getByText(say(key)).waitFor();
    await visitor.shoot('en-record-refused');
    await button(page, say('app.close')).click();
  }
  await visitor.close();
});

test('captions are added by their author and shown to who wants them', { skip }, async () => {
  const say = words('en');
  const { id } = (await server.visitor().get('/api/v1/accounts/asha/videos')).body.items.at(-1);
  const author = await browser.phone({ url: server.url, locale: 'en' });
  await signIn(author, asha);
  const options = async page => page.locator('article.clip:not([inert]) .act').nth(4).click();
  const menu = (page, key) => page.getByRole('dialog').getByRole('button', { name: say(key), exact: true });
  await author.goto(`/v/${id}`);
  await plays(author.page);
  await options(author.page);
  await menu(author.page, 'captions.edit').click();
  const sheet = author.page.getByRole('dialog', { name: say('captions.edit') });
  const file = text => ({ name: 'words.vtt', mimeType: 'text/vtt', buffer: Buffer.from(text) });
  await sheet.locator('input[type=file]').setInputFiles(file('WEBVTT\n\n00:09.000 --> 00:01.000\nbackwards\n'));
  await sheet.getByText('line 3', { exact: false }).waitFor();
  await sheet.locator('input[type=file]').setInputFiles(file('WEBVTT\n\n00:00.000 --> 01:00.000\nThe sea, at last\n'));
  await sheet.locator('li', { hasText: 'English' }).waitFor();
  await author.shoot('en-captions-sheet');
  await author.close();

  const reader = await browser.phone({ url: server.url, locale: 'en' });
  const { page } = reader;
  await reader.goto(`/v/${id}`);
  await plays(page);
  assert.equal(await page.locator('article.clip:not([inert]) track').count(), 0);
  await options(page);
  await menu(page, 'captions.show').click();
  const shown = () => page.waitForFunction(() => {
    const [track] = document.querySelector('article.clip:not([inert]) video')?.textTracks ?? [];
    return track?.mode === 'showing' && track.activeCues?.[0]?.text === 'The sea, at last';
  });
  await shown();
  await reader.shoot('en-captions');
  await page.reload();
  await plays(page);
  await shown();
  assert.deepEqual(reader.errors, []);
  await reader.close();
});
