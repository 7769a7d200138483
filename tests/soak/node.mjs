// A demo node for the scanners to be run against, and what becomes of their reports: build/soak.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { accepted } from './accepted.mjs';
import { root, Server } from '../system/server.mjs';

export const reports = path.join(root, 'build', 'soak');
mkdirSync(reports, { recursive: true });
export const keep = (name, content) => writeFileSync(path.join(reports, name), content);

/** A node with the demo's people and the first of its clips, limits as they are installed unless set. */
export async function demoNode(settings = {}) {
  const server = new Server({ settings: { 'demo.clips': 4, ...settings } });
  server.switches = ['--demo'];
  await server.start();
  await until(async () => (await server.visitor().get('/api/v1/feed')).body?.items?.length >= 4, 'the demo is made', { seconds: 240, pause: 250 });
  return server;
}

/** Runs a scanner to its end: { code, said }.  Kills it after so many minutes. */
export function scan(program, args, minutes) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stop = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
    process.on('exit', stop);
    let said = '';
    child.stdout.on('data', (d) => { said += d; });
    child.stderr.on('data', (d) => { said += d; });
    const timer = setTimeout(stop, minutes * 60_000);
    child.on('error', (e) => reject(new Error(`${program}: ${e.message}; tools/setup.sh soak installs it`)));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', stop);
      if (signal) reject(new Error(`${program} was not done after ${minutes} minutes\n${said.slice(-2000)}`));
      else resolve({ code, said });
    });
  });
}

/** What is left of findings ({ id, what }) when those are taken away that tests/soak/accepted.mjs gives a reason for. */
export const unaccepted = (scanner, findings) => findings.filter((f) => !accepted[scanner].some((a) => a.id === f.id && a.when.test(f.what)));
