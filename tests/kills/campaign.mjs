// Kills the server again and again while people write, and looks each time whether all that was acknowledged is there, once.
//
//   node tests/kills/campaign.mjs [--kills 300] [--seed N] [--json]
//
// A kill is one of these: the server, the server with its workers, a worker alone, the server at a seam (base/fault.h), the
// server at a seam of its start.  The seed fixes what is done and which kill comes next; at which moment it lands is the machine's.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { binary, freshFolder } from '../system/server.mjs';
import { Book } from './book.mjs';
import { Person, visit } from './people.mjs';
import { Victim } from './victim.mjs';
import { Cut, Traffic, Wire, now } from './wire.mjs';

const SOCIAL = 12, UPLOADERS = 4, IDOLS = 4, STAGE = 4;
const REST = 6;                                                // ms: between what one person does
const START_EVERY = 20;                                        // kills: nothing can be in flight there
const FSCK_EVERY = 25;                                         // kills; in turn on the live node and on the one just killed
const settings = {
  'server.port': 0, 'server.access_log': false, 'server.drain_seconds': 2, 'accounts.password_mib': 8, 'accounts.password_passes': 1,
  'limits.sign_in_per_hour': 1e5, 'limits.sign_up_per_hour': 1e5, 'limits.write_per_minute': 1e6, 'limits.read_per_minute': 1e7,
  'limits.upload_per_day': 1e5, 'media.worker': path.join(path.dirname(binary), 'amanat-media'),
};
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** mulberry32 */
function dice(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Short clips of our own making; `src` is what they become when nobody is killed. */
function makeClips(folder) {
  return [['testsrc=s=180x320', 0.4], ['testsrc2=s=180x320', 0.6], ['mandelbrot=s=180x320', 0.5]].map(([picture, seconds], i) => {
    const file = path.join(folder, `clip${i}.mp4`);
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `${picture}:r=15`, '-t', seconds, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-crf', '12', '-movflags', '+faststart', file]);
    if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
    return { file, bytes: readFileSync(file), src: null };
  });
}

export class Campaign {
  constructor({ kills = 300, seed = Math.floor(Math.random() * 2 ** 31), say = () => {} } = {}) {
    Object.assign(this, { kills, seed, say, random: dice(seed), book: new Book(), traffic: new Traffic(), said: 0, guest: null });
    this.folder = freshFolder();
    this.clips = makeClips(this.folder);
    this.victim = new Victim(path.join(this.folder, 'node'), settings);
    this.visitor = new Wire(this.traffic);
    this.kinds = { server: 0, group: 0, worker: 0, seam: 0, start: 0 };
    this.inFlight = 0;
    this.idle = {};                                    // kills with nothing in flight, by kind
    this.checked = 0;
    this.running = false;
  }

  async #start(options) {
    this.traffic.port = await this.victim.start(options);
    this.traffic.begin();
    return this.traffic.port !== null;
  }

  /** A node with people, and with videos that nobody will remove. */
  async #prepare() {
    await this.#start();
    const named = (word, n) => Array.from({ length: n }, (_, i) => new Person(this, `${word}${i}`));
    this.people = named('person', SOCIAL);
    this.uploaders = named('uploader', UPLOADERS);
    const idols = named('idol', IDOLS);
    this.idols = idols.map((p) => p.handle);
    for (const person of [...this.people, ...this.uploaders, ...idols]) await person.signUp();
    for (const uploader of this.uploaders) uploader.uploads = [];
    for (let i = 0; i < STAGE; i++) await this.#publish(idols[0], this.clips[i % this.clips.length]);
    for (this.stage = []; this.stage.length < STAGE; await wait(10))
      this.stage = (await this.visitor.ask('GET', `/api/v1/accounts/${idols[0].handle}/videos`)).body?.items.map((v) => v.id) ?? [];
    this.book.stage = this.stage;
  }

  async #publish(person, clip) {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': clip.bytes.length, 'content-type': 'application/offset+octet-stream',
      'upload-metadata': `filename YQ==,publish ${Buffer.from('1').toString('base64')}` };
    const { status, text } = await person.wire.ask('POST', '/api/v1/uploads', { headers, body: clip.bytes });
    if (status !== 201) throw new Error(`upload: ${status} ${text}`);
    for (;;) {
      const [draft] = (await person.wire.ask('GET', '/api/v1/drafts')).body.items ?? [];
      if (draft?.state === 'failed') throw new Error(`publication failed: ${JSON.stringify(draft.reason)}`);
      if (draft?.state === 'published') { clip.src ??= (await this.visitor.ask('GET', `/api/v1/videos/${draft.video}`)).body.src; return; }
      await wait(20);
    }
  }

  // --- traffic ---

  /** One after the other until the server is gone or the people are told to pause. */
  async #keepDoing(act) {
    while (this.running) {
      try { await act(); } catch (e) {
        if (!(e instanceof Cut)) throw e;
        return;
      }
    }
  }

  #go() {
    this.running = true;
    this.loops = Promise.all([
      ...this.people.map((p) => this.#keepDoing(() => p.social().then(() => wait(this.random() * REST)))),
      ...this.uploaders.map((p) => this.#keepDoing(() => (p.uploads.filter((u) => u.state === 'sent').length > 6 ? wait(5) : p.uploading()))),
      this.#keepDoing(() => Promise.resolve(visit(this)).then(() => wait(this.random() * REST * 15))),
    ]);
  }

  async #pause() {
    this.running = false;
    await this.loops;
  }

  /** Uploaders always: what was sent becomes public by itself. */
  #look() {
    for (const uploader of this.uploaders) this.book.touched.add(uploader);
    return this.book.look(this.visitor);
  }

  // --- kills ---

  #note(kind, open) {
    if (open > 0) this.inFlight++; else this.idle[kind] = (this.idle[kind] ?? 0) + 1;
  }

  #nextKind(number) {
    if (number % START_EVERY === 0) return 'start';
    const at = this.random();
    return at < 0.33 ? 'server' : at < 0.5 ? 'group' : at < 0.6 ? 'worker' : 'seam';
  }

  /** Half of them where it never ended yet. */
  async #toSeam() {
    const { victim } = this;
    if (this.random() < 0.5) {
      victim.obey(`1 ${victim.known}`);
      await Promise.race([victim.ended, wait(this.exhausted ? 200 : 1500)]);
      this.exhausted ||= victim.child !== null;
    }
    if (victim.child) victim.obey(`${1 + Math.floor(this.random() * 300)}`);
    await Promise.race([victim.ended, wait(20_000)]);
    if (victim.child) this.book.fault('no seam is reached any more');
  }

  async #worker() {
    let killed = false;
    for (const until = Date.now() + 1000; !killed && Date.now() < until; await wait(2)) {
      const [pid] = this.victim.workers();
      const open = this.traffic.inFlight(now());
      try { killed = pid !== undefined && process.kill(pid, 'SIGKILL'); } catch { /* it has just ended */ }
      if (killed) this.#note('worker', open);
    }
    if (!killed) return false;
    await wait(30);
    await this.#pause();
    if (this.traffic.cut.length) this.book.fault(`${this.traffic.cut.length} requests were cut by a worker's end`);
    return true;
  }

  async #kill(kind) {
    await wait(20 + this.random() * 120);
    if (kind === 'worker' && await this.#worker()) return 'worker';
    if (kind === 'seam') {
      await this.#toSeam();
    } else {
      for (const until = Date.now() + 50; this.traffic.inFlight(now()) === 0 && Date.now() < until;) await wait(1);
      const open = this.traffic.inFlight(now());
      await this.victim.kill(kind === 'group');
      this.#note(kind, open);
    }
    await this.#pause();
    if (kind === 'seam') this.#note(kind, this.traffic.inFlight(this.victim.diedAt));
    return kind === 'worker' ? 'server' : kind;
  }

  /** At a seam of its start, first where it never ended; when it comes up before, it goes on and is killed as others are. */
  async #killStarting() {
    if (this.victim.child) await this.victim.kill(true);
    const fresh = this.startsDone ? '' : `1 ${this.victim.known}`;
    const up = await this.#start({ order: fresh || `${1 + Math.floor(this.random() * 60)}` });
    if (!up) return 'start';
    this.startsDone = true;
    this.victim.obey('0');
    try { await this.#look(); } catch (e) {
      if (!(e instanceof Cut)) throw e;
      await this.victim.ended;                         // it came to that seam before it heard of another order
      return 'start';
    }
    this.#go();
    return this.#kill('seam');
  }

  async #fsck(when) {
    const found = await this.victim.fsck();
    this.checked++;
    if (found) this.book.fault(`${when}: ${found}`);
  }

  async #round(number) {
    const kind = this.#nextKind(number);
    let done;
    if (kind === 'start') {
      done = await this.#killStarting();
    } else {
      if (!this.victim.child) await this.#start(kind === 'seam' ? { order: '0' } : {});
      await this.#look();
      if (number % FSCK_EVERY === 0) await this.#fsck('on the live node');
      if (kind === 'seam' && !this.victim.mortal) {
        await this.victim.kill(true);              // idle, and not counted: the other program takes over
        await this.#start({ order: '0' });
      }
      this.#go();
      done = await this.#kill(kind);
    }
    this.kinds[done]++;
    if (number % FSCK_EVERY === 12 && !this.victim.child) await this.#fsck('on the killed node');
  }

  async run() {
    const began = Date.now();
    try {
      await this.#prepare();
      this.#go();
      await wait(50);
      await this.#pause();
      for (let i = 1; i <= this.kills; i++) {
        const faults = this.book.faults.length;
        await this.#round(i);
        for (const fault of this.book.faults.slice(faults)) this.say(`kill ${i}: ${fault}`);
        if (i % 50 === 0) this.say(`${i} kills, ${this.inFlight} with a write in flight, ${this.book.faults.length} faults, ${Math.round((Date.now() - began) / 1000)} s`);
      }
      await this.#finish();
    } finally {
      if (this.victim.child) await this.victim.kill(true);
      rmSync(this.folder, { recursive: true, force: true });
    }
    return this.#result((Date.now() - began) / 1000);
  }

  async #finish() {
    if (!this.victim.child) await this.#start();
    for (const until = Date.now() + 120_000; ; await wait(200)) {
      await this.#look();
      if (!this.uploaders.some((p) => p.uploads.some((u) => u.state === 'sent'))) break;
      if (Date.now() > until) {
        for (const { handle, uploads } of this.uploaders)
          for (const { caption, state } of uploads.filter((u) => u.state === 'sent')) this.book.fault(`${caption} of ${handle} arrived, and is not published after 2 minutes: ${(this.victim.log.match(/(job: kind=process|publishing) .*/g) ?? []).slice(-3).join('; ')}`);
        break;
      }
    }
    await this.book.lookAtAll(this.visitor);
    const code = await this.victim.stop();
    if (code !== 0) this.book.fault(`the server ended with ${code}`);
    await this.#fsck('at the end');
  }

  #result(seconds) {
    const seams = [...this.victim.seams];
    return {
      seed: this.seed, kills: this.kills, in_flight: this.inFlight, kinds: this.kinds, idle: this.idle, seams: seams.length,
      seams_killed: seams.filter(([, times]) => times > 0).length, seams_never: seams.filter(([, times]) => times === 0).map(([place]) => place),
      fsck: this.checked, acknowledged: this.book.acknowledged, faults: this.book.faults, seconds,
    };
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? undefined : Number(process.argv[at + 1]); };
  const json = process.argv.includes('--json');
  const campaign = new Campaign({ kills: option('kills'), seed: option('seed'), say: json ? undefined : console.log });
  if (!json) console.log(`seed ${campaign.seed}`);
  const result = await campaign.run();
  console.log(json ? JSON.stringify(result) : result);
  process.exitCode = result.faults.length || result.in_flight < 0.9 * result.kills ? 1 : 0;
}
