// make bench SUITE=main: the product's main job, against the plain tools that people would otherwise use.
//
//   ONLY=media,likes  some parts: start, publish, media, pages, likes;  ROUNDS=7
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

import { freshFolder, root, startServer } from '../tests/system/server.mjs';
import { publish } from '../tests/system/upload.mjs';
import { answers, freePort, inTurn, median, nginx, report, wrk } from './measure.mjs';

const rounds = Number(process.env.ROUNDS ?? 7);
const only = process.env.ONLY?.split(',');
const wants = (part) => !only || only.includes(part);
const build = path.resolve(root, process.env.AMANAT_BUILD ?? 'build');
const folder = freshFolder();
const rows = [];
const row = (name, unit, target, better, value, commands, samples) => {
  rows.push({ name, value, unit, target, better, commands, samples });
  console.log(`${name}: ${value.toFixed(3)} ${unit}`);
};

const metric = async (server, name) => Number(new RegExp(`^${name} ([\\d.e+]+)$`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

function makeClip(file) {
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=1080x1920:r=30:d=30,noise=alls=24:allf=t',
    '-f', 'lavfi', '-i', 'sine=f=330:d=30', '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '9M', '-maxrate', '10M', '-bufsize', '20M',
    '-pix_fmt', 'yuv420p', '-g', '60', '-c:a', 'aac', '-shortest', file], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('ffmpeg could not make the clip');
}

/** The HTTP library's smallest server, with one fixed body; resolves with { url, stop }. */
async function bareServer(bytes) {
  const port = await freePort();
  const child = spawn(path.join(build, 'bench/bare_http'), [String(bytes), String(port)], { stdio: ['pipe', 'ignore', 'ignore'] });
  await answers(`http://127.0.0.1:${port}/`);
  return { url: `http://127.0.0.1:${port}/`, stop: () => child.stdin.end() };
}

async function mediaFigures(server, video) {
  const www = path.join(folder, 'nginx', 'www');
  mkdirSync(www, { recursive: true });
  const bytes = Buffer.from(await (await fetch(server.url + video.src)).arrayBuffer());
  writeFileSync(path.join(www, 'clip.mp4'), bytes);
  const other = await nginx(path.join(folder, 'nginx'), await freePort());
  for (const [name, mib, target] of [['media_10m_vs_nginx', 10, 0.9], ['media_1m_vs_nginx', 1, 0.5]]) {
    const ask = (url) => ({ url, script: path.join(root, 'bench/range.lua'), args: [mib << 20, bytes.length], seconds: 3 });
    const side = (url) => async () => (await wrk(ask(url))).bytesPerSecond;
    const result = await inTurn(rounds, side(server.url + video.src), side(`${other.url}/clip.mp4`));
    row(name, 'ratio', target, 'more', result.ratio, [`wrk -t1 -c64 -d3s -s bench/range.lua AMANAT -- ${mib << 20} ${bytes.length}`, 'the same against nginx, sendfile on, 2 workers'],
      { amanat_bytes_per_s: result.a, nginx_bytes_per_s: result.b });
  }
  other.stop();
}

async function againstBare(name, target, server, where, headers = {}) {
  const answer = await fetch(server.url + where, { headers });
  if (answer.status !== 200) throw new Error(`${where}: ${answer.status}`);
  const size = (await answer.arrayBuffer()).byteLength;
  const bare = await bareServer(size);
  const script = path.join(folder, `${name}.lua`);
  writeFileSync(script, Object.entries(headers).map(([k, v]) => `wrk.headers["${k}"] = "${v}"\n`).join(''));
  const result = await inTurn(rounds, async () => (await wrk({ url: server.url + where, script })).rps, async () => (await wrk({ url: bare.url })).rps);
  bare.stop();
  row(name, 'ratio', target, 'more', result.ratio, [`wrk -t1 -c64 -d3s AMANAT${where.replace(/\?.*/, '?…')}`, `wrk against bench/bare_http ${size}`],
    { amanat_per_s: result.a, bare_per_s: result.b, body_bytes: size });
}

async function likeFigures(server, people, videos) {
  const list = path.join(folder, 'likes.txt');
  writeFileSync(list, `${people.map((p) => p.token).join(' ')}\n${videos.join(' ')}\n`);
  const bare = await bareServer(0);
  let at = 0;
  const perFsync = [];
  const ours = async () => {
    const before = await metric(server, 'amanat_store_fsyncs_total');
    const { rps } = await wrk({ url: server.url, script: path.join(root, 'bench/likes.lua'), args: [list, at], seconds: 3 });
    at += Math.ceil(rps * 3) + 1000;                     // each round likes what nobody liked yet
    if (at > people.length * videos.length) throw new Error(`${at} likes of ${people.length} people on ${videos.length} videos: raise either`);
    perFsync.push(rps * 3 / (await metric(server, 'amanat_store_fsyncs_total') - before));
    return rps;
  };
  const result = await inTurn(rounds, ours, async () => (await wrk({ url: bare.url, script: path.join(root, 'bench/likes.lua'), args: [list, 0] })).rps);
  bare.stop();
  const commands = ['wrk -t1 -c64 -d3s -s bench/likes.lua AMANAT -- LIST OFFSET', 'the same against bench/bare_http 0'];
  row('likes_per_fsync', 'likes', 12, 'more', median(perFsync), commands.slice(0, 1), { per_fsync: perFsync });
  row('likes_vs_bare_http', 'ratio', 0.15, 'more', result.ratio, commands, { amanat_per_s: result.a, bare_per_s: result.b });
}

function sh(command) {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return Number(process.hrtime.bigint() - began) / 1e6;
}

/** Uploads a clip to be published; resolves with its address and when its last byte was handed to the kernel. */
async function send(author, file) {
  const bytes = readFileSync(file);
  const made = await author.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': String(bytes.length), 'upload-metadata': 'publish MQ==' } });
  if (made.status !== 201) throw new Error(`POST /api/v1/uploads: ${made.status} ${made.text}`);
  const key = new URL(made.headers.get('location'), author.url).pathname;
  return new Promise((resolve, reject) => {
    let sent;
    const request = http.request(author.url + key, { method: 'PATCH', headers: { authorization: `Bearer ${author.token}`, 'tus-resumable': '1.0.0',
      'upload-offset': '0', 'content-type': 'application/offset+octet-stream', 'content-length': bytes.length } });
    request.on('error', reject).on('finish', () => { sent = process.hrtime.bigint(); });
    request.on('response', (answer) => (answer.resume().statusCode === 204 ? resolve({ key, sent }) : reject(new Error(`PATCH: ${answer.statusCode}`))));
    request.end(bytes);
  });
}

/** A clip for each round, the first some frames shorter than the next: the same pictures again would be a blob that is there already. */
function clipsOf(clip) {
  return Array.from({ length: rounds }, (_, i) => {
    const file = path.join(folder, `clip-${i}.mp4`);
    sh(`ffmpeg -v error -y -i ${clip} -c copy -frames:v ${899 - i} ${file}`);
    return file;
  });
}

async function publishFigure(server, author, clip) {
  const out = path.join(folder, 'by-hand');
  mkdirSync(out, { recursive: true });
  const repack = (file) => `ffmpeg -v error -y -i ${file} -c copy -map_metadata -1 -movflags +frag_keyframe+empty_moov+delay_moov+default_base_moof+global_sidx ${out}/out.mp4`;
  const poster = (file) => `ffmpeg -v error -y -i ${file} -frames:v 1 -vf scale=720:-2 ${out}/poster.jpg`;
  const clips = clipsOf(clip), byHand = [...clips];
  const ours = async () => {
    const { key, sent } = await send(author, clips.shift());
    for (;;) {
      const { body } = await author.get('/api/v1/drafts');
      const draft = body.items.find((d) => d.upload && new URL(d.upload, server.url).pathname === key);
      if (draft?.state === 'failed') throw new Error(JSON.stringify(draft.reason));
      const video = draft?.state === 'published' ? await author.get(`/api/v1/videos/${draft.video}`) : null;
      if (video?.status === 200) {
        const first = await fetch(server.url + video.body.src, { headers: { range: 'bytes=0-65535' } });
        if (first.status !== 206) throw new Error(`not playable: ${first.status}`);
        return Number(process.hrtime.bigint() - sent) / 1e6;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const hand = async () => { const file = byHand.shift(); return sh(repack(file)) + sh(poster(file)); };
  const result = await inTurn(rounds, ours, hand);
  row('publish_vs_ffmpeg', 'ratio', 1.0, 'less', result.ratio, ['tus upload of a 30 s 1080x1920 clip, from the last byte sent to the first bytes played', `${repack('CLIP')} ; ${poster('CLIP')}`.replaceAll(folder, '')],
    { amanat_ms: result.a, ffmpeg_ms: result.b, clip_bytes: statSync(clip).size });
}

async function startFigures() {
  const startMs = [], rss = [];
  const home = path.join(folder, 'start');
  await (await startServer({ folder: home })).stop();
  for (let i = 0; i < rounds; i++) {
    const server = await startServer({ folder: home });
    startMs.push(server.startMs);
    await fetch(`${server.url}/healthz`);
    await fetch(`${server.url}/`);
    rss.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024);
    await server.stop();
  }
  row('idle_rss_mb', 'MB', 40, 'less', median(rss), ['amanat serve; VmRSS of /proc/PID/status after two requests'], { rss });
  row('start_ms', 'ms', 300, 'less', median(startMs), ['amanat serve, from spawn to the line that it is ready'], { startMs });
}

const clip = path.join(folder, 'clip.mp4');
makeClip(clip);
if (wants('start')) await startFigures();

/** The ids of videos under a common hashtag, and the handles of who made them, the most active first. */
async function someVideos(server, wanted) {
  const videos = [];
  for (const tag of ['tea', 'rain', 'city', 'song', 'mother', 'friend', 'morning', 'night'].map(encodeURIComponent)) {
    for (let next = ''; next !== null && videos.length < wanted;) {
      const { items, next: more } = await (await fetch(`${server.url}/api/v1/hashtags/${tag}/videos${next ? `?cursor=${next}` : ''}`)).json();
      videos.push(...items);
      next = more;
    }
  }
  const handles = [...new Set(videos.map((v) => v.author.handle))].sort((a, b) => Number(/\d+$/.exec(a)[0]) - Number(/\d+$/.exec(b)[0]));
  const ids = new Set(videos.map((v) => v.id));
  for (const handle of handles) {
    for (let next = ''; next !== null && ids.size < wanted;) {
      const { items, next: more } = await (await fetch(`${server.url}/api/v1/accounts/${handle}/videos${next ? `?cursor=${next}` : ''}`)).json();
      items.forEach((v) => ids.add(v.id));
      next = more;
    }
  }
  return { ids: [...ids], handles };
}

const home = path.join(folder, 'node');
const videos = 10_000;
const filled = spawnSync(path.join(build, 'amanat'), ['bench', 'fill', '--videos', videos, '--accounts', 100, '--likes', 0, '--folder', home].map(String), { encoding: 'utf8' });
if (filled.status !== 0) throw new Error(`amanat bench fill: ${filled.stderr}`);
const server = await startServer({ folder: home, settings: { 'server.access_log': 'false' } });
const author = await server.signUp('bench', { client: 'program' });
if (wants('publish')) await publishFigure(server, author, clip);
const video = await publish(author, clip);
if (wants('media')) await mediaFigures(server, video);

const { ids, handles } = await someVideos(server, 5000);
if (wants('pages')) {
  await againstBare('list_vs_bare_http', 0.4, server, `/api/v1/accounts/${handles[0]}/videos`);
  const viewer = await server.signUp('viewer', { client: 'program', languages: ['en'] });
  await againstBare('feed_vs_bare_http', 0.1, server, '/api/v1/feed', { Authorization: `Bearer ${viewer.token}` });
}
if (wants('likes')) {
  const people = [];
  for (let i = 0; i < 200; i++) people.push(await server.signUp(`liker${i}`, { client: 'program' }));
  await likeFigures(server, people, ids);
}
await server.stop();
report('main', rows, { part: only !== undefined });
