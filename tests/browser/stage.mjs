// The page for a new clip, as tests use it: a server with Asha on it, a browser, a film whose brightness tells its time.
//
//   const stage = await openStage(['--an-argument-of-the-browser']);
//   const visitor = await stage.open('ar');
//   await stage.close();
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { startServer } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { media, signIn } from './clips.mjs';
import { words } from './words.mjs';

export const clip = name => path.join(media, name);
export const small = clip('media__sample_portrait.mp4');

const ffmpeg = (...args) => new Promise((resolve, reject) => execFile('ffmpeg', ['-v', 'error', '-y', ...args], { encoding: 'buffer' },
  (error, out, said) => error ? reject(new Error(String(said))) : resolve(out)));

export async function openStage(browserArguments) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-dawn-'));
  const dawn = path.join(folder, 'dawn.mp4');
  await ffmpeg('-f', 'lavfi', '-i', "color=black:s=360x640:r=30:d=10,format=yuv420p,geq=lum='30+18*T':cb=118:cr=138", '-f', 'lavfi', '-i', 'sine=f=220:d=10',
    '-c:v', 'libx264', '-preset', 'veryfast', '-color_range', 'tv', '-c:a', 'aac', dawn);
  const server = await startServer();
  const browser = await openBrowser(browserArguments);
  const asha = await server.signUp('asha', { name: 'Asha Rao', languages: ['en', 'ar', 'hi'] });
  await server.signUp('ashok', { name: 'Ashok Kumar' });
  const { code, stderr } = await server.cli('video', 'import', small, '--as', 'asha', '--caption', 'Before #flowers #चाय');
  assert.equal(code, 0, stderr);
  return {
    server, browser, asha, dawn,
    async open(language, options = {}) {
      const visitor = await browser.phone({ url: server.url, locale: language, ...options });
      await signIn(visitor, asha);
      await visitor.goto('/upload');
      await visitor.page.getByText(words(language)('upload.choose')).waitFor();
      return visitor;
    },
    /** Her public clip with this caption. */
    published: async caption => (await server.visitor().get('/api/v1/accounts/asha/videos')).body.items.find(video => video.caption === caption),
    /** Seconds into the dawn that a picture shows: it gets lighter by 18 of 255 a second. */
    async timeOf(picture) {
      const out = await ffmpeg('-i', `${server.url}${picture}`, '-frames:v', '1', '-vf', 'scale=2:2:out_range=tv,format=yuv420p', '-f', 'rawvideo', '-');
      return (out[0] - 30) / 18;
    },
    async close() {
      await browser.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const choose = (page, files) => page.locator('input[type=file]').first().setInputFiles(files);
export const button = (page, name) => page.getByRole('button', { name, exact: true });
export const slider = (page, name) => page.getByRole('slider', { name, exact: true });
export const valueOf = async handle => Number(await handle.getAttribute('aria-valuenow'));
