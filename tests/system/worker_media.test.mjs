// amanat-media on real and hostile files, through worker_run(): what is published plays, tells nothing of its maker,
// and nothing else is opened on the way.
import { test, describe, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, closeSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { hostileOutcome, refusedMedia } from './outcomes.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const build = path.resolve(root, process.env.AMANAT_BUILD ?? 'build');
const driver = path.join(build, 'tests', 'system', 'worker_driver');
const program = path.join(build, 'worker', 'amanat-media');
const media = path.resolve(root, '..', 'shared', 'media');
const hostile = path.resolve(root, '..', 'shared', 'hostile');
const skip = existsSync(media) && existsSync(hostile) ? false : 'SKIPPED: ../shared is not here, and with it all clips';
const sanitized = /asan|tsan/.test(build);

let folder;
before(() => { folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-media-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (command, args, options = {}) => new Promise((resolve, reject) => {
  execFile(command, args, { maxBuffer: 1 << 26, ...options }, (error, stdout, stderr) => {
    if (error && typeof error.code !== 'number') reject(error);
    else resolve({ code: error ? error.code : 0, stdout, stderr });
  });
});

let count = 0;
async function work(file, { kind = 'video', limits = [], through = [] } = {}) {
  const out = path.join(folder, `${++count}`);
  const args = [...through, driver, program, kind, file, `${out}.mp4`, `${out}.jpg`, ...limits];
  // a process under strace cannot be looked at for leaks
  const leaks = through.length > 0 ? 'detect_leaks=0' : 'detect_leaks=1';
  const { stdout, stderr } = await run(args[0], args.slice(1), { env: { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:${leaks}` } });
  return { ...JSON.parse(stdout), said: stderr, video: `${out}.mp4`, image: `${out}.jpg` };
}
const drop = (result) => { rmSync(result.video, { force: true }); rmSync(result.image, { force: true }); };

/** The names of the outermost boxes, in order. */
function boxes(file) {
  const names = [];
  const fd = openSync(file, 'r');
  const head = Buffer.alloc(16);
  for (let at = 0; readSync(fd, head, 0, 16, at) >= 8;) {
    names.push(head.toString('latin1', 4, 8));
    const bytes = head.readUInt32BE(0);
    at += bytes === 1 ? Number(head.readBigUInt64BE(8)) : bytes;
    if (bytes === 0) break;
  }
  closeSync(fd);
  return names;
}

const probe = async (file) => JSON.parse((await run('ffprobe', ['-v', 'error', '-of', 'json', '-show_streams', '-show_format',
  '-show_chapters', file])).stdout);

/** Whatever could point at a person, a device or a place; and anything that nobody foresaw. */
const allowedInVideo = /^(SourceFile|ExifTool|File|QuickTime:(MajorBrand|MinorVersion|CompatibleBrands|MovieHeaderVersion|CreateDate|ModifyDate|TimeScale|Duration|PreferredRate|PreferredVolume|Preview|Poster|Selection|CurrentTime|NextTrackID|Track|Media|Handler|Balance|Audio|GraphicsMode|OpColor|CompressorID|CompressorName|SourceImage|XResolution|YResolution|BitDepth|VideoFrameRate|MatrixStructure|ImageWidth|ImageHeight|Color|Transfer|Matrix|VideoFullRangeFlag|PixelAspectRatio|Buffer|Max|Average|MovieData|MovieFragment|Vendor)|Composite:(ImageSize|Megapixels|AvgBitrate|Rotation)|Track|Unknown)/;
const allowedInImage = /^(SourceFile|ExifTool|File|JFIF|Composite:(ImageSize|Megapixels))/;
async function checkNothingTold(file, allowed) {
  const { stdout } = await run('exiftool', ['-json', '-G', '-a', '-ee', file]);
  for (const [name, value] of Object.entries(JSON.parse(stdout)[0])) {
    assert.match(name, allowed, `${name} = ${value}`);
    if (/Date$/.test(name) && name.startsWith('QuickTime')) assert.equal(value, '0000:00:00 00:00:00', name);
    if (/(HandlerDescription|CompressorName|VendorID)$/.test(name)) assert.match(String(value), /^(|VideoHandler|SoundHandler|Apple)$/, name);
  }
}

async function checkVideo(result, source) {
  assert.equal(statSync(result.video).size, result.video_bytes);
  const names = boxes(result.video);
  // an index for each track
  assert.match(names.join(' '), /^ftyp moov (sidx ){1,2}(moof mdat ?)+(mfra)?$/);

  const { streams, format, chapters } = await probe(result.video);
  const video = streams.find((s) => s.codec_type === 'video');
  const sound = streams.find((s) => s.codec_type === 'audio');
  assert.equal(chapters.length, 0);
  assert.equal(streams.length, result.has_sound ? 2 : 1);
  assert.equal(video.codec_name, 'h264');
  assert.match(video.pix_fmt, result.repacked ? /^yuvj?420p$/ : /^yuv420p$/);
  assert.equal(video.width % 2 + video.height % 2, 0, 'even sizes');
  if (result.has_sound) {
    assert.deepEqual([sound.codec_name, sound.profile], ['aac', 'LC']);
    assert.ok(sound.channels <= 2);
  }
  const turn = Math.abs(Number(video.side_data_list?.find((d) => d.rotation !== undefined)?.rotation ?? 0)) % 180;
  const shown = turn === 90 ? [video.height, video.width] : [video.width, video.height];
  assert.deepEqual(shown, [result.width, result.height]);
  if (!result.repacked) assert.ok(Math.min(...shown) <= 720 && turn === 0 && video.color_transfer !== 'smpte2084' && video.color_transfer !== 'arib-std-b67');
  assert.ok(Math.abs(Number(video.start_time)) < 0.002, `the picture begins at ${video.start_time}`);
  assert.ok(Math.abs(Number(format.duration) - result.duration_ms / 1000) < 0.15, `${format.duration} and ${result.duration_ms}`);
  assert.deepEqual(Object.keys(format.tags ?? {}).sort(), ['compatible_brands', 'major_brand', 'minor_version']);

  const decoded = await run('ffmpeg', ['-v', 'error', '-nostdin', '-i', result.video, '-map', '0', '-f', 'null', '-']);
  assert.equal(decoded.stderr, '');
  const frames = await run('ffprobe', ['-v', 'error', '-count_frames', '-select_streams', 'v', '-show_entries', 'stream=nb_read_frames',
    '-of', 'csv=p=0', result.video]);
  assert.ok(Number.parseInt(frames.stdout, 10) >= 1);
  if (result.repacked && result.has_sound) await checkInStep(result.video, source);
  await checkNothingTold(result.video, allowedInVideo);
}

/** Repacked sound must lie as far from the picture as it did in the source: the same packet, found by the sizes around it. */
async function checkInStep(file, source) {
  const read = async (name) => {
    const { streams } = await probe(name);
    const start = Number(streams.find((s) => s.codec_type === 'video').start_time);
    const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'a', '-show_entries', 'packet=pts_time,size', '-of', 'csv=p=0', name]);
    const packets = stdout.trim().split('\n').map((l) => l.split(',').map(Number));
    return { sizes: packets.map((p) => p[1]), times: packets.map((p) => p[0] - start) };
  };
  const [made, from] = [await read(file), await read(source)];
  if (made.sizes.length < 12) return;
  const run8 = made.sizes.slice(4, 12).join();
  const places = [...from.sizes.keys()].filter((i) => from.sizes.slice(i, i + 8).join() === run8);
  if (places.length !== 1) return;       // silence, all alike; or several sound tracks, which ffprobe lists mixed
  const [at] = places;
  assert.ok(Math.abs(made.times[4] - from.times[at]) < 0.003, `sound was at ${from.times[at]}, is at ${made.times[4]}`);
  assert.ok(made.times[0] > -0.07, `sound begins at ${made.times[0]}`);
}

async function checkImage(result, width, height) {
  assert.equal(statSync(result.image).size, result.image_bytes);
  const [image] = (await probe(result.image)).streams;
  assert.deepEqual([image.codec_name, image.width, image.height], ['mjpeg', width, height]);
  assert.match(result.colour, /^#[0-9a-f]{6}$/);
  await checkNothingTold(result.image, allowedInImage);
}

describe('every real clip', { skip, concurrency: 2 }, () => {
  const files = skip ? [] : readdirSync(media).filter((f) => !/\.(tsv|md)$/.test(f));
  test('there are 79 of them', { skip }, () => assert.equal(files.length, 79));
  for (const file of files) {
    const reason = refusedMedia[file];
    test(reason ? `${file} is refused: ${reason}` : `${file} is published`, async () => {
      const source = path.join(media, file);
      const result = await work(source);
      if (reason) {
        assert.deepEqual([result.outcome, result.reason], ['invalid', reason]);
        assert.ok(result.text.length > 20);
      } else {
        assert.equal(result.outcome, 'ok', `${result.reason} ${result.said}`);
        await checkVideo(result, source);
        await checkImage(result, result.image_width, result.image_height);
        assert.ok(Math.min(result.image_width, result.image_height) <= 720);
      }
      if (!sanitized) assert.ok(result.rss_kib < 900 * 1024, `${result.rss_kib} KiB`);
      drop(result);
    });
  }
});

describe('every hostile file', { skip, concurrency: 2 }, () => {
  const files = skip ? [] : readdirSync(hostile).flatMap((f) => (['names'].includes(f) || /\./.test(f) ? []
    : readdirSync(path.join(hostile, f)).map((g) => `${f}/${g}`)));
  test('each has its outcome here', { skip }, () => assert.deepEqual(files.sort(), Object.keys(hostileOutcome).sort()));
  for (const file of files) {
    test(`${file}: ${hostileOutcome[file]}`, async () => {
      const source = path.join(hostile, file);
      const result = await work(source, { kind: file.startsWith('image/') ? 'image' : 'video' });
      if (hostileOutcome[file] !== 'ok') {
        /* a build with sanitizers has no memory limit: there it is libav's own that bites */
        assert.deepEqual([result.outcome, result.reason], ['invalid', hostileOutcome[file]]);
      } else {
        assert.equal(result.outcome, 'ok', result.reason);
        await checkVideo(result, source);
        await checkImage(result, result.image_width, result.image_height);
      }
      assert.ok(result.cpu_ms < 60_000 && (sanitized || result.rss_kib < 900 * 1024), `${result.cpu_ms} ms, ${result.rss_kib} KiB`);
      assert.ok(result.video_bytes === undefined || result.video_bytes < 8 << 20);
      drop(result);
    });
  }
  test('the sign in meta_xss.mp4 is in nothing that is published', async () => {
    const result = await work(path.join(hostile, 'made/meta_xss.mp4'));
    for (const file of [result.video, result.image]) {
      const text = readFileSync(file).toString('latin1');
      assert.doesNotMatch(text, /script|GPS|\xa9xyz|location|onerror|<[a-z]+>/i);
    }
    drop(result);
  });
});

describe('inside the sandbox', { skip, concurrency: 2 }, () => {
  const tried = ['ssrf', 'made'].flatMap((f) => (skip ? [] : readdirSync(path.join(hostile, f)).map((g) => path.join(hostile, f, g))))
    .filter((f) => !/elst_repeat|empty/.test(f))
    .concat(skip ? [] : ['derived__heromode_vertical_hevc10_gps_6s.mov', 'media__bbb_642x642_768kbps_30fps_vp9.webm', 'torchcodec__av1_video.mkv',
      'rails__video.webm'].map((f) => path.join(media, f)));
  for (const file of tried) {
    test(`${path.basename(file)}: nothing is opened, connected or run`, async () => {
      const log = path.join(folder, `trace-${path.basename(file)}`);
      const result = await work(file, { through: ['strace', '-f', '-qq', '-o', log, '-e',
        'trace=seccomp,open,openat,openat2,creat,socket,connect,bind,execve,execveat,fork,vfork,kill,ptrace'] });
      const lines = readFileSync(log, 'utf8').split('\n');
      const up = lines.findIndex((l) => /seccomp\(SECCOMP_SET_MODE_FILTER, 0, \{/.test(l));
      assert.ok(up > 0, 'the filter was loaded');
      const worker = lines[up].split(' ')[0];
      const before = new Set(lines.slice(0, up).map((l) => l.split(' ')[0]));
      const inside = lines.slice(up + 1).filter((l) => l !== '' && !/ (\+\+\+|---) /.test(l))
        .filter((l) => l.startsWith(`${worker} `) || !before.has(l.split(' ')[0]))
        // the C library looks for character sets (the names in a transport stream) and is told no
        .filter((l) => !/ openat\(AT_FDCWD, "\/usr\/lib\/[^"]*\/gconv\/[^"]*", [^)]*\) = -1 EPERM /.test(l))
        // killed while it is at a call strace cannot read which: it prints "???", or again the call that killed it
        .filter((l) => !(l.endsWith(' <unfinished ...>') && (/^\d+ +\?\?\?\(/.test(l) || l.includes(` kill(${worker}, SIGKILL`))));
      assert.deepEqual(inside, []);
      drop(result);
    });
  }
});

describe('limits', { skip, concurrency: 2 }, () => {
  const clip = path.join(media, 'derived__rooftop_vertical_vfr_404x720_12s.mp4');
  const heavy = path.join(media, 'media__sample_edit_list.mp4');
  const cases = [
    ['a clip over the length', clip, ['clip_seconds=5'], 'too-long'],
    ['an output over its size, repacked', clip, ['out_kib=200'], 'too-large'],
    ['an output over its size, transcoded', path.join(media, 'rails__video.webm'), ['out_kib=60'], 'too-large'],
    ['processor time', heavy, ['cpu_seconds=1'], 'time-limit'],
    ['wall-clock time', heavy, ['wall_seconds=1'], 'time-limit'],
  ];
  if (!sanitized) cases.push(['memory', path.join(media, 'media__8k24fps_300ms.mp4'), ['memory_mib=200'], 'memory-limit']);
  for (const [name, file, limits, reason] of cases) {
    test(`${name}: ${reason}`, async () => {
      const result = await work(file, { limits });
      assert.deepEqual([result.outcome, result.reason], ['invalid', reason], result.said);
      drop(result);
    });
  }
});

// Made here: what phones and editors do and the real clips do not show.
describe('clips made for one question', { concurrency: 2 }, () => {
  const make = async (name, args) => {
    const file = path.join(folder, name);
    const { stderr } = await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args, file]);
    assert.equal(stderr, '');
    return file;
  };
  const picture = (size, rate, seconds) => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`];
  const tone = (seconds) => ['-f', 'lavfi', '-i', `sine=f=440:r=48000:d=${seconds}`];
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
  const published = async (file) => {
    const result = await work(file);
    assert.equal(result.outcome, 'ok', `${result.reason} ${result.said}`);
    await checkVideo(result, file);
    await checkImage(result, result.image_width, result.image_height);
    return result;
  };
  const frameTimes = async (file) => (await run('ffprobe', ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=pts_time', '-of', 'csv=p=0',
    file])).stdout.trim().split('\n').map((l) => Number.parseFloat(l));

  test('the encoder that a camera names inside the picture is taken out', async () => {
    const file = await make('sei.mp4', [...picture('640x360', 30, 2), ...h264]);
    assert.match(readFileSync(file).toString('latin1'), /x264 - core/);
    const result = await published(file);
    assert.ok(result.repacked);
    assert.doesNotMatch(readFileSync(result.video).toString('latin1'), /x264|Lavf|Lavc/);
    drop(result);
  });
  test('one key frame in 25 seconds: fragments of 10 at most', async () => {
    const result = await published(await make('long-gop.mp4', [...picture('320x240', 10, 25), ...h264, '-g', '1000']));
    assert.ok(result.repacked && boxes(result.video).filter((b) => b === 'moof').length >= 3);
    drop(result);
  });
  test('key frames alone: fragments of half a second at least', async () => {
    const result = await published(await make('intra.mp4', [...picture('320x240', 30, 4), ...h264, '-g', '1']));
    assert.ok(result.repacked && boxes(result.video).filter((b) => b === 'moof').length <= 9);
    drop(result);
  });
  test('a film that breaks off is published as far as it goes', async () => {
    const whole = await make('whole.mp4', [...picture('640x360', 30, 10), ...tone(10), ...h264, '-g', '30', '-c:a', 'aac', '-movflags', '+faststart']);
    const file = path.join(folder, 'cut.mp4');
    const bytes = readFileSync(whole);
    writeFileSync(file, bytes.subarray(0, bytes.length * 0.6));
    const result = await published(file);
    assert.ok(result.duration_ms > 4000 && result.duration_ms < 8000, `${result.duration_ms}`);
    drop(result);
  });
  test('a film whose index is lost is incomplete', async () => {
    const whole = await make('index-last.mp4', [...picture('640x360', 30, 4), ...h264]);
    const file = path.join(folder, 'no-index.mp4');
    const bytes = readFileSync(whole);
    writeFileSync(file, bytes.subarray(0, bytes.length * 0.6));
    const result = await work(file);
    assert.deepEqual([result.outcome, result.reason], ['invalid', 'incomplete']);
  });
  test('a size that changes in the middle becomes one size', async () => {
    const parts = [await make('one.ts', [...picture('640x360', 25, 2), ...h264]), await make('two.ts', [...picture('1280x720', 25, 2), ...h264, '-output_ts_offset', '2'])];
    const file = path.join(folder, 'switch.ts');
    writeFileSync(file, Buffer.concat(parts.map((p) => readFileSync(p))));
    const result = await published(file);
    assert.deepEqual([result.repacked, result.width, result.height], [false, 640, 360]);
    assert.ok(result.duration_ms > 3800, `${result.duration_ms}`);
    drop(result);
  });
  test('120 frames a second become 60 at most', async () => {
    const result = await published(await make('fast.mp4', [...picture('320x240', 120, 2), ...h264]));
    const times = await frameTimes(result.video);
    assert.ok(!result.repacked && times.length <= 122 && times.length >= 100, `${times.length}`);
    drop(result);
  });
  test('times between frames are kept as they are', async () => {
    const file = await make('uneven.webm', [...picture('320x240', 25, 3), '-vf', "select='not(mod(n,3))+lt(n,20)'", '-fps_mode', 'vfr', '-c:v', 'libvpx', '-deadline', 'realtime']);
    const result = await published(file);
    const [from, made] = [await frameTimes(file), await frameTimes(result.video)];
    assert.equal(made.length, from.length);
    made.forEach((t, i) => assert.ok(Math.abs(t - (from[i] - from[0])) < 0.002, `frame ${i} at ${t}, was ${from[i]}`));
    drop(result);
  });
  test('interlaced pictures become whole', async () => {
    const result = await published(await make('fields.ts', [...picture('720x576', 25, 2), '-c:v', 'mpeg2video', '-flags', '+ilme+ildct', '-top', '1', '-q:v', '4', '-aspect', '16:9']));
    assert.deepEqual([result.width, result.height], [1024, 576]);
    drop(result);
  });
  test('transparent pictures become whole', async () => {
    const result = await published(await make('alpha.webm', ['-f', 'lavfi', '-i', 'color=red@0.5:s=320x240:d=1,format=yuva420p', '-c:v', 'libvpx', '-auto-alt-ref', '0']));
    assert.equal(result.width, 320);
    drop(result);
  });
  test('sound that begins late stays late', async () => {
    const file = await make('late.webm', [...picture('320x240', 25, 3), '-itsoffset', '1', ...tone(2), '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus']);
    const result = await published(file);
    const { stderr } = await run('ffmpeg', ['-nostdin', '-i', result.video, '-af', 'silencedetect=n=-40dB:d=0.5', '-f', 'null', '-']);
    const end = Number(/silence_end: ([\d.]+)/.exec(stderr)?.[1]);
    assert.ok(Math.abs(end - 1) < 0.05, `silence ends at ${end}`);
    drop(result);
  });
  test('sound that does not decode is left out, and the picture is published', async () => {
    const whole = await make('sound.mkv', [...picture('320x240', 25, 2), ...tone(2), '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'flac']);
    const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'a', '-show_entries', 'packet=pos,size', '-of', 'csv=p=0', whole]);
    const bytes = readFileSync(whole);
    for (const line of stdout.trim().split('\n')) {
      const [size, pos] = line.split(',').map(Number);
      bytes.fill(0x55, pos + 8, pos + size);      // behind the block's own head
    }
    const file = path.join(folder, 'broken-sound.mkv');
    writeFileSync(file, bytes);
    const result = await published(file);
    assert.deepEqual([result.has_sound, result.width], [false, 320]);
    drop(result);
  });
  test('an upright phone clip of 4K is made smaller and stays upright', async () => {
    const flat = await make('flat.mp4', [...picture('3840x2160', 30, 1), ...h264]);
    const file = path.join(folder, 'upright.mp4');
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-i', flat, '-c', 'copy', '-metadata:s:v', 'rotate=90', '-y', file]);
    const result = await published(file);
    assert.deepEqual([result.repacked, result.width, result.height], [false, 720, 1280]);
    drop(result);
  });
});

describe('avatars', { skip, concurrency: 2 }, () => {
  const from = async (extension, args) => {
    const file = path.join(folder, `avatar-${++count}.${extension}`);
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', 'testsrc2=s=640x400:d=1', '-frames:v', '1', ...args, file]);
    return file;
  };
  for (const [extension, args] of [['png', []], ['jpg', []], ['gif', []], ['webp', []], ['png', ['-pix_fmt', 'rgba64be']], ['png', ['-pix_fmt', 'pal8']]]) {
    test(`a ${extension} ${args[1] ?? ''} becomes a square JPEG`, async () => {
      const result = await work(await from(extension, args), { kind: 'image' });
      assert.equal(result.outcome, 'ok', result.reason);
      await checkImage(result, 320, 320);
      drop(result);
    });
  }
  test('a turned photo becomes upright and loses its place', async () => {
    const file = await from('jpg', ['-vf', 'drawbox=w=iw/2:c=red:t=fill,drawbox=x=iw/2:w=iw/2:c=blue:t=fill']);
    await run('exiftool', ['-overwrite_original', '-n', '-Orientation=6', '-GPSLatitude=24.5', '-GPSLatitudeRef=N', '-Make=Phone', file]);
    const result = await work(file, { kind: 'image' });
    assert.equal(result.outcome, 'ok', result.reason);
    await checkImage(result, 320, 320);
    // turned clockwise by 90 degrees the left half is at the top
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', result.image, '-vf', 'crop=64:64:128:32,scale=1:1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'],
      { encoding: 'buffer' });
    assert.ok(stdout[0] > 150 && stdout[2] < 100, `top is ${[...stdout]}`);
    drop(result);
  });
});
