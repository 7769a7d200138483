// The node's log from outside: what is shown, what a restore may not sign, how it is fetched from a mirror or succeeded.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { soon } from './patience.mjs';
import { Server, freshFolder, startServer } from './server.mjs';

const ok = (result) => { assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`); return result.stdout; };
const parsed = (text) => {
  const [origin, size, root] = text.split('\n');
  return { origin, size: Number(size), root, text };
};
const checkpoint = async (server) => {
  const { status, text } = await server.visitor().get('/ledger/checkpoint');
  assert.equal(status, 200, text);
  return parsed(text);
};
const sized = (server, size) => soon(async () => {
  const shown = await checkpoint(server);
  assert.ok(shown.size >= size, `${shown.size} of ${size}`);
  return shown;
});
const entry = async (server, number) => (await server.visitor().get(`/ledger/entry/${number}`)).text;
const leaf = (line) => createHash('sha256').update(Buffer.from([0])).update(line).digest();
const node = (left, right) => createHash('sha256').update(Buffer.from([1])).update(left).update(right).digest();

// After its first start: its origin, its first charter, the start.
const BEGUN = 3;

test('a log begins with its origin and its charter, and says each start; the entries hash to the root that is shown', async () => {
  const server = await startServer();
  const shown = await sized(server, BEGUN);
  const [first, second, third] = await Promise.all([0, 1, 2].map((n) => entry(server, n)));
  assert.match(first, new RegExp(`^origin \\S+ origin=${shown.origin} key=${shown.origin}\\+[0-9a-f]{8}\\+\\S+$`));
  assert.match(second, /^charter \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ version=1 charter=[0-9a-f]{64} previous=-$/);
  assert.match(third, /^node-started \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ version=\S+ build=[0-9a-f]{64}$/);
  assert.equal(node(node(leaf(first), leaf(second)), leaf(third)).toString('base64'), shown.root);
  const { bytes } = await server.visitor().get('/ledger/tile/0/000.p/2');
  assert.deepEqual(bytes, Buffer.concat([leaf(first), leaf(second)]));
  const key = (await server.visitor().get('/ledger/key')).text;
  assert.ok(first.endsWith(key.trim()));
  assert.match((await server.visitor().get('/ledger/proof/1')).text, /^c2sp\.org\/tlog-proof@v1\nindex 1\n/);
  assert.equal((await server.visitor().get('/ledger/entry/99')).status, 404);
  assert.equal((await server.visitor().get('/ledger/tile/0/000')).status, 404);
  assert.equal((await server.visitor().get('/ledger/tile/0/x000/000')).status, 404);
  await server.stop();
  const again = await new Server({ folder: server.folder }).start();
  assert.match(await entry(again, (await sized(again, shown.size + 1)).size - 1), /^node-started /);
  await again.stop();
});

/** A node that was started several times with a mirror, and its folder as it was after the first. */
async function nodeWithPast() {
  const base = freshFolder();
  const mirror = path.join(base, 'mirror');
  mkdirSync(mirror);
  const settings = { 'ledger.mirror': mirror };
  const server = await startServer({ settings });
  await sized(server, BEGUN);
  await server.stop();
  const old = path.join(base, 'old');
  cpSync(server.folder, old, { recursive: true });
  for (let i = 0; i < 3; i++) {
    const more = await new Server({ folder: server.folder, settings }).start();
    await sized(more, BEGUN + 1 + i);
    await more.stop();
  }
  // What was shown last: until it stopped the node may have entered something of its own, at midnight.
  return { server, mirror, old, shown: parsed(readFileSync(path.join(server.folder, 'ledger/checkpoint'), 'utf8')), settings };
}
const putBack = ({ server, old }) => {
  rmSync(server.folder, { recursive: true });
  cpSync(old, server.folder, { recursive: true });
  writeFileSync(path.join(server.folder, 'ledger/restored'), 'restored from a backup\n');
};

/** Has the log's lock as a command has it, until the function that it gives is called. */
async function holdLog(server) {
  const holder = spawn('flock', [path.join(server.folder, 'ledger', 'lock'), 'sh', '-c', 'echo held; read line'], { stdio: ['pipe', 'pipe', 'ignore'] });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  return () => holder.stdin.end('\n');
}

test('a server that begins while a command has the log signs as soon as that has ended', async () => {
  const server = await startServer();
  await sized(server, BEGUN);
  await server.stop();
  const letGo = await holdLog(server);
  const starting = server.start();
  setTimeout(letGo, 1500);
  await starting;
  await sized(server, BEGUN + 1);
  await server.stop();
});

test('a command whose entry is not signed in time says so, and ends well', async () => {
  const server = await startServer();
  await sized(server, BEGUN);
  await server.stop();
  const letGo = await holdLog(server);
  const { code, signal, stdout, stderr } = await server.cli('demand', 'add', '--asker', 'XA', '--kind', 'data', '--basis', 'court');
  letGo();
  assert.deepEqual([code, signal], [0, null], stderr);
  assert.match(stdout, /The entry is not under a checkpoint yet/);
});

test('a mirror has each entry before it is shown, in one bundle a 256', async () => {
  const past = await nodeWithPast();
  const files = readdirSync(past.mirror, { recursive: true }).filter((f) => /\.p\/\d+$/.test(f));
  assert.equal(files.length, 1, files.join());
  const [, entries] = /^tile\/entries\/000\.p\/(\d+)$/.exec(files[0]);
  assert.ok(Number(entries) >= past.shown.size, files[0]);      // more: one came since that is not shown yet
});

test('a restored log signs nothing until a mirror has given what it lacks; then nothing is missing and nothing is lost', async () => {
  const past = await nodeWithPast();
  putBack(past);
  const kept = () => readFileSync(path.join(past.server.folder, 'ledger/checkpoint'), 'utf8'), text = kept(), before = { size: Number(text.split('\n')[1]) };
  const restored = await new Server({ folder: past.server.folder }).start();
  await new Promise((resolve) => setTimeout(resolve, 400));     // its thread looks every 100 ms
  assert.equal(kept(), text, 'nothing new was signed');
  assert.equal((await restored.visitor().get('/ledger/checkpoint')).status, 503, 'and what may not be the newest is not shown');
  assert.equal((await restored.visitor().get('/healthz')).status, 200);
  assert.match((await restored.cli('ledger', 'fetch', past.mirror)).stderr, /stop the server first/);
  await restored.stop();
  assert.match(ok(await restored.cli('ledger', 'fetch', past.mirror)), new RegExp(`Fetched ${past.shown.size - before.size} entries`));
  const again = await new Server({ folder: past.server.folder }).start();
  const shown = await sized(again, past.shown.size + 2);
  assert.equal(shown.origin, past.shown.origin);
  assert.match(await entry(again, past.shown.size), /^node-started /, 'what was entered meanwhile stands behind');
  assert.equal((await again.cli('fsck', '--json')).code, 0);
  await again.stop();
});

test('a mirror that was tampered with is refused, and nothing is changed', async () => {
  const past = await nodeWithPast();
  putBack(past);
  const bundle = path.join(past.mirror, `tile/entries/000.p/${past.shown.size}`);
  const server = new Server({ folder: past.server.folder });
  const tampered = readFileSync(bundle);
  tampered[tampered.length - 1] ^= 1;
  writeFileSync(bundle, tampered);
  const { code, stderr } = await server.cli('ledger', 'fetch', past.mirror);
  assert.equal(code, 1);
  assert.match(stderr, /mirror|no value for/);
  assert.ok(existsSync(path.join(past.server.folder, 'ledger/restored')));
});

test('a succession names the old head and the gap, and keeps the numbers of what is there', async () => {
  const past = await nodeWithPast();
  putBack(past);
  const { size, root } = past.shown;
  const server = new Server({ folder: past.server.folder });
  assert.equal((await server.cli('ledger', 'succeed', '--yes')).code, 2);
  ok(await server.cli('ledger', 'succeed', '--yes', '--reason', 'database-lost', '--old-size', String(size), '--old-root', root, '--origin', 'example.org/second'));
  const again = await new Server({ folder: past.server.folder }).start();
  const shown = await sized(again, BEGUN + 1);
  assert.equal(shown.origin, 'example.org/second');
  assert.match(await entry(again, 0), new RegExp(`^succession .* old_origin=${past.shown.origin} .*old_size=${size} old_root=${root.replace(/[+]/g, '\\+')} kept=${BEGUN} reason=database-lost$`));
  assert.match(await entry(again, 1), /^charter /);
  assert.equal((await again.cli('fsck', '--json')).code, 0);
  await again.stop();
});

test('another key signs beside the first, and alone when that was revoked', async () => {
  const server = await startServer();
  const first = (await server.visitor().get('/ledger/key')).text.trim();
  await server.stop();
  const second = ok(await server.cli('ledger', 'key', 'add')).trim();
  const both = await new Server({ folder: server.folder }).start();
  assert.equal((await sized(both, BEGUN + 2)).text.split('\n\u2014 ').length, 3);
  assert.equal((await both.visitor().get('/ledger/key')).text, `${first}\n${second}\n`);
  await both.stop();
  assert.match((await server.cli('ledger', 'key', 'revoke', `${first}x`)).stderr, /key/);
  ok(await server.cli('ledger', 'key', 'revoke', first));
  assert.equal((await server.cli('ledger', 'key', 'revoke', second)).code, 1);
  const one = await new Server({ folder: server.folder }).start();
  const shown = await sized(one, BEGUN + 4);
  assert.equal(shown.text.split('\n\u2014 ').length, 2);
  assert.match(await entry(one, BEGUN + 2), new RegExp(`^key-revoked \\S+ key=${first.replace(/[+]/g, '\\+')} reason=rotated$`));
  await one.stop();
});
