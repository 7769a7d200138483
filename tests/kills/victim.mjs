// The server that is killed: amanat itself, or tests/kills/mortal, which is amanat that kills itself at a seam.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { binary, run } from '../system/server.mjs';
import { now } from './wire.mjs';

export const mortal = path.join(path.dirname(binary), 'tests/kills/mortal');

export class Victim {
  constructor(folder, settings) {
    this.folder = folder;
    this.flags = ['--folder', folder, ...Object.entries(settings).flatMap(([k, v]) => ['--set', `${k}=${v}`])];
    this.seams = new Map();                            // place: how often it ended there
    this.log = '';
  }

  /** Resolves with the port, or with null when it ended before it had one. `order`: mortal, with that order. */
  start({ order = null } = {}) {
    this.mortal = order !== null;
    this.diedAt = null;
    const [program, ...before] = this.mortal ? [mortal, order] : [binary];
    // A group of its own, for the kills; and it ends with this process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...before, 'serve', '--init', ...this.flags], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'], detached: true });
    this.child = child;
    const cleanUp = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
    process.on('exit', cleanUp);
    this.ended = new Promise((resolve) => child.on('close', (code, signal) => { process.off('exit', cleanUp); this.child = null; resolve({ code, signal }); }));
    child.stdin.on('error', () => {});
    child.stderr.on('data', (d) => { this.log = (this.log + d).slice(-20_000); });
    let told = '';
    child.stdio[3].on('data', (d) => {
      told += d;
      const lines = told.split('\n');
      told = lines.pop();
      for (const line of lines) this.#hear(line.split(' '));
    });
    let printed = '';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no address within 30 s\n${this.log}`)), 30_000);
      child.stdout.on('data', (d) => {
        printed += d;
        const address = /http:\/\/[^\s/]+:(\d+)/.exec(printed);
        if (address) { clearTimeout(timer); resolve(Number(address[1])); }
      });
      this.ended.then(({ code, signal }) => {
        clearTimeout(timer);
        if (signal === 'SIGKILL') resolve(null); else reject(new Error(`the server ended with ${code ?? signal}\n${this.log.slice(-3000)}`));
      });
    });
  }

  #hear([word, place, ns]) {
    if (word === 'seam' && !this.seams.has(place)) this.seams.set(place, 0);
    if (word === 'killed') { this.diedAt = BigInt(ns); this.seams.set(place, this.seams.get(place) + 1); }
  }

  /** Where it ended already. */
  get known() { return [...this.seams].filter(([, times]) => times > 0).map(([place]) => place).join(' '); }

  /** Mortal: see there. */
  obey(order) { this.child?.stdin.write(`${order}\n`); }

  /** Processes of amanat-media that it has. */
  workers() {
    const mine = [];
    for (const pid of readdirSync('/proc').filter((p) => /^\d+$/.test(p))) {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [, , parent] = stat.slice(stat.lastIndexOf(')')).split(' ');
        if (Number(parent) === this.child?.pid && stat.includes('(amanat-media)')) mine.push(Number(pid));
      } catch { /* ended meanwhile */ }
    }
    return mine;
  }

  /** At once; `group`: its workers with it. */
  kill(group) {
    this.diedAt = now();
    process.kill(group ? -this.child.pid : this.child.pid, 'SIGKILL');
    return this.ended;
  }

  async stop() {
    this.child.kill('SIGTERM');
    return (await this.ended).code;
  }

  async fsck() {
    const { code, stdout, stderr } = await run(['fsck', '--json', ...this.flags]);
    const report = stdout ? JSON.parse(stdout) : null;
    return code === 0 && report?.clean ? null : `fsck: ${code} ${stdout}${stderr}`;
  }
}
