// A node on a small disk of its own, which can be filled, with people who write without a pause; and how long reads take beside them.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { Server, binary, root } from '../tests/system/server.mjs';
import { publish } from '../tests/system/upload.mjs';

const clip = path.join(root, '..', 'shared', 'media', 'media__sample_sef_slow_motion.mp4');
const WRITERS = 8, SECONDS = 4, READS_A_SECOND = 200, WARM_UP = 50;
const PAUSE_MS = 5;                                            // between a writer's writes: a refused one comes back sooner
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One request on a kept connection; resolves with its status and microseconds. */
function ask(agent, url, { method = 'GET', headers = {}, body } = {}) {
  const began = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const sent = http.request(url, { method, agent, headers: { ...headers, ...(body ? { 'content-length': Buffer.byteLength(body) } : {}) } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, us: Number(process.hrtime.bigint() - began) / 1000 }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function fill(file) {
  const fd = openSync(file, 'w');
  try { for (;;) writeSync(fd, Buffer.alloc(1 << 16)); } catch (e) { if (e.code !== 'ENOSPC') throw e; }
  closeSync(fd);
}

class SmallDisk {
  async open(place) {
    mkdirSync(place, { recursive: true });
    const namespace = process.getuid() === 0 ? ['-m'] : ['-Urm'];
    if (spawnSync('unshare', [...namespace, 'true']).status !== 0) throw new Error('no mount namespaces here');
    this.server = new Server({ folder: path.join(place, 'node'), settings: { 'server.access_log': false } });
    this.server.program = ['unshare', ...namespace, 'sh', '-c', `mount -t tmpfs -o size=192m none ${place} && exec "$0" "$@"`, binary];
    await this.server.start();
    this.filler = `/proc/${this.server.pid}/root${place}/filler`;
    this.people = [];
    for (let i = 0; i < WRITERS; i++) this.people.push(await this.server.signUp(`writer${i}`));
    this.video = await publish(this.people[0], clip);
    this.where = [`/api/v1/feed`, `/api/v1/videos/${this.video.id}`, `/api/v1/videos/${this.video.id}/comments`];
    return this;
  }

  /** Comments, one after the other; counts how they were answered. */
  async #write(person, counts) {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const cookie = [...person.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    const headers = { cookie, origin: this.server.url, 'content-type': 'application/json' };
    while (this.writing) {
      const { status } = await ask(agent, `${this.server.url}/api/v1/videos/${this.video.id}/comments`,
        { method: 'POST', headers, body: JSON.stringify({ text: 'x'.repeat(400) }) });
      counts[status] = (counts[status] ?? 0) + 1;
      await wait(PAUSE_MS);
    }
    agent.destroy();
  }

  /** p99 in microseconds of reads sent at a fixed pace, each counted from when it was due. */
  async #read() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    const times = [];
    const began = process.hrtime.bigint();
    const pending = [];
    for (let i = 0; i < SECONDS * READS_A_SECOND + WARM_UP; i++) {
      const late = i * 1000 / READS_A_SECOND - Number(process.hrtime.bigint() - began) / 1e6;
      if (late > 0) await wait(late);
      pending.push(ask(agent, this.server.url + this.where[i % this.where.length]).then(({ status, us }) => {
        if (status !== 200) throw new Error(`a read was answered with ${status}`);
        if (i >= WARM_UP) times.push(us);
      }));
    }
    await Promise.all(pending);
    agent.destroy();
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length * 0.99)];
  }

  async readsWhile(state) {
    const counts = {};
    if (state === 'full') fill(this.filler);
    this.writing = true;
    const writers = Promise.all(this.people.map((p) => this.#write(p, counts)));
    await wait(state === 'full' ? 1500 : 500);         // what the log had room for is used up
    const before = { ...counts };
    const p99 = await this.#read();
    this.writing = false;
    await writers;
    rmSync(this.filler, { force: true });
    const answered = (status) => (counts[status] ?? 0) - (before[status] ?? 0);
    const [wanted, other] = state === 'full' ? [507, 201] : [201, 507];
    if (answered(wanted) === 0 || answered(other) > answered(wanted) / 10)
      throw new Error(`disk ${state}: writes were answered ${JSON.stringify(counts)}`);
    return p99;
  }

  end() { return this.server.stop(); }
}

export function smallDisk(folder) {
  return new SmallDisk().open(path.join(folder, 'small'));
}
