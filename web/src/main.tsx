// Starts the client: takes over what the server rendered into #app, unless that page is the server's own.
import { render } from 'preact';
import { App } from './app';
import './css/app.css';
import { startViews } from './feed/views';
import { speakWanted } from './i18n';
import { startRouter } from './router';
import { learnWho } from './session';
import { applyTheme } from './settings/theme';

async function start(box: HTMLElement): Promise<void> {
  applyTheme();
  void learnWho();
  await speakWanted();
  startRouter();
  startViews();
  box.textContent = '';
  render(<App />, box);
}

const box = document.getElementById('app');
if (box && !('static' in box.dataset)) void start(box);
