// Every clip of ../shared/media that has a decodable picture is uploaded by a real tus client, published, and shows two
// different decoded frames in Chromium while its time rises.  The others are refused, each with the reason that outcomes.mjs lists.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { root, startServer } from '../system/server.mjs';
import { refusedMedia as refused } from '../system/outcomes.mjs';
import { drafts, publish, upload } from '../system/upload.mjs';
import { openBrowser } from './browser.mjs';

const media = path.resolve(root, '../shared/media');
const there = existsSync(media);

// Plays the clip muted in a page of the server's own origin; tells what was seen.
const look = async (src) => {
  const video = document.createElement('video');
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 48;
  const paper = canvas.getContext('2d', { willReadFrequently: true });
  Object.assign(video, { muted: true, playsInline: true, src, loop: true });
  document.body.replaceChildren(video);
  const frames = [];
  const times = [];
  try {
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('no second frame within 60 s')), 60_000);
      video.onerror = () => reject(new Error(`${video.error.code} ${video.error.message}`));
      const onFrame = (_now, { mediaTime }) => {
        paper.drawImage(video, 0, 0, 48, 48);
        const pixels = paper.getImageData(0, 0, 48, 48).data.join();
        times.push(mediaTime);
        if (!frames.includes(pixels)) frames.push(pixels);
        if (frames.length >= 2 && video.currentTime > 0) { clearTimeout(late); resolve(); }
        else video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
      video.play().catch(reject);
    });
    return { width: video.videoWidth, height: video.videoHeight, frames: frames.length, time: video.currentTime };
  } catch (e) {
    return { width: video.videoWidth, height: video.videoHeight, frames: frames.length, time: video.currentTime, error: String(e.message ?? e) };
  }
};

test('every clip with a picture publishes and plays; the others are refused with a reason', { skip: !there && 'no ../shared/media' }, async (t) => {
  const server = await startServer({ settings: { 'media.workers': 2 } });
  const author = await server.signUp('author', { client: 'program' });
  const files = readdirSync(media).filter((f) => !/^(README|MANIFEST)/.test(f)).sort();
  const addresses = new Map();
  for (const file of files) addresses.set(new URL(await upload(author, path.join(media, file)), server.url).pathname, file);

  const all = await drafts(author, undefined, 400);
  const byFile = new Map(all.map((d) => [addresses.get(new URL(d.upload, server.url).pathname), d]));
  const browser = await openBrowser();
  const { page, errors, ...visitor } = await browser.phone({ url: server.url });
  await page.goto('/healthz');
  for (const file of files) {
    await t.test(file in refused ? `${file} is refused: ${refused[file]}` : `${file} plays`, async () => {
      const draft = byFile.get(file);
      assert.ok(draft, 'has a draft');
      if (file in refused) {
        assert.equal(draft.state, 'failed');
        assert.equal(draft.reason.code, refused[file]);
        assert.ok(draft.reason.text.length > 20, 'says it in plain words');
        return;
      }
      assert.equal(draft.state, 'published', JSON.stringify(draft.reason));
      const { body: video } = await author.get(`/api/v1/videos/${draft.video}`);
      const seen = await page.evaluate(look, video.src);
      assert.ok(seen.width > 0 && seen.height > 0, `has a picture: ${JSON.stringify(seen)}`);
      assert.equal(seen.width, video.width);
      assert.equal(seen.height, video.height);
      assert.equal(seen.error, undefined);
      assert.ok(seen.frames >= 2 && seen.time > 0, `two frames and a rising time: ${JSON.stringify(seen)}`);
    });
  }
  await browser.close();
  await server.stop();
});

test('a clip beyond the limit of 180 s publishes and plays where the operator allows it', { skip: !there && 'no ../shared/media' }, async () => {
  const server = await startServer({ settings: { 'media.clip_seconds': 400 } });
  const author = await server.signUp('author', { client: 'program' });
  const video = await publish(author, path.join(media, 'media__long_1080p_lowbitrate.mp4'));
  assert.ok(video.duration_ms > 360_000);
  const browser = await openBrowser();
  const { page } = await browser.phone({ url: server.url });
  await page.goto('/healthz');
  // One black picture from end to end: no two frames differ, but it must be decoded and go on.
  const seen = await page.evaluate(async (src) => {
    const video = Object.assign(document.createElement('video'), { muted: true, src });
    await video.play();
    await new Promise((resolve) => { video.ontimeupdate = () => { if (video.currentTime > 0.2) resolve(); }; });
    return { width: video.videoWidth, height: video.videoHeight, seconds: video.duration };
  }, video.src);
  assert.deepEqual([seen.width, seen.height, Math.round(seen.seconds)], [1920, 1080, 363]);
  await browser.close();
  await server.stop();
});
