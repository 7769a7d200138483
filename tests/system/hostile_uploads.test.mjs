// Files made to hurt, sent as a person would send them: each is refused with a reason or handled within its limits, the
// server goes on, and what is published tells nothing that the file carried.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';

import { hostileOutcome } from './outcomes.mjs';
import { root, startServer } from './server.mjs';
import { drafts, upload } from './upload.mjs';

const hostile = path.resolve(root, '../shared/hostile');
const skip = !existsSync(hostile) && 'no ../shared/hostile';
const files = (folder) => readdirSync(path.join(hostile, folder)).sort().map((name) => path.join(folder, name));

test('hostile clips are refused with a reason or made harmless, and the server goes on', { skip }, async (t) => {
  const server = await startServer({ settings: { 'media.workers': 2 } });
  const author = await server.signUp('author', { client: 'program' });
  const sent = new Map();
  for (const file of [...files('made'), ...files('ssrf')]) {
    const whole = path.join(hostile, file);
    if (statSync(whole).size === 0) {                    // refused before it exists
      const answer = await author.request('POST', '/api/v1/uploads', { headers: { 'tus-resumable': '1.0.0', 'upload-length': '0' } });
      assert.equal(answer.status, 422);
      assert.ok(answer.body.detail.length > 10);
      continue;
    }
    sent.set(new URL(await upload(author, whole), server.url).pathname, file);
  }
  const all = await drafts(author, undefined, 300);
  for (const draft of all) {
    const file = sent.get(new URL(draft.upload, server.url).pathname);
    await t.test(`${file}: ${draft.state} ${draft.reason?.code ?? ''}`, async () => {
      assert.equal(draft.state, hostileOutcome[file] === 'ok' ? 'published' : 'failed', JSON.stringify(draft.reason));
      if (draft.state === 'failed') {
        assert.equal(draft.reason.code, hostileOutcome[file]);
        assert.ok(draft.reason.text.length > 20, 'says why in plain words');
        return;
      }
      const { body: video } = await author.get(`/api/v1/videos/${draft.video}`);
      const bytes = Buffer.from(await (await fetch(server.url + video.src)).arrayBuffer());
      for (const trace of ['<script', 'onerror', '<html', 'PK\u0005\u0006', '+40.', 'xss']) {
        assert.equal(bytes.indexOf(trace), -1, `what is served holds ${JSON.stringify(trace)}`);
      }
    });
  }
  assert.equal(all.length, sent.size, 'each upload has its draft');
  assert.ok(await server.alive());
  assert.doesNotMatch(server.log, / error /);
  await server.stop();
});

test('hostile pictures are refused as avatars, and none is served as it came', { skip }, async (t) => {
  const server = await startServer();
  const person = await server.signUp('person', { client: 'program' });
  for (const file of files('image')) {
    await t.test(file, async () => {
      const body = readFileSync(path.join(hostile, file));
      for (const type of ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/svg+xml']) {
        const answer = await person.request('PUT', '/api/v1/me/avatar', { body, headers: { 'content-type': type } });
        assert.ok(answer.status >= 400 && answer.status < 500, `${type}: ${answer.status}`);
        assert.ok(answer.body.code, 'names the case');
      }
    });
  }
  const { body: me } = await person.get('/api/v1/me');
  assert.equal(me.avatar, null);
  assert.ok(await server.alive());
  await server.stop();
});
