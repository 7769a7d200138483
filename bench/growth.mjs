// What a hundred times as much costs: every kind of page on a node of a million videos against one of ten thousand, in turn, in one run.
//
//   GROWTH_FOLDER=DIR   where the two filled nodes are kept for the next time (else they are made anew and go);  PAGE_ROUNDS=80
//   GROWTH_VIDEOS=N     of the large one (a million), the rest in proportion
//   PAGE_PASSES=3       times through all pages: a page's ratio is the median of its passes, so that what else the machine did in one of them does not count
//   ONLY_PAGE=WORDS     pages whose name has these words
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { Server, binary, freshFolder } from '../tests/system/server.mjs';
import { answers, median } from './measure.mjs';

const rounds = Number(process.env.PAGE_ROUNDS ?? 80);
const passes = Number(process.env.PAGE_PASSES ?? 3);
const large = Number(process.env.GROWTH_VIDEOS ?? 1_000_000);
const small = 10_000;
const password = 'a password for benches';
const settings = { 'server.access_log': 'false', 'demo.clips': 1 };

/** amanat bench fill with so many videos: its seconds; what is there already is left. */
async function filled(folder, videos) {
  const argv = ['bench', 'fill', '--videos', videos, '--accounts', videos / 10, '--likes', videos * 20, '--folder', folder].map(String);
  const began = Date.now();
  const child = spawn(binary, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve, reject) => { child.on('error', reject); child.on('close', resolve); });
  if (code !== 0) throw new Error(`amanat ${argv.join(' ')}: ${code}`);
  const seconds = (Date.now() - began) / 1000;
  return seconds > 1 ? seconds : 'it was there';
}

/** One connection that stays; resolves with the time of an answer in microseconds, and its body. */
class Line {
  constructor(port) {
    this.socket = net.connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (bytes) => this.take(bytes));
    this.socket.on('error', (e) => this.fail?.(e));
  }

  take(bytes) {
    this.got = Buffer.concat([this.got, bytes]);
    const head = this.got.indexOf('\r\n\r\n');
    if (head < 0) return;
    const text = this.got.subarray(0, head).toString('latin1');
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
    if (this.got.length < head + 4 + length) return;
    const us = Number(process.hrtime.bigint() - this.began) / 1000;
    this.done({ us, status: Number(text.slice(9, 12)), body: this.got.subarray(head + 4).toString('utf8') });
  }

  get(where, token) {
    return new Promise((resolve, reject) => {
      Object.assign(this, { done: resolve, fail: reject, got: Buffer.alloc(0) });
      this.began = process.hrtime.bigint();
      this.socket.write(`GET ${where} HTTP/1.1\r\nHost: 127.0.0.1\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}\r\n`);
    });
  }
}

class Node {
  constructor(folder) {
    this.server = new Server({ folder, settings });
  }

  async start() {
    await this.server.start();
    this.line = new Line(this.server.port);
    return this;
  }

  async json(where, token) {
    const { status, body } = await this.line.get(where, token);
    if (status !== 200) throw new Error(`${where}: ${status} ${body.slice(0, 200)}`);
    return JSON.parse(body);
  }

  /** Videos and their authors to ask for, and some people who sign in. */
  async look() {
    this.videos = [];
    for (const tag of ['tea', 'rain', 'चाय', 'شاي', 'city'].map(encodeURIComponent)) {
      for (let next = '', page = 0; page < 12 && next !== null; page++) {
        const answer = await this.json(`/api/v1/hashtags/${tag}/videos${next ? `?cursor=${next}` : ''}`);
        this.videos.push(...answer.items);
        next = answer.next;
      }
    }
    const authors = [...new Set(this.videos.map((v) => v.author.handle))].sort((a, b) => Number(/\d+$/.exec(a)[0]) - Number(/\d+$/.exec(b)[0]));
    this.handles = authors;
    this.tokens = [];
    this.feeds = [];
    /* who follow as many on the one node as on the other: what is compared is the node's size, not the person's */
    const following = [];
    for (const handle of authors.filter((_, i) => i % Math.ceil(authors.length / 300) === 0)) following.push([(await this.json(`/api/v1/accounts/${handle}`)).counts.following, handle]);
    const near = (count) => following.reduce((best, one) => (Math.abs(one[0] - count) < Math.abs(best[0] - count) ? one : best));
    this.follow = [30, 60, 120].map(near);
    for (const [, handle] of this.follow) {
      const client = this.server.visitor();
      const { status, body } = await client.post('/api/v1/sessions', { handle, password, client: 'program' });
      if (status !== 201) throw new Error(`sign-in of ${handle}: ${status} ${JSON.stringify(body)}`);
      this.tokens.push(body.token);
      this.feeds.push((await this.json('/api/v1/feed', body.token)).next);
    }
    this.rare = this.videos.map((v) => v.caption.replace(/#\S+/g, '').trim().split(' ').sort((a, b) => b.length - a.length)[0]).filter(Boolean);
  }

  rss() { return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.server.pid}/status`, 'utf8'))[1]) / 1024; }
}

const of = (list, i) => list[i % list.length];
const find = (words, kind = 'videos') => (_, i) => `/api/v1/search?kind=${kind}&q=${encodeURIComponent(of(words, i))}`;
const signedIn = (where) => ({ where, token: (node, i) => of(node.tokens, i) });
const asVisitor = (where) => ({ where, token: () => null });

const pages = {
  'feed, signed out': asVisitor(() => '/api/v1/feed'),
  'feed, signed in': signedIn(() => '/api/v1/feed'),
  'feed, second page': signedIn((node, i) => `/api/v1/feed?cursor=${of(node.feeds, i)}`),
  'following': signedIn(() => '/api/v1/feed/following'),
  'list, signed out': asVisitor((node, i) => `/api/v1/accounts/${of(node.handles, i)}/videos`),
  'list, signed in': signedIn((node, i) => `/api/v1/accounts/${of(node.handles, i)}/videos`),
  'list, further down': signedIn((node, i) => `/api/v1/accounts/${node.handles[0]}/videos?cursor=${of(node.videos, i).id}`),
  'profile': asVisitor((node, i) => `/api/v1/accounts/${of(node.handles, i)}`),
  'video': asVisitor((node, i) => `/api/v1/videos/${of(node.videos, i).id}`),
  'comments': asVisitor((node, i) => `/api/v1/videos/${of(node.videos, i).id}/comments`),
  'comments, signed in': signedIn((node, i) => `/api/v1/videos/${of(node.videos, i).id}/comments`),
  'hashtag, common': asVisitor((_, i) => `/api/v1/hashtags/${encodeURIComponent(of(['tea', 'rain', 'चाय', 'شاي'], i))}/videos`),
  'hashtag, further down': asVisitor((node, i) => `/api/v1/hashtags/tea/videos?cursor=${of(node.videos, i).id}`),
  'likes': signedIn(() => '/api/v1/me/likes'),
  'whom I follow': signedIn(() => '/api/v1/me/following'),
  'search, a common word': asVisitor(find(['tea', 'rain', 'city'])),
  'search, a common word in Devanagari': asVisitor(find(['चाय', 'बारिश', 'शहर'])),
  'search, a common word in Arabic': asVisitor(find(['شاي', 'مطر', 'مدينة'])),
  'search, a common word in Tamil': asVisitor(find(['மழை', 'நகரம்'])),
  'search, across scripts': asVisitor(find(['chaay', 'shahar', 'bazar'])),
  'search, two common words': asVisitor(find(['tea rain', 'चाय बारिश', 'city song'])),
  'search, a rare word': asVisitor((node, i) => find(node.rare)(node, i)),
  'search, a word that is nowhere': asVisitor(find(['zzqxv', 'qqqqq'])),
  'search, one letter': asVisitor(find(['t', 'm', 'च'])),
  'search, a word begun': asVisitor(find(['festiv', 'kitch', 'त्योह', 'journ'])),
  'search, a common word and one that is nowhere': asVisitor(find(['tea zzqxv', 'zzqxv tea'])),
  'search, people by name': asVisitor(find(['tea', 'चाय', 'مطر'], 'people')),
  'search, people by handle': asVisitor((node, i) => find(node.handles, 'people')(node, i)),
  'search, people by a handle begun': asVisitor(find(['kari', 'mosu', 'ta'], 'people')),
  'search, hashtags': asVisitor(find(['tea', 'चाय', 'te', 'rain'], 'hashtags')),
  'suggestions of people': signedIn((_, i) => `/api/v1/suggest?kind=person&q=${of(['ka', 'mo', 'shar'], i)}`),
  'suggestions of hashtags': signedIn((_, i) => `/api/v1/suggest?kind=tag&q=${encodeURIComponent(of(['te', 'चा', 'fest'], i))}`),
};

const p99 = (values) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1];

async function ask(node, page, i) {
  const where = page.where(node, i);
  const { us, status } = await node.line.get(where, page.token(node, i));
  if (status !== 200) throw new Error(`${where}: ${status}`);
  return us;
}

/** Keeps this process, and whom it starts, to one of its cores; resolves with what gives them back. One asks and one answers, never both at once: on two cores of a
 * virtual machine each answer waits 30 to 55 us for its core to be woken, twice what a kept one takes, and that met the one server or the other
 * for as long as its thread stayed there. */
function onOneCore() {
  const set = (cores) => spawnSync('taskset', ['-a', '-c', '-p', cores, String(process.pid)], { stdio: 'ignore' });
  const { stdout } = spawnSync('taskset', ['-c', '-p', String(process.pid)], { encoding: 'utf8' });
  const cores = /: (\S+)\s*$/.exec(stdout ?? '')?.[1];
  if (cores) set(/\d+$/.exec(cores)[0]);
  return () => cores && set(cores);
}

/** One page, asked of both nodes in turn. */
async function compare(nodes, page) {
  const us = [[], []], cold = [[], []];
  /* Once unmeasured, so that the disk has read what is asked for: the small node lies in memory anyway. */
  for (let i = 0; i < rounds; i++) for (const side of [0, 1]) cold[side].push(await ask(nodes[side], page, i));
  for (let i = 0; i < rounds; i++) for (const side of i % 2 ? [1, 0] : [0, 1]) us[side].push(await ask(nodes[side], page, i));
  const [few, many] = us.map(median);
  return { ratio: many / few, small_us: few, large_us: many, small_p99_us: p99(us[0]), large_p99_us: p99(us[1]), cold_ratio: median(cold[1]) / median(cold[0]) };
}

/** Seconds from the start of the program to its first answered request. */
async function startSeconds(folder) {
  const began = process.hrtime.bigint();
  const server = await new Server({ folder, settings }).start();
  await answers(`${server.url}/api/v1/feed`);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  await server.stop();
  return seconds;
}

export async function growth(row) {
  const home = process.env.GROWTH_FOLDER ?? freshFolder();
  const folders = [path.join(home, 'small'), path.join(home, 'large')];
  await filled(folders[0], small);
  const fillSeconds = await filled(folders[1], large);
  const startS = [];
  for (let i = 0; i < 5; i++) startS.push(await startSeconds(folders[1]));
  row('start_1m_s', 's', 3, 'less', median(startS), ['amanat serve, from spawn to the answer to GET /api/v1/feed'], { startS });

  const giveBack = onOneCore();
  const nodes = [];
  for (const folder of folders) nodes.push(await new Node(folder).start());
  for (const node of nodes) await node.look();
  const asked = Object.entries(pages).filter(([name]) => name.includes(process.env.ONLY_PAGE ?? ''));
  const seen = Object.fromEntries(asked.map(([name]) => [name, []]));
  for (let pass = 0; pass < passes; pass++) for (const [name, page] of asked) seen[name].push(await compare(nodes, page));
  const table = {};
  for (const [name, all] of Object.entries(seen)) {
    const t = Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((one) => one[key]))]));
    table[name] = { ...t, cold_ratio: all[0].cold_ratio, ratios: all.map((one) => one.ratio) };
    console.log(`${name.padEnd(48)}${t.ratio.toFixed(2).padStart(7)}  cold ${table[name].cold_ratio.toFixed(2)}  ${t.small_us.toFixed(0)} us -> ${t.large_us.toFixed(0)} us  p99 ${t.small_p99_us.toFixed(0)} -> ${t.large_p99_us.toFixed(0)}  ${all.map((one) => one.ratio.toFixed(2)).join(' ')}`);
  }
  const rssMb = nodes[1].rss();
  for (const node of nodes) { node.line.socket.destroy(); await node.server.stop(); }
  giveBack();
  row('growth_ratio', 'ratio', 2, 'less', Math.max(...Object.values(table).map((t) => t.ratio)),
    ['each page on 10^6 videos, 10^5 accounts, 2x10^7 likes, over the same on 10^4, 10^3, 2x10^5; in turn; the median of its passes; the worst page'],
    { rounds, passes, pages: table, rss_1m_mb: rssMb, fill_1m_s: fillSeconds });
}
