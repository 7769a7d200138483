// The part of a clip that its author chose: begins and ends where they said, sound with the picture, on both paths; and the
// cover that they chose.  The clips are made here: picture n is as bright as n says, and each whole second flashes and beeps.
import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const build = path.resolve(root, process.env.AMANAT_BUILD ?? 'build');
const driver = path.join(build, 'tests', 'system', 'worker_driver');
const program = path.join(build, 'worker', 'amanat-media');
const media = path.resolve(root, '..', 'shared', 'media');
const skip = existsSync(media) ? false : 'SKIPPED: ../shared is not here, and with it the long clips';

const run = (command, args, options = {}) => new Promise((resolve, reject) => {
  execFile(command, args, { maxBuffer: 1 << 26, ...options }, (error, stdout, stderr) => {
    if (error) reject(new Error(`${command}: ${stderr}`));
    else resolve({ stdout, stderr: String(stderr) });
  });
});
const ffmpeg = (...args) => run('ffmpeg', ['-v', 'error', '-y', ...args]);

let folder;
let count = 0;
async function work(file, keys = {}, kind = 'video') {
  const out = path.join(folder, `out-${++count}`);
  const { stdout } = await run(driver, [program, kind, file, `${out}.mp4`, `${out}.jpg`, ...Object.entries(keys).map(pair => pair.join('='))]);
  return { ...JSON.parse(stdout), video: `${out}.mp4`, image: `${out}.jpg` };
}

const rate = 25;
/** The number of the picture, by its brightness: 20 + 2 n of 16 to 235. */
const pictureOf = luma => Math.round((luma - 20) / 2);

async function brightness(file) {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', file, '-vf', 'scale=2:2:out_range=tv,format=yuv420p', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'],
    { encoding: 'buffer' });
  return Array.from({ length: stdout.length / 6 }, (_, n) => stdout[6 * n]);
}

async function probe(file) {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', file]);
  const { streams, format } = JSON.parse(stdout);
  return { video: streams.find(s => s.codec_type === 'video'), sound: streams.find(s => s.codec_type === 'audio'), seconds: Number(format.duration) };
}

/** Seconds at which it flashes, and at which it beeps: as a player shows them, edit lists applied. */
async function beats(file) {
  const picture = await run('ffmpeg', ['-v', 'info', '-i', file, '-an', '-vf', 'scale=16:16,format=gray,negate,blackdetect=d=0.02:pic_th=0.9:pix_th=0.2', '-f', 'null', '-']);
  const sound = await run('ffmpeg', ['-v', 'info', '-i', file, '-vn', '-af', 'silencedetect=n=-25dB:d=0.2', '-f', 'null', '-']);
  const numbers = (text, pattern) => [...text.matchAll(pattern)].map(match => Number(match[1]));
  const { seconds } = await probe(file);
  // the detector tells the end of the file as the end of a silence
  const beeps = numbers(sound.stderr, /silence_end: ([\d.]+)/g).filter(at => at < seconds - 0.06);
  return { flashes: numbers(picture.stderr, /black_start:([\d.]+)/g), beeps };
}

async function checkSync(file, expected) {
  const { flashes, beeps } = await beats(file);
  assert.equal(flashes.length, expected.length, `flashes at ${flashes}`);
  assert.equal(beeps.length, expected.length, `beeps at ${beeps}`);
  expected.forEach((at, i) => {
    assert.ok(Math.abs(flashes[i] - at) <= 0.045, `a flash at ${flashes[i]}, not at ${at}`);
    assert.ok(Math.abs(flashes[i] - beeps[i]) <= 0.05, `a flash at ${flashes[i]}, its beep at ${beeps[i]}`);
  });
}

/** No smooth ramp of pictures may be broken; of the first, the number is told. */
async function checkPictures(file, first, last) {
  const seen = (await brightness(file)).map(pictureOf);
  assert.ok(Math.abs(seen[0] - first) <= 1, `begins with picture ${seen[0]}, not ${first}`);
  assert.ok(Math.abs(seen.at(-1) - last) <= 2, `ends with picture ${seen.at(-1)}, not ${last}`);
}

const ramp = (n = 100) => ['-f', 'lavfi', '-i', `color=black:s=320x568:r=${rate}:d=${n / rate},format=yuv420p,geq=lum='20+2*N':cb=128:cr=128`];
const tone = seconds => ['-f', 'lavfi', '-i', `sine=f=300:d=${seconds}`];
const flash = ['-f', 'lavfi', '-i', `color=black:s=320x568:r=${rate}:d=12,format=yuv420p,geq=lum='if(lt(mod(T+0.001,1),0.2),235,16)':cb=128:cr=128`,
  '-f', 'lavfi', '-i', "aevalsrc='if(lt(mod(t,1),0.2),sin(2*PI*880*t)*0.8,0)':s=48000:d=12"];
const phone = ['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-crf', '12', '-color_range', 'tv', '-c:a', 'aac', '-movflags', '+faststart'];

const clips = {};
before(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-trim-'));
  const made = name => (clips[name] = path.join(folder, name));
  await Promise.all([
    ffmpeg(...ramp(), ...tone(4), ...phone, '-g', '25', '-sc_threshold', '0', made('ramp.mp4')),
    ffmpeg(...ramp(), ...tone(4), ...phone, '-g', '25', '-sc_threshold', '0', '-bf', '0', made('plain.mp4')),
    ffmpeg(...flash, ...phone, '-g', '50', '-sc_threshold', '0', made('flash.mp4')),
    ffmpeg(...flash, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M', '-g', '40', '-c:a', 'libopus', made('flash.webm')),
    ffmpeg(...flash, '-c:v', 'mpeg2video', '-q:v', '4', '-g', '12', '-c:a', 'mp2', made('flash.ts')),
    ffmpeg('-f', 'lavfi', '-i', "color=black:s=160x120:r=1:d=5,format=yuv420p,geq=lum='60+40*N':cb=128:cr=128", '-r', '1', '-c:v', 'libvpx', made('slides.webm')),
  ]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a part of a clip', { concurrency: 2 }, () => {
  test('its beginning alone is cut off without re-encoding at a key frame', async () => {
    const made = await work(clips['ramp.mp4'], { start_ms: 2000 });
    assert.equal(made.outcome, 'ok');
    assert.equal(made.repacked, true);
    await checkPictures(made.video, 50, 99);
    assert.ok(Math.abs(made.duration_ms - 2000) <= 50, `${made.duration_ms} ms`);
  });

  test('between key frames it is re-encoded, and begins where the author said', async () => {
    const made = await work(clips['ramp.mp4'], { start_ms: 1520, end_ms: 3000 });
    assert.equal(made.outcome, 'ok');
    assert.equal(made.repacked, false);
    await checkPictures(made.video, 38, 74);
    assert.ok(Math.abs(made.duration_ms - 1480) <= 50, `${made.duration_ms} ms`);
  });

  test('its end alone is cut off without re-encoding, and nothing behind it is left in the file', async () => {
    const made = await work(clips['plain.mp4'], { end_ms: 2600 });
    assert.equal(made.repacked, true);
    await checkPictures(made.video, 0, 64);
    assert.ok(Math.abs(made.duration_ms - 2600) <= 50, `${made.duration_ms} ms`);
    const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', made.video]);
    assert.ok(Math.max(...stdout.trim().split('\n').map(Number)) < 2.6);
  });

  for (const [name, repacked] of [['flash.mp4', false], ['flash.webm', false], ['flash.ts', false]]) {
    test(`sound stays with the picture: ${name}`, async () => {
      const made = await work(clips[name], { start_ms: 2500, end_ms: 7700 });
      assert.equal(made.outcome, 'ok', made.text);
      assert.equal(made.repacked, repacked);
      assert.ok(Math.abs(made.duration_ms - 5200) <= 60, `${made.duration_ms} ms`);
      const { video, sound } = await probe(made.video);
      assert.ok(Math.abs(Number(video.start_time) - Number(sound.start_time)) <= 0.05);
      await checkSync(made.video, [0.5, 1.5, 2.5, 3.5, 4.5]);
    });
  }

  test('sound stays with the picture where nothing is re-encoded', async () => {
    const made = await work(clips['flash.mp4'], { start_ms: 4000, end_ms: 9500 });
    assert.equal(made.repacked, true);
    assert.ok(Math.abs(made.duration_ms - 5500) <= 110, `${made.duration_ms} ms`);
    const { flashes, beeps } = await beats(made.video);
    assert.deepEqual([flashes.length, beeps.length >= 5], [6, true], `${flashes} | ${beeps}`);
    for (const beep of beeps.filter(at => at > 0.1)) assert.ok(flashes.some(at => Math.abs(at - beep) <= 0.05), `${flashes} | ${beeps}`);
  });

  test('one that begins in the middle of a long-lasting picture begins with that picture', async () => {
    const made = await work(clips['slides.webm'], { start_ms: 1500, end_ms: 3500 });
    assert.equal(made.outcome, 'ok');
    const seen = await brightness(made.video);
    assert.ok(Math.abs(seen[0] - 100) < 6, `brightness ${seen}`);
    assert.ok(Math.abs(made.duration_ms - 2000) <= 60, `${made.duration_ms} ms`);
  });

  test('one behind the end is refused in plain words', async () => {
    const made = await work(clips['ramp.mp4'], { start_ms: 9000, end_ms: 12000 });
    assert.equal(made.reason, 'trim-empty');
  });

  test('a clip of six minutes is too long, and a minute of it is not', { skip }, async () => {
    const file = path.join(media, 'media__long_1080p_lowbitrate.mp4');
    assert.equal((await work(file)).reason, 'too-long');
    assert.equal((await work(file, { start_ms: 10_000, end_ms: 195_000 })).reason, 'too-long');
    const made = await work(file, { start_ms: 240_000, end_ms: 300_000 });
    assert.equal(made.outcome, 'ok', made.text);
    assert.ok(Math.abs(made.duration_ms - 60_000) <= 110, `${made.duration_ms} ms`);
    assert.equal((await work(file, { start_ms: 200_000 })).outcome, 'ok', 'what is left to its end is short enough');
  });

  test('so is it with one that must be re-encoded', { skip }, async () => {
    const file = path.join(media, 'media__long_4k_av1.mp4');
    assert.equal((await work(file)).reason, 'too-long');
    const made = await work(file, { start_ms: 300_000, end_ms: 302_000 });
    assert.equal(made.outcome, 'ok', made.text);
    assert.ok(Math.abs(made.duration_ms - 2000) <= 60, `${made.duration_ms} ms`);
  });
});

describe('a cover', () => {
  const shown = async file => pictureOf((await brightness(file))[0]);

  test('is the picture that the author chose, counted in the part that they chose', async () => {
    for (const [keys, expected] of [[{ cover_ms: 1000 }, 25], [{ cover_ms: 0 }, 0], [{ start_ms: 1520, end_ms: 3000, cover_ms: 400 }, 48],
      [{ start_ms: 2000, cover_ms: 1600 }, 90], [{ end_ms: 2000, cover_ms: 60_000 }, 49]]) {
      const made = await work(clips['plain.mp4'], keys);
      assert.ok(Math.abs(await shown(made.image) - expected) <= 1, `${JSON.stringify(keys)}: picture ${await shown(made.image)}`);
    }
  });

  test('can be taken anew from what was made', async () => {
    const made = await work(clips['ramp.mp4'], { start_ms: 1520, end_ms: 3000 });
    const again = await work(made.video, { cover_ms: 800 }, 'cover');
    assert.equal(again.outcome, 'ok', again.text);
    assert.ok(Math.abs(await shown(again.image) - 58) <= 1);
    assert.equal(again.video_bytes, 0);
  });
});
