// The browser's check of the ledger: over a log made here, whole and sampled, honest and lying in each way that it must find.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';

import { demandLines } from './entered.mjs';
import { loadSource } from './web_source.mjs';

const { check, count, entriesOf, readCheckpoint, readEntry, readKey, rootByDefinition, rootOf, tileNumber, tilePath, verify, wholeMax }
  = await loadSource('trust/check.ts', 'trust/claims.ts', 'trust/note.ts', 'trust/tree.ts');

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const leaf = (line) => sha(Buffer.from([0]), Buffer.from(line));
const origin = 'example.org/log';

/** A log as an operator would serve it; `lies` changes what is served. */
async function makeLog(lines, { lies = {}, key = generateKeyPairSync('ed25519') } = {}) {
  const raw = key.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const id = sha(Buffer.from(`${origin}\n`), Buffer.from([1]), raw).subarray(0, 4);
  const vkey = `${origin}+${id.toString('hex')}+${Buffer.concat([Buffer.from([1]), raw]).toString('base64')}`;
  const all = [`origin 2026-01-01T00:00:00Z origin=${origin} key=${vkey}`, ...lines];
  const leaves = all.map((line) => new Uint8Array(leaf(line)));
  const size = lies.size ?? all.length;
  const root = await rootOf(leaves.slice(0, size));
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  const signature = sign(null, Buffer.from(text), (lies.key ?? key).privateKey);
  const note = `${text}\n\u2014 ${origin} ${Buffer.concat([id, signature]).toString('base64')}\n`;
  const served = all.map((line, i) => lies.lines?.[i] ?? line);
  const level1 = [];
  for (let i = 0; i + 256 <= size; i += 256) level1.push(await rootOf(leaves.slice(i, i + 256)));
  const bundle = (list) => Buffer.concat(list.map((line) => Buffer.concat([Buffer.from([Buffer.byteLength(line) >> 8, Buffer.byteLength(line) & 255]), Buffer.from(line)])));
  const asked = [];
  return {
    key, size, root, asked, count: (name) => count(all.map(readEntry)).get(name) ?? 0,
    fetch: async (path) => {
      asked.push(path);
      if (lies.missing?.test(path)) return null;
      if (path === 'checkpoint') return new Uint8Array(Buffer.from(note));
      if (path === 'key') return new Uint8Array(Buffer.from(`${vkey}\n`));
      const [, level, number, width] = /^tile\/(entries|\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path);
      const index = Number(number.replaceAll(/[x/]/g, '')), many = Number(width ?? 256);
      const from = index * 256;
      if (level === 'entries') return new Uint8Array(bundle(served.slice(from, from + many)));
      const hashes = (level === '0' ? (lies.leaves ?? leaves) : level1).slice(from, from + many);
      assert.equal(hashes.length, many, path);
      return new Uint8Array(Buffer.concat(hashes.map((hash) => Buffer.from(hash))));
    },
  };
}

function task(log, { claims = [], pageSize = log.size, shown = [], memory = new Map(), now = '2026-11-22T00:00:00.000Z' } = {}) {
  return {
    fetch: log.fetch, claims, pageSize, shown, recall: (name) => memory.get(name) ?? null, remember: (name, seen) => memory.set(name, seen), progress: () => {}, now: () => now,
  };
}
const found = (result) => [result.verdict, ...result.bad.map(({ text }) => text)];
const takedowns = (n) => Array.from({ length: n }, (_, i) => `takedown 2026-06-03T12:00:00Z what=video basis=law country=IN demand=${i.toString(16).padStart(16, '0')}`);

test('roots_by_pairs_are_those_of_the_definition', async () => {
  for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 9, 100, 255, 256, 257, 600]) {
    const leaves = Array.from({ length: n }, (_, i) => new Uint8Array(leaf(String(i))));
    assert.deepEqual(await rootOf(leaves), await rootByDefinition(leaves), String(n));
  }
  assert.equal(Buffer.from(await rootOf([])).toString('hex'), createHash('sha256').update('').digest('hex'));
});

test('tiles_have_the_addresses_of_the_specification', () => {
  assert.equal(tileNumber(1234067), 'x001/x234/067');
  assert.equal(tileNumber(67), '067');
  assert.equal(tileNumber(1000), 'x001/000');
  assert.equal(tilePath(0, 1, 300), 'tile/0/001.p/44');
  assert.equal(tilePath('entries', 0, 300), 'tile/entries/000');
  assert.equal(tilePath(1, 0, 300), 'tile/1/000.p/1');
});

test('what_is_malformed_is_not_read', () => {
  assert.equal(entriesOf(new Uint8Array([0, 5, 1])), null);
  assert.equal(entriesOf(new Uint8Array([0])), null);
  for (const note of ['', 'a\n1\nb', 'a\n01\nAA==\n\n', 'a\nx\nAA==\n\n']) assert.equal(readCheckpoint(note), null, note);
  for (const key of ['', 'a', 'a+b', 'a+b+!']) assert.equal(readKey(key), null, key);
  for (const line of ['', 'day', 'Day 2026-01-01T00:00:00Z', 'day 2026-01-01 date=x', 'day 2026-01-01T00:00:00Z  a=b', 'day 2026-01-01T00:00:00Z a=b ']) assert.equal(readEntry(line), null, line);
});

test('an_honest_log_adds_up_and_each_figure_agrees', async () => {
  const lines = [...demandLines(1, 1, { asker: 'CN', outcome: 'refused-by-rule', rule: 2 }), ...takedowns(300)];
  const log = await makeLog(lines);
  const claims = ['asked', 'refused-by-rule', 'rule:2', 'disclosed', 'asked/2026-H2/CN', 'kind:takedown', 'kind:incident'].map((key) => ({ key, label: key, value: log.count(key) }));
  assert.deepEqual(claims.map(({ value }) => value), [1, 1, 1, 0, 1, 300, 0]);
  const result = await check(task(log, { claims }));
  assert.deepEqual(found(result), ['good']);
  assert.deepEqual(result.good.map(({ text }) => text), ['check.signed', 'check.root', 'check.counts', 'check.first']);
});

test('an_altered_entry_is_named_with_what_was_expected', async () => {
  for (const wrong of [1, 255, 256, 290]) {
    const log = await makeLog(takedowns(300), { lies: { lines: { [wrong]: 'takedown 2026-06-03T12:00:00Z what=video basis=rules country=- demand=-' } } });
    const result = await check(task(log));
    assert.deepEqual(found(result), ['bad', 'check.bad_entry']);
    assert.equal(result.wrong, wrong);
    assert.deepEqual(result.bad[0].facts.map(([name]) => name), ['check.served', 'check.expected', 'check.found']);
    assert.notEqual(result.bad[0].facts[1][1], result.bad[0].facts[2][1]);
  }
});

test('an_altered_entry_whose_tile_was_altered_too_shows_in_the_root', async () => {
  const lines = takedowns(20), other = 'takedown 2026-06-03T12:00:00Z what=video basis=rules country=- demand=-';
  const honest = await makeLog(lines);
  const leaves = [];
  for (const [i, line] of [`x`, ...lines].entries()) leaves.push(new Uint8Array(leaf(i === 5 ? other : line)));
  const log = await makeLog(lines, { key: honest.key, lies: { lines: { 5: other } } });
  const served = log.fetch;
  log.fetch = async (path) => (path.startsWith('tile/0/') ? new Uint8Array(Buffer.concat([await served(path)].map((bytes) => {
    const copy = Buffer.from(bytes);
    copy.set(leaves[5], 5 * 32);
    return copy;
  }))) : served(path));
  assert.deepEqual(found(await check(task(log))), ['bad', 'check.bad_root']);
});

test('a_wrong_figure_is_named', async () => {
  const log = await makeLog(demandLines(1, 1, { asker: 'IN' }));
  const result = await check(task(log, { claims: [{ key: 'asked', value: 0, label: 'asked' }] }));
  assert.deepEqual(found(result), ['bad', 'check.bad_count']);
  assert.deepEqual(result.bad[0].params, { label: 'asked', said: 0, found: 1 });
});

test('a_forged_signature_and_a_key_that_the_log_does_not_name_are_found', async () => {
  assert.deepEqual(found(await check(task(await makeLog(takedowns(3), { lies: { key: generateKeyPairSync('ed25519') } })))), ['bad', 'check.bad_signature']);
  const other = await makeLog(takedowns(3));
  const log = await makeLog(takedowns(3));
  const swapped = { ...log, fetch: async (path) => (/^(checkpoint|key)$/.test(path) ? other.fetch(path) : log.fetch(path)) };
  assert.equal((await check(task(swapped))).verdict, 'bad');
});

test('a_log_that_changed_its_past_or_became_shorter_is_found', async () => {
  const memory = new Map(), key = generateKeyPairSync('ed25519');
  assert.deepEqual(found(await check(task(await makeLog(takedowns(30), { key }), { memory }))), ['good']);
  const longer = await check(task(await makeLog(takedowns(40), { key }), { memory }));
  assert.deepEqual(longer.good.at(-1), { text: 'check.same', params: { date: '2026-11-22', size: 31 } });
  const changed = takedowns(50);
  changed[3] = changed[4];
  assert.deepEqual(found(await check(task(await makeLog(changed, { key }), { memory }))), ['bad', 'check.bad_past']);
  assert.deepEqual(found(await check(task(await makeLog(takedowns(20), { key }), { memory }))), ['bad', 'check.bad_past']);
});

test('a_page_that_counts_more_than_is_signed_is_found', async () => {
  assert.deepEqual(found(await check(task(await makeLog(takedowns(3)), { pageSize: 9, claims: [{ key: 'asked', value: 0, label: '' }] }))), ['bad', 'check.bad_size']);
});

test('a_silent_log_and_a_missing_tile_stop_the_check', async () => {
  assert.deepEqual(found(await check(task(await makeLog(takedowns(3), { lies: { missing: /checkpoint/ } })))), ['stopped', 'check.silent']);
  assert.deepEqual(found(await check(task(await makeLog(takedowns(3), { lies: { missing: /entries/ } })))), ['stopped', 'check.unreachable']);
});

test('a_long_log_is_sampled_and_says_so', async () => {
  const memory = new Map(), key = generateKeyPairSync('ed25519');
  const lines = takedowns(wholeMax + 2000);
  const first = await makeLog(lines.slice(0, wholeMax + 900), { key });
  assert.deepEqual(found(await check(task(first, { memory }))), ['good']);
  const log = await makeLog(lines, { key });
  const result = await check(task(log, { memory, shown: [7] }));
  assert.deepEqual(found(result), ['good']);
  assert.deepEqual(result.good.map(({ text }) => text), ['check.signed', 'check.sampled', 'check.uncounted', 'check.same']);
  assert.ok(log.asked.includes('tile/entries/000'));
  assert.ok(log.asked.filter((path) => path.startsWith('tile/entries')).length <= 43);
  const lying = await makeLog(lines, { key, lies: { lines: { 7: lines[1] } } });
  const bad = await check(task(lying, { shown: [7] }));
  assert.deepEqual([...found(bad), bad.wrong], ['bad', 'check.bad_entry', 7]);
  const changed = [...lines];
  changed[5] = lines[6];
  assert.deepEqual(found(await check(task(await makeLog(changed, { key }), { memory }))), ['bad', 'check.bad_past']);
});

test('a_browser_without_ed25519_says_that_it_did_not_look', async (t) => {
  const log = await makeLog(takedowns(3));
  const checkpoint = readCheckpoint(Buffer.from(await log.fetch('checkpoint')).toString());
  const key = readKey(Buffer.from(await log.fetch('key')).toString());
  assert.equal(await verify(checkpoint, key), 'signed');
  t.mock.method(crypto.subtle, 'importKey', async () => { throw new Error('no such algorithm'); });
  assert.equal(await verify(checkpoint, key), 'unable');
  const result = await check(task(log));
  assert.equal(result.verdict, 'almost');
  assert.equal(result.good.at(-1).text, 'check.no_ed25519');
});
