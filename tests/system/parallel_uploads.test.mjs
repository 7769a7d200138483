// Very many uploads at once, by few and by many people, with the protocol's own client: all arrive, whole, and others are served meanwhile.
// UPLOADS says how many (make soak: 1000).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import * as tus from 'tus-js-client';

import { until } from './patience.mjs';
import { freshFolder, startServer } from './server.mjs';
import { drafts, upload } from './upload.mjs';

const cases = process.env.UPLOADS ? [10, 100, Number(process.env.UPLOADS)].map((people) => ({ people, count: Number(process.env.UPLOADS) }))
  : [{ people: 10, count: 300 }, { people: 100, count: 300 }, { people: 150, count: 150 }];
const bytes = 48 * 1024;
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
const metric = async (server, name) => Number(new RegExp(`^amanat_${name} (\\d+)$`, 'm').exec(await (await fetch(`${server.url}/metrics`)).text())[1]);

/** One upload of random bytes. Each request says its digest, so that the server itself refuses what is not what was sent. Resolves with what was told meanwhile. */
function send(client) {
  const body = randomBytes(bytes);
  const refused = [];
  return new Promise((resolve, reject) => {
    const job = new tus.Upload(body, {
      endpoint: `${client.url}/api/v1/uploads`, metadata: { filename: 'noise.mp4' }, headers: { authorization: `Bearer ${client.token}` },
      // the client retries 503 by itself; how many times, and when at the latest, is for who uses it to say
      retryDelays: Array(60).fill(1000),
      onBeforeRequest: (request) => {
        const from = request.getHeader('Upload-Offset');
        if (request.getMethod() === 'PATCH') request.setHeader('Upload-Checksum', `sha256 ${createHash('sha256').update(body.subarray(Number(from))).digest('base64')}`);
      },
      onAfterResponse: (_, response) => {
        if (response.getStatus() < 400) return;
        refused.push([response.getStatus(), Number(response.getHeader('Retry-After'))]);
      },
      onError: reject, onSuccess: () => resolve({ where: job.url, refused }),
    });
    job.start();
  });
}

async function arrive(people, count) {
  const server = await startServer({ settings: { 'server.access_log': 'false' } });
  const clients = [];
  while (clients.length < people) clients.push(...await Promise.all(Array.from({ length: Math.min(20, people - clients.length) }, (_, i) => server.signUp(`person${clients.length + i}`, { client: 'program' }))));
  const before = resident(server.pid);
  let most = 0, reads = 0, over = false;
  const reading = (async () => {
    while (!over) {
      assert.equal((await server.visitor().get('/api/v1/node')).status, 200);
      reads++;
      most = Math.max(most, resident(server.pid));
    }
  })();
  const began = Date.now();
  const sent = await Promise.all(Array.from({ length: count }, (_, i) => send(clients[i % people])));
  over = true;
  await reading;
  console.log(`# ${count} uploads by ${people}: ${((Date.now() - began) / 1000).toFixed(1)} s, ${sent.flatMap((s) => s.refused).length} told to come again, ${reads} reads, ${Math.round(most - before)} MB more`);
  for (const [status, retry] of sent.flatMap((s) => s.refused)) assert.ok([503, 429].includes(status) && retry >= 1, `${status}, Retry-After ${retry}`);
  assert.equal(new Set(sent.map((s) => s.where)).size, count);
  for (let i = 0; i < count; i += 10)
    await Promise.all(sent.slice(i, i + 10).map(async ({ where }, n) => {
      const { status, headers } = await clients[(i + n) % people].request('HEAD', new URL(where).pathname, { headers: { 'tus-resumable': '1.0.0' } });
      assert.deepEqual([status, headers.get('upload-offset')], [200, String(bytes)]);
    }));
  assert.equal(await metric(server, 'uploads_arriving'), 0, 'no place is lost');
  assert.ok(reads > 3);
  return { server, more: most - before };
}

for (const { people, count } of cases)
  test(`${count} uploads at once by ${people} people all arrive, byte by byte`, async () => {
    const { server, more } = await arrive(people, count);
    if (!/asan/.test(process.env.AMANAT_BUILD ?? '')) assert.ok(more < 200, `${more} MB`);
    await server.stop();
  });

test('with few places all arrive as well, and who comes alone does not wait behind who sends many', async () => {
  const clip = path.join(freshFolder(), 'clip.mp4');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=360x640:r=25:d=1', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const server = await startServer({ settings: { 'server.access_log': 'false', 'media.uploads_at_once': 8 } });
  const greedy = await server.signUp('greedy', { client: 'program' });
  const lone = await server.signUp('lone', { client: 'program' });
  // four that hold a place each and send nothing
  const held = await Promise.all(Array.from({ length: 4 }, async () => {
    const { headers } = await greedy.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '100000' } });
    const stop = new AbortController();
    const never = new ReadableStream({ start(c) { c.enqueue(Buffer.alloc(10)); } });
    const sending = fetch(new URL(headers.get('location'), server.url), { method: 'PATCH', body: never, duplex: 'half', signal: stop.signal,
      headers: { authorization: `Bearer ${greedy.token}`, 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' } }).catch(() => {});
    return { stop, sending };
  }));
  await until(async () => await metric(server, 'uploads_arriving') === 4, 'all four arrive');
  const surplus = await greedy.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '10' } });
  assert.equal(surplus.status, 503);
  assert.ok(Number(surplus.headers.get('retry-after')) >= 1);
  await upload(lone, clip);                             // at the first attempt: it retries nothing
  const [draft] = await drafts(lone);
  assert.equal(draft.state, 'published');
  for (const { stop } of held) stop.abort();
  await Promise.all(held.map((h) => h.sending));
  const late = await Promise.all(Array.from({ length: 30 }, () => send(greedy)));
  assert.equal(late.length, 30);
  await server.stop();
});
