// A server with people and clips on it, for tests that look at the interface.
import { existsSync } from 'node:fs';
import path from 'node:path';

import { until } from '../system/patience.mjs';
import { root, startServer } from '../system/server.mjs';

export { until };

export const media = path.resolve(root, '../shared/media');
export const skip = !existsSync(media) && 'no ../shared/media';

const files = ['derived__karma_vertical_720x1280_10s_h264.mp4', 'derived__rooftop_vertical_vfr_404x720_12s.mp4',
  'derived__karma_vertical_60fps_540x960_4s.mp4', 'media__sample_portrait.mp4', 'derived__heromode_rot90_1280x720_8s_h264.mp4'];
const people = [['asha', 'Asha Rao'], ['omar', 'عمر الحداد'], ['meera', 'मीरा']];
const captions = ['Morning above the sea, before the wind comes #flying', 'فوق أسطح المدينة عند الغروب', 'समुद्र के ऊपर सुबह', 'Slow road, good company', ''];

/** `count` clips by three people, the newest last. */
export async function serverWithClips(count = files.length) {
  const server = await startServer();
  const clients = {};
  for (const [handle, name] of people) clients[handle] = await server.signUp(handle, { name, languages: ['en', 'ar', 'hi'] });
  const videos = [];
  for (let i = 0; i < count; i++) {
    const file = path.join(media, files[i % files.length]);
    const { code, stdout, stderr } = await server.cli('video', 'import', file, '--as', people[i % people.length][0], '--caption', captions[i % captions.length]);
    if (code !== 0) throw new Error(`import of ${file}: ${stdout}${stderr}`);
    videos.push(/as (\d+)/.exec(stdout)[1]);
  }
  await until(async () => (await server.visitor().get('/api/v1/feed')).body.items.length >= Math.min(count, 8), 'the clips are in the feed');
  return { server, clients, videos };
}

/** Makes a visitor's browser the one in which `client` is signed in. */
export const signIn = (visitor, client) => visitor.context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, url: client.url })));

/** The clip on screen moves: its time rises and its picture is there. */
export const plays = (page) => page.waitForFunction(async () => {
  const video = document.querySelector('article.clip:not([inert]) video');
  if (!video || !video.videoWidth) return false;
  const from = video.currentTime;
  await new Promise((resolve) => setTimeout(resolve, 120));
  return !video.paused && video.currentTime > from;
}, null, { timeout: 30_000, polling: 50 });

export const currentId = (page) => page.evaluate(() => document.querySelector('article.clip:not([inert])')?.dataset.id);

export const becomes = (page, id) => page.waitForFunction((wanted) =>
  document.querySelector('article.clip:not([inert])')?.dataset.id === wanted, id, { timeout: 30_000 });

/** Waits until another clip than `id` is on screen, and names it. */
export async function leaves(page, id, timeout = 30_000) {
  await page.waitForFunction((old) => {
    const now = document.querySelector('article.clip:not([inert])');
    return now && now.dataset.id !== old;
  }, id, { timeout });
  return currentId(page);
}

/** Swipes on from `id`.  A busy machine may take a finger that moves in jerks for one that holds: then again, as anybody would. */
export async function swipeFrom(phone, id) {
  for (let attempt = 0; attempt < 3; attempt++) {
    await phone.swipeUp();
    const left = await leaves(phone.page, id, 2500).catch(() => null);
    if (left) return left;
  }
  throw new Error('three swipes did not leave the clip');
}
