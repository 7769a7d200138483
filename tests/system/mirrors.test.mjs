// What a mirror is good for, from outside: it mends a row that does not open, it is not believed twice, and after a succession strangers still read the old log there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';

import { enter } from './entered.mjs';
import { binary, freshFolder, run } from './server.mjs';
import { checkpointOf, newLog, started, until, whole } from './witnesses.mjs';
import { readCheckpoint } from './notes.mjs';

const damager = path.join(path.dirname(binary), 'tests/system/damage');
const ok = ({ code, stdout, stderr }) => { assert.equal(code, 0, `${stdout}\n${stderr}`); return stdout; };
const incidents = (n, first = 0) => Array.from({ length: n }, (_, i) => `incident ${new Date().toISOString().slice(0, 19)}Z incident=${(first + i).toString(16).padStart(16, '0')} kind=outage happened=2026-06-01 people=0 told=- report=-`);

/** A log with a mirror and so many entries, stopped: { server, vkey, mirror, shown }. */
async function mirrored(entries) {
  const { server, vkey } = await newLog(), mirror = path.join(path.dirname(server.folder), 'mirror');
  mkdirSync(mirror);
  server.settings['ledger.mirror'] = mirror;
  await started(server);
  await enter(server, incidents(entries));
  await whole(server);
  const shown = readCheckpoint((await checkpointOf(server)).text);
  await server.stop();
  return { server, vkey, mirror, shown };
}

/** The folder as a web site: `change` may give other bytes for a path and the how-manieth time that it is asked for. */
async function serve(folder, change) {
  const asked = new Map();
  const site = createServer((request, response) => {
    const file = path.join(folder, request.url), times = (asked.get(request.url) ?? 0) + 1;
    asked.set(request.url, times);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) { response.writeHead(404).end(); return; }
    response.end(change(request.url, times, readFileSync(file)));
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${site.address().port}`, stop: () => new Promise((resolve) => { site.closeAllConnections(); site.close(resolve); }) };
}

test('a row that does not open is named by fsck with the command that mends it, and mended from the mirror where it stands', async () => {
  const { server, mirror, shown } = await mirrored(300);
  const row = "number = (SELECT min(number) FROM logged WHERE count > 50)";
  execFileSync(damager, [server.folder, `${server.folder}.key`, 'public', `UPDATE logged SET packed = zeroblob(40), lines = '' WHERE ${row}`]);
  const found = await server.cli('fsck', '--json'), finding = JSON.parse(found.stdout).findings.find((f) => f.name === 'ledger-entries');
  assert.equal(found.code, 1);
  assert.match(finding.repair, /amanat ledger fetch/);
  assert.match((await server.cli('ledger', 'succeed', '--yes', '--reason', 'database-lost')).stderr, /amanat ledger fetch/, 'a log that cannot be read is not succeeded');
  await server.start();
  await until(server, (s) => s.state === 'forked', 'nothing is signed');
  assert.match(server.log, /amanat ledger fetch/);
  await server.stop();
  assert.match(ok(await server.cli('ledger', 'fetch', mirror)), /Fetched \d+ entries/);
  ok(await server.cli('fsck'));
  await server.start();
  assert.equal((await whole(server)).size, shown.size + 2, 'and the two starts');
  const report = await run(['verify', server.url, '--state', path.join(freshFolder(), 'state'), '--json']);
  assert.deepEqual(JSON.parse(report.stdout).findings.filter((f) => f.weight === 'lie'), []);
});

test('a mirror on the web that gives other entries the second time is refused, and none of them is entered', async () => {
  const { server, mirror, shown } = await mirrored(300);
  execFileSync(damager, [server.folder, `${server.folder}.key`, 'public', 'DELETE FROM logged WHERE number >= 2; DELETE FROM logged_mixed']);
  const lying = await serve(mirror, (_, times, bytes) => (times > 1 ? Buffer.from(bytes.toString('latin1').replaceAll('kind=outage', 'kind=breach'), 'latin1') : bytes));
  try {
    assert.match((await server.cli('ledger', 'fetch', lying.url)).stderr, /gives other entries than a moment ago/);
  } finally { await lying.stop(); }
  // begun, it has to end: nothing is signed, and no other command goes on from there
  assert.match((await server.cli('ledger', 'succeed', '--yes', '--reason', 'database-lost')).stderr, /`amanat ledger fetch` was begun here/);
  const honest = await serve(mirror, (_, __, bytes) => bytes);
  try {
    ok(await server.cli('ledger', 'fetch', honest.url));
  } finally { await honest.stop(); }
  await server.start();
  assert.equal((await whole(server)).size, shown.size + 1);
  assert.ok(!(await server.visitor().get('/api/v1/trust/entries?limit=100')).text.includes('kind=breach'));
  ok(await server.cli('fsck'));
});

test('yesterday\'s data put back beside today\'s mirror is noticed, and the mirror stays as it is', async () => {
  const { server, mirror, shown } = await mirrored(20), yesterday = `${server.folder}.yesterday`;
  cpSync(server.folder, yesterday, { recursive: true });
  await server.start();
  await enter(server, incidents(5, 100));
  await whole(server);
  await server.stop();
  rmSync(server.folder, { recursive: true });
  cpSync(yesterday, server.folder, { recursive: true });
  const kept = readFileSync(path.join(mirror, 'checkpoint'), 'utf8');
  // in another second than the start that was lost: of one time, both would have one line
  await new Promise((resolve) => setTimeout(resolve, 1010 - Date.now() % 1000));
  await server.start();
  await until(server, (s) => s.state === 'behind', 'noticed');
  assert.match(server.log, /the mirror has more of it than is here.*amanat ledger fetch/);
  assert.notEqual((await checkpointOf(server)).status, 200);
  await server.stop();
  assert.equal(readFileSync(path.join(mirror, 'checkpoint'), 'utf8'), kept);
  ok(await server.cli('ledger', 'fetch', mirror));
  await server.start();
  assert.equal((await whole(server)).size, shown.size + 1 + 5 + 1 + 1);
});

test('after a succession the old log stays in its mirror, under its own name, for who wants to check what was said in it', async () => {
  const { server, vkey, mirror, shown } = await mirrored(20);
  ok(await server.cli('ledger', 'succeed', '--yes', '--reason', 'key-lost'));
  await server.start();
  await whole(server);
  const [before] = readdirSync(mirror).filter((name) => name.startsWith('before-'));
  assert.ok(before?.startsWith(`before-${vkey.split('+')[0].replace('/', '-')}`), before);
  const { stdout, stderr } = await run(['verify', '--from-files', path.join(mirror, before), '--key', vkey, '--state', path.join(freshFolder(), 'state'), '--json']);
  assert.ok(stdout.startsWith('{'), stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual([report.size, report.root, report.findings.filter((f) => f.weight === 'lie')], [shown.size, shown.root, []]);
});
