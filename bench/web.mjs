// make bench SUITE=web: what a person feels of the client, on the demo network, in a Chromium shaped like a phone.
//
//   SOAK_MINUTES=30   how long the soak swipes; QUICK=1: 2 minutes
//   ONLY=swipe,thin   some parts: load, swipe, thin, lighthouse, soak
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { openBrowser, programs } from '../tests/browser/browser.mjs';
import { demoServer } from '../tests/browser/demo.mjs';
import { root } from '../tests/system/server.mjs';
import { median, report } from './measure.mjs';

const swipes = Number(process.env.SWIPES ?? 24);
const rounds = Number(process.env.ROUNDS ?? 7);
const soakMinutes = Number(process.env.SOAK_MINUTES ?? (process.env.QUICK ? 2 : 30));
const only = process.env.ONLY?.split(',');
const clips = Number(process.env.CLIPS ?? 28);       // more than swipes: the feed of somebody who is not signed in ends
const rows = [];
const row = (name, unit, target, better, value, commands, samples) => {
  rows.push({ name, value, unit, target, better, commands, samples });
  console.log(`${name}: ${value.toFixed(3)} ${unit}`);
};

const current = 'article.clip:not([inert])';
const moves = (page) => page.waitForFunction((where) => {
  const video = document.querySelector(`${where} video`);
  return video && video.videoWidth > 0 && !video.paused && video.currentTime > 0.05;
}, current, { timeout: 20_000, polling: 20 });

/** The time since the navigation at which the first clip's first frame was on screen. */
const watchFirstFrame = (page) => page.addInitScript(() => {
  const look = () => {
    const video = document.querySelector('article.clip:not([inert]) video');
    if (!video) return requestAnimationFrame(look);
    video.requestVideoFrameCallback((now) => {
      const shown = () => (video.classList.contains('is-shown') ? (window.firstFrame = Math.max(now, performance.now())) : requestAnimationFrame(shown));
      shown();
    });
  };
  requestAnimationFrame(look);
});

async function firstLoad(server, browser) {
  const phone = await browser.phone({ url: server.url });
  const cdp = await phone.context.newCDPSession(phone.page);
  await cdp.send('Network.enable');
  const files = new Map();
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (['Script', 'Stylesheet'].includes(type)) files.set(requestId, { url: response.url, coding: response.headers['Content-Encoding'] ?? response.headers['content-encoding'] ?? 'identity' });
  });
  cdp.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.bytes = (file.bytes ?? 0) + encodedDataLength;
  });
  await watchFirstFrame(phone.page);
  await phone.goto('/');
  const shown = await phone.page.waitForFunction(() => window.firstFrame, null, { polling: 5 });
  await shown.dispose();
  // What came before the first frame; later parts are fetched when it plays.
  const first = await phone.page.evaluate(() => performance.getEntriesByType('resource').filter((e) => e.startTime < window.firstFrame).map((e) => e.name));
  await phone.page.waitForTimeout(300);
  const list = [];
  for (const file of files.values()) {
    if (!first.includes(file.url)) continue;
    const sizes = {};
    for (const coding of ['br', 'gzip']) {
      const answer = spawnSync('curl', ['-s', '-H', `Accept-Encoding: ${coding}`, '-o', '/dev/null', '-w', '%{size_download}', file.url], { encoding: 'utf8' });
      sizes[coding] = Number(answer.stdout);
    }
    list.push({ file: new URL(file.url).pathname, coding: file.coding, transferred: file.bytes, ...sizes });
  }
  const sum = (name) => list.reduce((total, file) => total + file[name], 0) / 1024;
  await phone.close();
  row('first_load_kb', 'KiB', 60, 'less', sum('br'), ['Chromium opens /; scripts and style sheets requested before the first frame, as curl gets them with Accept-Encoding: br'], { files: list });
  row('first_load_gzip_kb', 'KiB', 60, 'less', sum('gzip'), ['the same with Accept-Encoding: gzip'], { files: list.length });
}

/** From the scroll's settling to the next clip's first frame; a frame that was there before counts as 0. */
async function swipeFigure(server, browser) {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone;
  await phone.goto('/');
  await moves(page);
  const raw = [];
  while (raw.length < swipes) {
    await page.evaluate((where) => {
      const scroller = document.querySelector('.feed__scroller');
      window.swipe = { from: document.querySelector(where).dataset.id };
      document.addEventListener('touchend', () => { window.swipe.lifted = performance.now(); }, { once: true, capture: true });
      scroller.addEventListener('scrollend', () => { window.swipe.settled ??= performance.now(); }, { once: true });
      for (const video of document.querySelectorAll('article.clip[inert] video')) {
        const { id } = video.closest('article').dataset;
        video.requestVideoFrameCallback((now) => { (window.swipe.frames ??= {})[id] = now; });
      }
    }, current);
    await phone.swipeUp();
    const took = await page.waitForFunction((where) => {
      const { from, settled, lifted, frames } = window.swipe;
      const now = document.querySelector(where)?.dataset.id;
      if (!now || now === from || settled === undefined || frames?.[now] === undefined) return null;
      return { ms: frames[now] - settled, sinceFinger: frames[now] - lifted };
    }, current, { timeout: 20_000, polling: 5 });
    raw.push(await took.jsonValue());
    await page.waitForTimeout(700);                      // somebody looks at the clip
  }
  await phone.close();
  row('swipe_to_frame_ms', 'ms', 150, 'less', median(raw.map(({ ms }) => Math.max(0, ms))),
    ['Chromium, a touch swipe up; from scrollend to the next clip’s first frame by requestVideoFrameCallback (0: it was there already)'],
    { ms: raw.map(({ ms }) => ms), since_the_finger_left_ms: raw.map(({ sinceFinger }) => sinceFinger) });
}

async function thinLink(server, browser) {
  const samples = [];
  for (let i = 0; i < rounds; i++) {
    const phone = await browser.phone({ url: server.url });
    const cdp = await phone.context.newCDPSession(phone.page);
    await cdp.send('Network.enable');
    await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 });
    await watchFirstFrame(phone.page);
    await phone.goto('/');
    const frame = await phone.page.waitForFunction(() => window.firstFrame, null, { timeout: 30_000, polling: 5 });
    const ms = await frame.jsonValue();
    const steps = await phone.page.evaluate(() => performance.getEntriesByType('resource').filter((e) => e.startTime < window.firstFrame)
      .map((e) => ({ name: new URL(e.name).pathname.replace(/[0-9a-f]{40,}/, '…'), from: Math.round(e.startTime), to: Math.round(e.responseEnd), bytes: e.encodedBodySize })));
    samples.push({ ms, steps: i === 0 ? steps : undefined });
    if (process.env.VERBOSE) console.log(ms, steps);
    await phone.close();
  }
  row('thin_link_first_frame_ms', 'ms', 1500, 'less', median(samples.map(({ ms }) => ms)),
    ['Chromium with an empty cache, Network.emulateNetworkConditions 1.6 Mbit/s down, 150 ms; from the navigation to the first clip’s first frame'], { runs: samples });
}

/** Lighthouse has a lock of its own, so that nothing but this bench installs it. */
async function loadLighthouse() {
  const folder = path.join(root, 'bench');
  if (!existsSync(path.join(folder, 'node_modules/lighthouse'))) {
    console.log('installing lighthouse (bench/package-lock.json)');
    const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm ci in bench: ${stderr}`);
  }
  return { lighthouse: (await import('lighthouse')).default, launch: (await import('chrome-launcher')).launch };
}

async function lighthouseFigure(server) {
  const { lighthouse, launch } = await loadLighthouse();
  const { items } = (await server.visitor().get('/api/v1/feed')).body;
  const pages = { feed: '/', profile: `/@${items[0].author.handle}`, video: `/v/${items[0].id}`, letter: '/letter' };
  const chrome = await launch({ chromePath: programs.find(existsSync), chromeFlags: ['--headless=new', '--disable-gpu', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])] });
  const scores = {}, misses = {}, runs = {};
  try {
    for (const [name, where] of Object.entries(pages)) {
      runs[name] = [];
      for (let i = 0; i < 3; i++) {                      // one run says little: its processor is shared
        const { lhr } = await lighthouse(server.url + where, { port: chrome.port, output: 'json', logLevel: 'error', formFactor: 'mobile',
          onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'] });
        runs[name].push(Object.fromEntries(Object.entries(lhr.categories).map(([id, { score }]) => [id, Math.round(score * 100)])));
        misses[name] = Object.values(lhr.categories).flatMap(({ auditRefs }) => auditRefs)
          .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9).map(({ id }) => `${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].score}`);
      }
      scores[name] = Object.fromEntries(Object.keys(runs[name][0]).map((id) => [id, median(runs[name].map((run) => run[id]))]));
      console.log(name, scores[name], misses[name]);
    }
  } finally {
    chrome.kill();
  }
  row('lighthouse_min', 'points', 95, 'more', Math.min(...Object.values(scores).flatMap((each) => Object.values(each))),
    ['Lighthouse 12, mobile: performance, accessibility, best practices, SEO of feed, profile, video and letter; medians of three runs, the lowest of them'],
    { scores, runs, below_90: misses });
}

/** Swipes to the end and begins again, for minutes; what is left after a forced collection must not grow. */
async function soak(server, browser) {
  const phone = await browser.phone({ url: server.url });
  const { page } = phone;
  const cdp = await phone.context.newCDPSession(page);
  await cdp.send('Performance.enable');
  await cdp.send('HeapProfiler.enable');
  await phone.goto('/');
  await moves(page);
  const samples = [], every = soakMinutes * 60_000 / 60, end = Date.now() + soakMinutes * 60_000;
  const sample = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    const get = (name) => metrics.find((metric) => metric.name === name).value;
    samples.push({ heap: get('JSHeapUsedSize'), nodes: get('Nodes'), listeners: get('JSEventListeners'), swipes: count });
  };
  let count = 0, most = 0, due = Date.now() + every;
  while (Date.now() < end) {
    const again = page.locator('.clip--blank .button--main');
    if (await again.count() && await again.isVisible() && await again.boundingBox().then((box) => box && box.y > 0 && box.y < 844)) await again.tap();
    else await phone.swipeUp();
    count++;
    await page.waitForTimeout(600);
    most = Math.max(most, await page.locator('video').count());
    if (Date.now() >= due) {
      due += every;
      await sample();
    }
  }
  await phone.close();
  const third = Math.floor(samples.length / 3);
  const growth = (name) => median(samples.slice(-third).map((s) => s[name])) / median(samples.slice(0, third).map((s) => s[name]));
  const commands = [`Chromium swipes for ${soakMinutes} minutes (${count} swipes), 60 looks, each after HeapProfiler.collectGarbage; median of the last third over that of the first`];
  row('soak_heap_growth', 'ratio', 1.1, 'less', growth('heap'), commands, { minutes: soakMinutes, swipes: count, looks: samples });
  row('soak_nodes_growth', 'ratio', 1.1, 'less', growth('nodes'), commands, { see: 'soak_heap_growth' });
  row('soak_video_elements', 'elements', 5, 'less', most, ['the most <video> elements in the page at once during the soak'], { see: 'soak_heap_growth' });
}

const server = await demoServer(clips);
const browser = await openBrowser();
try {
  const wants = (part) => !only || only.includes(part);
  if (wants('load')) await firstLoad(server, browser);
  if (wants('swipe')) await swipeFigure(server, browser);
  if (wants('thin')) await thinLink(server, browser);
  if (wants('lighthouse')) await lighthouseFigure(server);
  if (wants('soak')) await soak(server, browser);
} finally {
  await browser.close();
  await server.stop();
}
report('web', rows, { part: only !== undefined });
