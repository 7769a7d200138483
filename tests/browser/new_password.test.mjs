// Changing one's password in the page: this window goes on with its new session, a copied cookie does not.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';

import { password, startServer } from '../system/server.mjs';
import { openBrowser } from './browser.mjs';
import { words } from './words.mjs';

let server, browser;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await server?.stop(); });

test('the page goes on after its password was changed, and the cookie from before is worth nothing', async () => {
  const say = words('en');
  const asha = await server.signUp('asha');
  const phone = await browser.phone({ url: server.url });
  const { page } = phone;
  const cookie = [...asha.cookies][0];
  await page.context().addCookies([{ name: cookie[0], value: cookie[1], url: server.url }]);
  await phone.goto('/settings');
  await page.getByRole('button', { name: say('settings.password'), exact: true }).click();
  await page.locator('input[autocomplete=current-password]').fill(password);
  await page.locator('input[autocomplete=new-password]').fill('another horse battery');
  await page.getByRole('button', { name: say('app.save'), exact: true }).click();
  await page.getByText(say('settings.password_changed')).waitFor();
  assert.equal((await asha.get('/api/v1/me')).status, 401);
  assert.equal(await page.evaluate(async () => (await fetch('/api/v1/me')).status), 200);
  await page.reload();
  await page.getByRole('button', { name: say('settings.password'), exact: true }).waitFor();
});
