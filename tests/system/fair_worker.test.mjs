// Who has queued many clips stops nobody, and a clip that a dead server had in hand goes on at once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';

import { freshFolder, startServer } from './server.mjs';
import { drafts, upload } from './upload.mjs';

const many = 12;

/** Takes the worker about half a second: it must be encoded anew. */
function slowClip(name) {
  const clip = path.join(freshFolder(), `${name}.mp4`);
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=360x640:r=25:d=1.6', '-c:v', 'mpeg4', '-q:v', '4', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return clip;
}

const published = (all) => all.filter((d) => d.state === 'published');
const list = async (client) => (await client.get('/api/v1/drafts')).body.items;

/** Asha queues many, then Bela one: how many of Asha's were public when Bela's was acknowledged. */
async function queueBoth(server) {
  const clip = slowClip('clip');
  const asha = await server.signUp('asha', { client: 'program' });
  const bela = await server.signUp('bela', { client: 'program' });
  await Promise.all(Array.from({ length: many }, () => upload(asha, clip)));
  await upload(bela, clip);
  const before = published(await list(asha)).length;
  assert.ok(before < many - 4, `${before} of ${many} were done too soon for this to show anything`);
  return { asha, bela, before };
}

/** Ids rise with time: the place of Bela's among all. */
async function placeOfBela({ asha, bela }) {
  const [one] = await drafts(bela);
  assert.equal(one.state, 'published', JSON.stringify(one));
  const others = published(await drafts(asha)).map((d) => BigInt(d.video));
  assert.equal(others.length, many);
  return others.filter((id) => id < BigInt(one.video)).length;
}

test('one clip of somebody comes second or third, however many another has queued before', async () => {
  const server = await startServer();
  const both = await queueBoth(server);
  const place = await placeOfBela(both);
  assert.ok(place <= both.before + 2, `${place} of the other's were public before, ${both.before} of them already when it arrived`);
  await server.stop();
});

test('after kill -9 the clip in hand goes on at once, not after its lease, and turns are taken as before', async () => {
  const server = await startServer();
  const both = await queueBoth(server);
  await server.kill();
  await server.start();
  const began = Date.now();
  for (const client of [both.asha, both.bela]) client.url = server.url;
  let seen = false;
  for (let first = Infinity; !seen;) {
    const all = [...await list(both.asha), ...await list(both.bela)];
    first = Math.min(first, published(all).length);
    seen = all.some((d) => d.state === 'processing') || published(all).length > first;
    assert.ok(Date.now() - began < 10_000, 'nothing is in hand ten seconds after the start; a lease lasts fifteen');
  }
  const place = await placeOfBela(both);
  assert.ok(place <= both.before + 3, `${place} of the other's were public before, ${both.before} of them already when it arrived`);
  await server.stop();
});
