// A real Chromium, shaped like a phone or a desk.
//
//   const browser = await openBrowser();
//   const phone = await browser.phone({ url: server.url, locale: 'ar' });
//   await phone.swipeUp();
//   await browser.close();
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

import { root } from '../system/server.mjs';

export const screens = process.env.AMANAT_SCREENS;     // a folder: pictures of each step are kept there
export const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `more`: further arguments of the browser. */
export async function openBrowser(more = []) {
  const executablePath = programs.find(existsSync);
  if (!executablePath) throw new Error('no Chromium: apt-get install chromium');
  const browser = await chromium.launch({
    executablePath, headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--autoplay-policy=user-gesture-required', ...more],
  });
  return new Browser(browser);
}

class Browser {
  constructor(browser) { this.browser = browser; }

  phone(options) {
    return this.open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, ...options });
  }

  desk(options) { return this.open({ viewport: { width: 1280, height: 800 }, ...options }); }

  async open({ url, locale = 'en', ...options }) {
    const context = await this.browser.newContext({ baseURL: url, locale, ...options });
    const page = await context.newPage();
    return new Visitor(context, page);
  }

  close() { return this.browser.close(); }
}

class Visitor {
  constructor(context, page) {
    this.context = context;
    this.page = page;
    this.errors = [];                                  // what the page complained of: a test looks at it at its end
    page.on('pageerror', (e) => this.errors.push(String(e)));
    page.on('console', (m) => { if (m.type() === 'error' && !/status of 40[14]/.test(m.text())) this.errors.push(m.text()); });
  }

  goto(where) { return this.page.goto(where, { waitUntil: 'load' }); }

  /** A finger that draws from one point to another, as a share of the screen. */
  async swipe(from, to) {
    const { width, height } = this.page.viewportSize();
    const at = ([x, y]) => ({ x: Math.round(x * width), y: Math.round(y * height) });
    const cdp = this.cdp ??= await this.context.newCDPSession(this.page);
    const a = at(from), b = at(to), steps = 12;
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [a] });
    for (let i = 1; i <= steps; i++) {
      const point = { x: a.x + (b.x - a.x) * i / steps, y: a.y + (b.y - a.y) * i / steps };
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [point] });
      await this.page.waitForTimeout(8);               // a finger takes its time: without it there is no velocity
    }
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  swipeUp() { return this.swipe([0.5, 0.75], [0.5, 0.2]); }
  swipeDown() { return this.swipe([0.5, 0.25], [0.5, 0.8]); }

  async shoot(name) {
    if (!screens) return;
    mkdirSync(path.resolve(root, screens), { recursive: true });
    await this.page.screenshot({ path: path.resolve(root, screens, `${name}.png`) });
  }

  close() { return this.context.close(); }
}
