// Our own log, served: the program's verifier and the second one agree on it, tile by tile and proof by proof.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';

import { until } from './patience.mjs';
import { Server, binary, freshFolder, run } from './server.mjs';
import { checkProof, checkTiles, consistent, includes, parseEntry, parseProof, readForms, readLog, recount } from './verifier.mjs';

const driver = path.join(path.dirname(binary), 'tests/system/ledger_driver');
const many = 66_000;                                    // three levels of tiles

/** A node whose log has so many entries more: begun by a first start, filled, started again. */
async function nodeWith(count) {
  const server = new Server();
  await server.start();
  await shown(server, 2);
  await server.stop();
  const { status, stderr } = spawnSync(driver, [server.folder, String(count)], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  await server.start();
  await shown(server, 4 + count + 1);                   // two of the first start, two that fill up, one of the second start
  return server;
}

const getter = (server) => async (where) => {
  const response = await fetch(`${server.url}/ledger/${where}`);
  assert.equal(response.status, 200, where);
  return Buffer.from(await response.arrayBuffer());
};

async function shown(server, size) {
  await until(async () => {
    const response = await fetch(`${server.url}/ledger/checkpoint`), text = await response.text();
    return response.status === 200 && Number(text.split('\n')[1]) >= size;
  }, `a checkpoint of ${size}`);
}

const verify = async (server, state) => {
  const { code, stdout, stderr } = await run(['verify', server.url, '--state', state, '--json']);
  assert.ok(stdout.startsWith('{'), stderr);
  return { code, ...JSON.parse(stdout) };
};

function sameTable(report, lines) {
  const counted = recount(lines, readForms());
  assert.equal(report.table.length, counted.size);
  for (const row of report.table)
    for (const [column, n] of Object.entries(counted.get(`${row.half} ${row.country}`))) assert.equal(row[column], n, `${row.half} ${row.country} ${column}`);
}

test('a log of some hundred entries: root, counts, every proof', async () => {
  const server = await nodeWith(400), state = path.join(freshFolder(), 'state');
  try {
    const get = getter(server), log = await readLog(get), forms = readForms();
    const report = await verify(server, state);
    assert.deepEqual(report.findings.filter((f) => f.weight === 'lie'), []);
    assert.equal(report.root, log.tree.root().toString('base64'));
    for (const line of log.entries) parseEntry(line.toString('latin1'), forms);
    sameTable(report, log.entries);
    assert.ok(await checkTiles(get, log) >= log.size);
    for (let index = 0; index < log.size; index++) {
      const bytes = await get(`proof/${index}`);
      assert.ok(checkProof(bytes, log.entries[index], log.key), `the proof of entry ${index}`);
      assert.deepEqual(parseProof(bytes).hashes, log.tree.inclusion(index, log.size));
    }
    // a restart adds an entry; what was remembered still holds
    await server.stop();
    await server.start();
    await shown(server, log.size + 1);
    const again = await verify(server, state);
    assert.equal(again.before, log.size);
    assert.deepEqual(again.findings.filter((f) => f.weight === 'lie'), []);
  } finally { await server.stop(); }
});

test('a log of several levels of tiles: root, counts, tiles, sampled proofs, growth between any two sizes', async () => {
  const server = await nodeWith(many), state = path.join(freshFolder(), 'state');
  try {
    const get = getter(server), log = await readLog(get), report = await verify(server, state);
    assert.ok(log.size > 256 ** 2);
    assert.equal(report.size, log.size);
    assert.equal(report.root, log.tree.root().toString('base64'));
    sameTable(report, log.entries);
    assert.ok(await checkTiles(get, log) > log.size);
    let seed = 20261122;
    const below = (n) => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed % n; };
    for (const index of [0, 1, 255, 256, 65535, 65536, log.size - 1, ...Array.from({ length: 60 }, () => below(log.size))]) {
      const bytes = await get(`proof/${index}`);
      assert.ok(checkProof(bytes, log.entries[index], log.key), `the proof of entry ${index}`);
      assert.equal(checkProof(bytes, log.entries[(index + 1) % log.size], log.key), false);
      assert.ok(includes(index, log.size, log.tree.leaves[index], log.tree.inclusion(index, log.size), log.tree.root()));
    }
    for (let i = 0; i < 60; i++) {
      const size = 1 + below(log.size), old = below(size + 1), proof = log.tree.consistency(old, size);
      assert.ok(consistent(old, size, log.tree.root(old), log.tree.root(size), proof), `${old} ${size}`);
      if (old > 0 && old < size) assert.equal(consistent(old, size, log.tree.root(old - 1), log.tree.root(size), proof), false);
    }
  } finally { await server.stop(); }
});
