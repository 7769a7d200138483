// Starts the client: takes over what the server rendered into #app, unless that page is the server's own.
import { render } from 'preact';
import { App } from './app';
import { startViews } from './feed/views';
import { speakWanted } from './i18n';
import { boot } from './boot';
import { warmUp } from './lazy';
import { startRouter } from './router';
import { learnWho } from './session';
import { applyTheme } from './settings/theme';

async function start(box: HTMLElement): Promise<void> {
  applyTheme();
  void learnWho();
  await speakWanted();
  startRouter();
  startViews();
  document.addEventListener('playing', warmUp, { capture: true, once: true });
  box.textContent = '';
  render(<App />, box);
  startOffline();
}

/** From the second visit on the app opens without a network. */
function startOffline(): void {
  if (boot.offline) addEventListener('online', () => location.reload(), { once: true });
  const register = () => void navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
  if (document.readyState === 'complete') register();
  else addEventListener('load', register, { once: true });
}

const box = document.getElementById('app');
if (box && !('static' in box.dataset)) void start(box);
