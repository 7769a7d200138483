// Starts the client: takes over what the server rendered into #shell, unless that page is the server's own.
import { render } from 'preact';
import { App } from './app';
import { awaitRolling } from './feed/rolling';
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
  awaitRolling();
  box.textContent = '';
  render(<App />, box);
  if (boot.offline) addEventListener('online', () => location.reload(), { once: true });
  startLater();
}

/** From the second visit on the app opens without a network. */
function keepOffline(): void {
  void navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
}

/** What is for later waits until a clip plays, or is not going to: on a thin link it would take the first clip's place. */
function startLater(): void {
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    warmUp();
    keepOffline();
  };
  document.addEventListener('playing', begin, { capture: true, once: true });
  const soon = () => setTimeout(begin, 8000);
  if (document.readyState === 'complete') soon();
  else addEventListener('load', soon, { once: true });
}

const box = document.getElementById('shell');
if (box && !('static' in box.dataset)) void start(box);
else if (box?.querySelector('[data-live], [data-check]')) void import('./trust/live').catch(() => undefined);
