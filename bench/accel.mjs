// make bench SUITE=accel, a part of survive: public clips through nginx and X-Accel-Redirect, against plain nginx over the same bytes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { freshFolder, root, startServer } from '../tests/system/server.mjs';
import { publish } from '../tests/system/upload.mjs';
import { freePort, inTurn, nginx, report, wrk } from './measure.mjs';
import { nginxBefore } from './proxied.mjs';

const rounds = Number(process.env.ROUNDS ?? 7);
const part = 1 << 20;

/** 1 MiB ranges of a 30 s clip, in the clear on both sides: TLS costs both the same. */
export async function accelFigure() {
  const folder = freshFolder();
  const clip = path.join(folder, 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=1080x1920:r=30:d=30,noise=alls=24:allf=t', '-f', 'lavfi', '-i', 'sine=f=330:d=30',
    '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '9M', '-maxrate', '10M', '-bufsize', '20M', '-pix_fmt', 'yuv420p', '-g', '60', '-c:a', 'aac', '-shortest', clip], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('ffmpeg could not make the clip');
  const server = await startServer({ folder: path.join(folder, 'node'),
    settings: { 'server.access_log': 'false', 'server.accel': '/amanat-blobs', 'server.trusted_proxies': '127.0.0.1' } });
  const video = await publish(await server.signUp('bench', { client: 'program' }), clip);
  const before = await nginxBefore(server, path.join(folder, 'before'), { clear: true });
  const www = path.join(folder, 'plain', 'www');
  mkdirSync(www, { recursive: true });
  const bytes = Buffer.from(await (await fetch(server.url + video.src)).arrayBuffer());
  writeFileSync(path.join(www, 'clip.mp4'), bytes);
  const plain = await nginx(path.join(folder, 'plain'), await freePort());
  const side = (url) => async () => (await wrk({ url, script: path.join(root, 'bench/range.lua'), args: [part, bytes.length], seconds: 3 })).bytesPerSecond;
  const result = await inTurn(rounds, side(before.clear + video.src), side(`${plain.url}/clip.mp4`));
  plain.stop();
  await before.stop();
  await server.stop();
  return { name: 'media_1m_accel_vs_nginx', value: result.ratio, unit: 'ratio', target: 0.8, better: 'more',
    commands: [`wrk -t1 -c64 -d3s -s bench/range.lua NGINX_BEFORE_AMANAT -- ${part} ${bytes.length}`, 'the same against nginx over the file, sendfile on, 2 workers each'],
    samples: { accel_bytes_per_s: result.a, nginx_bytes_per_s: result.b } };
}

if (process.argv[1] === new URL(import.meta.url).pathname) report('survive', [await accelFigure()], { part: true });
