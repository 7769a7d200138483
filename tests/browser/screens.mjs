// make screens: remakes docs/screens from a demo network of its own: seven screens, light and dark, English and Arabic.
//
//   node tests/browser/screens.mjs [name...]        only the pictures whose names begin so
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { signIn } from './clips.mjs';
import { demoServer } from './demo.mjs';

const folder = path.join(root, 'docs/screens');
const wanted = process.argv.slice(2);
const quality = 84;
const current = 'article.clip:not([inert])';
const authors = { en: 'wren', ar: 'noor' };
const queries = { en: 'amanat', ar: 'أمانة' };

/** Keeps the clip at the moment at which all its words stand, so that the picture is the same each time. */
async function still(page) {
  await page.waitForFunction((where) => document.querySelector(`${where} video`)?.readyState > 2, current);
  await page.evaluate(async (where) => {
    const video = document.querySelector(`${where} video`);
    video.pause();
    await new Promise((resolve) => {
      video.addEventListener('seeked', resolve, { once: true });
      video.currentTime = video.duration - 1.3;
    });
  }, current);
  // The sign of a pause is not part of the picture.
  await page.addStyleTag({ content: '.clip__paused { visibility: hidden }' }).catch(() => page.evaluate((where) => { const sign = document.querySelector(`${where} .clip__paused`); if (sign) sign.style.visibility = 'hidden'; }, current));
}

/** Walks the feed to a clip: what comes first differs from node to node. */
async function toClip(page, id) {
  for (let steps = 0; steps < 42; steps++) {
    await page.locator(`${current} video`).waitFor();
    const before = await page.locator(current).getAttribute('data-id');
    if (before === id) return still(page);
    await page.keyboard.press('j');
    await page.waitForFunction(([where, id]) => document.querySelector(where)?.dataset.id !== id, [current, before]);
    if (await page.locator(current).count() === 0) break;                    // past the last one
    await page.waitForTimeout(250);
  }
  throw new Error(`${id} is not in the feed`);
}

const screens = {
  async feed(page, { code, clips }) {
    await page.goto('/');
    await toClip(page, clips[authors[code]]);
  },
  async comments(page, { code, clips }) {
    await page.goto(`/v/${clips[authors[code]]}`);
    await still(page);
    await page.locator(`${current} .act`).nth(1).click();
    await page.locator('.comment').first().waitFor();
  },
  async profile(page, { code }) {
    await page.goto(`/@${authors[code]}`);
    await page.locator('.tile').first().waitFor();
  },
  async upload(page) {
    await page.goto('/upload');
    await page.locator('.chooser').waitFor();
  },
  async search(page, { code }) {
    await page.goto(`/search?${new URLSearchParams({ q: queries[code] })}`);
    await page.locator('.tile').first().waitFor();
  },
  async letter(page) { await page.goto('/letter'); },
  async trust(page) {
    await page.goto('/trust');
    await page.locator('.check__start').click();
    await page.locator('.verdict').waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await page.waitForTimeout(1000);                     // its sign is drawn
  },
};

/* Looking leaves no trace: the next picture finds the same feed.  A page tells what was watched when it is closed, too, by a request that
 * outlives it and that nothing between the page and the server sees. */
function watchUnseen(page) {
  return page.addInitScript(() => {
    const { fetch } = window;
    window.fetch = (where, options) => where === '/api/v1/views' ? Promise.resolve(new Response(null, { status: 204 })) : fetch(where, options);
  });
}

const loaded = (page) => page.waitForFunction(() => [...document.images].every((image) => image.complete || image.getBoundingClientRect().top > innerHeight));

async function shoot(visitor, file) {
  const cdp = await visitor.context.newCDPSession(visitor.page);
  const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality, clip: { x: 0, y: 0, ...visitor.page.viewportSize(), scale: 2 } });
  writeFileSync(file, Buffer.from(data, 'base64'));
}

const server = await demoServer(42);
const browser = await openBrowser();
try {
  mkdirSync(folder, { recursive: true });
  const guest = server.visitor();
  await guest.post('/api/v1/sessions', { ...server.guest, client: 'web' });
  const { code: filed, stderr } = await server.cli('demo', 'demand');      // so that the letter has something to tell
  if (filed !== 0) throw new Error(stderr);
  const clips = {};
  for (const handle of Object.values(authors)) clips[handle] = (await guest.get(`/api/v1/accounts/${handle}/videos`)).body.items.at(-1).id;
  for (const code of ['en', 'ar']) {
    for (const colorScheme of ['light', 'dark']) {
      for (const [name, open] of Object.entries(screens)) {
        const picture = `${name}-${code}-${colorScheme}`;
        if (wanted.length && !wanted.some((start) => picture.startsWith(start))) continue;
        const visitor = await browser.phone({ url: server.url, locale: code, colorScheme });
        await signIn(visitor, guest);
        await watchUnseen(visitor.page);
        await open(visitor.page, { code, clips });
        await loaded(visitor.page);
        if (await visitor.page.locator('.nav').count()) await visitor.page.locator('.nav__badge').waitFor();   // what is new comes by itself
        await visitor.page.waitForTimeout(500);          // sheets have come to rest, pictures have faded in
        await shoot(visitor, path.join(folder, `${picture}.webp`));
        await visitor.close();
      }
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
const sizes = readdirSync(folder).filter((name) => name.endsWith('.webp')).map((name) => statSync(path.join(folder, name)).size);
console.log(`${sizes.length} pictures in docs/screens, ${Math.round(sizes.reduce((a, b) => a + b, 0) / 1024)} KiB, the largest ${Math.round(Math.max(...sizes) / 1024)} KiB`);
