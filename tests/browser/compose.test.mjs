// What goes with a clip: completed tags and names, changing a draft, recording instead of choosing, captions.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';

import { plays, signIn, skip, until } from './clips.mjs';
import { button, choose, openStage, slider, small, valueOf } from './stage.mjs';
import { words } from './words.mjs';

let stage;
before(async () => { if (!skip) stage = await openStage(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']); });
after(() => stage?.close());

test('tags and names are completed with keys, with a touch, and not at all when one goes on writing', { skip }, async () => {
  const say = words('en');
  const visitor = await stage.open('en');
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
  const visitor = await stage.open('en');
  const { page } = visitor;
  await choose(page, stage.dawn);
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
  await row('Kept and changed').getByText(say('upload.ready')).waitFor({ timeout: 60_000 });
  const { body } = await stage.asha.get('/api/v1/drafts');
  assert.equal(body.items.find(draft => draft.caption === 'Kept and changed').cover_ms, 5000);
  await button(row('Kept and changed'), say('upload.publish')).click();
  await until(() => stage.published('Kept and changed'), 'it is published', { seconds: 60 });
  const { poster } = await stage.published('Kept and changed');
  assert.ok(Math.abs(await stage.timeOf(poster) - 5) <= 0.15, `the cover is of ${await stage.timeOf(poster)}`);
  await visitor.close();
});

test('recording asks when it is wanted, counts down, stops, is looked at, and is published', { skip }, async () => {
  const say = words('en');
  const visitor = await stage.open('en', { permissions: ['camera', 'microphone'] });
  const { page } = visitor;
  await button(page, say('record.start')).click();
  const recorder = page.getByRole('dialog', { name: say('record.title') });
  await button(recorder, say('record.seconds', { seconds: 3 })).click();
  await visitor.shoot('en-record-ready');
  await button(recorder, say('record.start')).click();
  await recorder.locator('.recorder__count').waitFor();
  await visitor.shoot('en-record-count');
  const stop = button(recorder, say('record.stop'));
  await stop.waitFor();
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
  await until(() => stage.published('From the camera'), 'it is published', { seconds: 60 });
  const video = await stage.published('From the camera');
  assert.ok(video.has_audio && video.duration_ms >= 1500, JSON.stringify(video));
  assert.deepEqual(visitor.errors, []);
  await visitor.close();
});

test('a camera that is refused is explained in plain words', { skip }, async () => {
  const say = words('en');
  const visitor = await stage.open('en');
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
  const { id } = (await stage.server.visitor().get('/api/v1/accounts/asha/videos')).body.items.at(-1);
  const author = await stage.browser.phone({ url: stage.server.url, locale: 'en' });
  await signIn(author, stage.asha);
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

  const reader = await stage.browser.phone({ url: stage.server.url, locale: 'en' });
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
