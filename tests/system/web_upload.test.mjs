// The client's tus: what it sends, how it goes on after failures, pauses and reloads.  The server is a model of
// tus 1.0.0 behind a false XMLHttpRequest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSource } from './web_source.mjs';

const { Transfer, backOff, chunkBytes, encodeMetadata, fingerprint, unfinished, uploadKey } = await loadSource('upload.ts');

const MiB = 1024 * 1024;

/** A server that keeps uploads; `script` gives what it does to the next requests instead of answering rightly. */
class Server {
  uploads = new Map();
  requests = [];
  script = [];

  answer(method, url, headers, size) {
    const wrong = this.script.shift();
    if (wrong && wrong !== 'right') return typeof wrong === 'function' ? wrong(this, url, size) : wrong;
    if (method === 'POST') {
      const id = `/api/v1/uploads/${this.uploads.size + 1}`;
      this.uploads.set(id, { length: Number(headers['Upload-Length']), offset: 0, metadata: headers['Upload-Metadata'] });
      return { status: 201, headers: { Location: id } };
    }
    const upload = this.uploads.get(url);
    if (!upload) return { status: 404, headers: {} };
    if (method === 'HEAD') return { status: 200, headers: { 'Upload-Offset': String(upload.offset) } };
    if (method === 'DELETE') {
      this.uploads.delete(url);
      return { status: 204, headers: {} };
    }
    if (Number(headers['Upload-Offset']) !== upload.offset) return { status: 409, headers: {} };
    upload.offset += size;
    return { status: 204, headers: { 'Upload-Offset': String(upload.offset) } };
  }

  request() {
    const server = this;
    return {
      upload: {}, headers: {}, status: 0, responseText: '', aborted: false,
      open(method, url) { Object.assign(this, { method, url }); },
      setRequestHeader(name, value) { this.headers[name] = value; },
      getResponseHeader(name) { return this.answered[name] ?? null; },
      abort() { this.aborted = true; },
      send(body) {
        const size = body?.size ?? 0;
        server.requests.push({ method: this.method, url: this.url, headers: this.headers, size });
        setImmediate(() => {
          this.upload.onprogress?.({ loaded: size / 2 });
          const answer = this.aborted ? { status: 0, headers: {} } : server.answer(this.method, this.url, this.headers, size);
          this.status = answer.status;
          this.answered = answer.headers;
          this.responseText = answer.body ?? '';
          this.onloadend();
        });
      },
    };
  }
}

class Memory {
  getItem(key) { return Object.hasOwn(this, key) ? this[key] : null; }
  setItem(key, value) { this[key] = value; }
  removeItem(key) { delete this[key]; }
}

function place(size, script = []) {
  const server = new Server();
  server.script = script;
  const storage = new Memory();
  const waits = [];
  const around = { request: () => server.request(), storage, wait: async ms => { waits.push(ms); } };
  const file = { name: 'dawn.mp4', size, type: 'video/mp4', lastModified: 7, slice: (from, to) => ({ size: to - from }) };
  const begin = (meta = { caption: 'सुबह', language: 'hi', publish: true }, changed = () => {}) =>
    new Transfer(file, meta, '42', '/api/v1/uploads', changed, around);
  return { server, storage, waits, file, begin };
}

const methods = server => server.requests.map(request => request.method).join(' ');

test('a_file_goes_in_chunks_of_at_most_8_mib', async () => {
  const { server, begin } = place(20 * MiB);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'done');
  assert.equal(methods(server), 'POST PATCH PATCH PATCH');
  assert.deepEqual(server.requests.slice(1).map(request => request.size), [chunkBytes, chunkBytes, 4 * MiB]);
  assert.equal(server.uploads.get('/api/v1/uploads/1').offset, 20 * MiB);
  for (const request of server.requests) assert.equal(request.headers['Tus-Resumable'], '1.0.0');
});

test('metadata_is_base64_of_utf8_and_leaves_out_what_is_empty', () => {
  assert.equal(encodeMetadata({ caption: 'नमस्ते', language: '' }), `caption ${Buffer.from('नमस्ते').toString('base64')}`);
  assert.equal(encodeMetadata({ a: '1', b: '2' }), 'a MQ==,b Mg==');
});

test('publish_is_told_only_when_everyone_may_see_it', async () => {
  for (const publish of [true, false]) {
    const { server, begin } = place(5);
    await begin({ caption: '', language: '', publish }).start();
    assert.equal(server.requests[0].headers['Upload-Metadata'].includes('publish MQ=='), publish);
  }
});

test('a_lost_link_is_waited_for_and_the_server_is_asked_where_it_was', async () => {
  const lost = { status: 0, headers: {} };
  const { server, waits, begin } = place(9 * MiB, ['right', lost]);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'done');
  assert.equal(methods(server), 'POST PATCH HEAD PATCH PATCH');
  assert.deepEqual(waits, [500]);
});

test('what_arrived_of_a_broken_chunk_is_not_sent_again', async () => {
  const half = (server, url, size) => {
    server.uploads.get(url).offset += size / 2;
    return { status: 0, headers: {} };
  };
  const { server, begin } = place(8 * MiB, ['right', half]);
  await begin().start();
  assert.equal(server.requests.at(-1).headers['Upload-Offset'], String(4 * MiB));
  assert.equal(server.requests.at(-1).size, 4 * MiB);
});

test('waits_grow_and_begin_anew_after_progress', async () => {
  const busy = { status: 503, headers: {} };
  const { waits, begin } = place(9 * MiB, ['right', busy, busy, busy, 'right', 'right', busy]);
  await begin().start();
  assert.deepEqual(waits, [500, 1000, 2000, 500]);
});

test('the_servers_wish_to_wait_is_followed', () => {
  assert.equal(backOff(0, 7), 7000);
  assert.equal(backOff(20), 30_000);
});

test('a_wrong_offset_is_settled_by_asking', async () => {
  const { server, begin } = place(6, ['right', { status: 409, headers: {} }]);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'done');
  assert.equal(methods(server), 'POST PATCH HEAD PATCH');
});

test('an_upload_that_expired_begins_anew', async () => {
  const { server, begin } = place(6, ['right', { status: 404, headers: {} }]);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'done');
  assert.equal(methods(server), 'POST PATCH POST PATCH');
});

test('a_refusal_fails_with_its_reason_and_is_not_repeated', async () => {
  const body = JSON.stringify({ code: 'quota', detail: 'Delete something.' });
  const { server, storage, begin } = place(6, [{ status: 413, headers: {}, body }]);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'failed');
  assert.equal(transfer.problem.code, 'quota');
  assert.equal(server.requests.length, 1);
  assert.deepEqual(Object.keys(storage), []);
});

test('a_full_disk_is_not_asked_again_and_again', async () => {
  const { server, begin } = place(6, [{ status: 507, headers: {} }]);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'failed');
  assert.equal(server.requests.length, 1);
});

test('who_was_signed_out_goes_on_after_signing_in', async () => {
  const { server, begin } = place(9 * MiB, ['right', 'right', { status: 401, headers: {} }]);
  const transfer = begin();
  await transfer.start();
  assert.equal(transfer.state, 'failed');
  const before = server.requests.length;
  await transfer.start();
  assert.equal(transfer.state, 'done');
  assert.equal(server.requests.slice(before).map(request => request.method).join(' '), 'HEAD PATCH');
});

test('a_pause_ends_sending_and_going_on_asks_first', async () => {
  const { server, begin } = place(20 * MiB);
  const transfer = begin(undefined, now => { if (now.state === 'uploading' && now.sent > 9 * MiB && !now.stopped) { now.stopped = true; now.pause(); } });
  await transfer.start();
  assert.equal(transfer.state, 'paused');
  const before = server.requests.length;
  await transfer.start();
  assert.equal(transfer.state, 'done');
  assert.equal(server.requests[before].method, 'HEAD');
});

test('after_a_reload_the_same_file_goes_on_where_it_was', async () => {
  const { server, storage, file, begin } = place(20 * MiB);
  const first = begin(undefined, now => { if (now.sent === chunkBytes && now.state === 'uploading') now.pause(); });
  await first.start();
  assert.equal(first.state, 'paused');
  const left = unfinished('42', storage);
  assert.equal(left.length, 1);
  assert.equal(left[0].sent, chunkBytes);
  assert.equal(left[0].key, fingerprint(file, '42'));
  assert.equal(left[0].caption, 'सुबह');
  assert.deepEqual(unfinished('43', storage), []);

  const before = server.requests.length;
  const second = begin();
  await second.start();
  assert.equal(second.state, 'done');
  assert.equal(server.requests.slice(before).map(request => request.method).join(' '), 'HEAD PATCH PATCH');
  assert.deepEqual(Object.keys(storage), []);
});

test('giving_up_erases_it_here_and_there', async () => {
  const { server, storage, begin } = place(20 * MiB);
  const transfer = begin(undefined, now => { if (now.sent === chunkBytes && now.state === 'uploading') now.pause(); });
  await transfer.start();
  await transfer.cancel();
  assert.equal(server.requests.at(-1).method, 'DELETE');
  assert.equal(server.uploads.size, 0);
  assert.deepEqual(Object.keys(storage), []);
});

test('progress_never_passes_the_files_size', async () => {
  const seen = [];
  const { begin } = place(20 * MiB);
  await begin(undefined, now => seen.push(now.sent)).start();
  assert.ok(seen.every((sent, at) => sent <= 20 * MiB && (at === 0 || sent >= seen[at - 1])), seen.join());
});

test('two parts of one file are two uploads, each with its own times', async () => {
  const { server, storage, begin, file } = place(1 * MiB);
  const meta = { caption: '', language: '', publish: true };
  const [one, two] = [{ ...meta, start: 0, end: 5000, cover: 0 }, { ...meta, start: 5000 }].map(part => begin(part));
  await Promise.all([one.start(), two.start()]);
  assert.notEqual(one.key, two.key);
  assert.equal(uploadKey(file, '42', meta), fingerprint(file, '42'));
  assert.equal(server.uploads.size, 2);
  const told = [...server.uploads.values()].map(upload => upload.metadata);
  const value = number => Buffer.from(String(number)).toString('base64');
  assert.ok(told[0].includes(`trim_start_ms ${value(0)},trim_end_ms ${value(5000)},cover_ms ${value(0)}`), told[0]);
  assert.ok(told[1].includes(`trim_start_ms ${value(5000)}`) && !told[1].includes('trim_end_ms'), told[1]);
  assert.deepEqual(Object.keys(storage), []);
});
