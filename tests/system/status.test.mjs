// What who runs a node sees of it: amanat status, the counters, the dashboard made for them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { freshFolder, password, root, run, startServer } from './server.mjs';

const metrics = async (server) => (await fetch(`${server.url}/metrics`)).text();
const status = async (server, ...more) => {
  const { code, stdout, stderr } = await server.cli('status', ...more);
  assert.equal(code, 0, stderr);
  return stdout;
};
const json = async (server) => JSON.parse(await status(server, '--json'));
const codes = (said) => said.warnings.map((w) => w.code);

test('status tells of a running server what it is, where, and what it holds; of a stopped one that it does not run', async () => {
  const server = await startServer({ settings: { 'region.operator_name': 'A co-operative' } });
  await server.signUp('asha');
  const demand = await server.cli('demand', 'add', '--asker', 'SG', '--kind', 'data', '--basis', 'court', '--authority', 'High Court');
  assert.equal(demand.code, 0, demand.stderr);
  const said = await json(server);
  assert.deepEqual([said.server.pid, said.server.port, said.server.version], [server.pid, server.port, said.version]);
  assert.ok(said.server.uptime_seconds >= 0 && said.server.uptime_seconds < 60);
  assert.deepEqual([said.accounts, said.videos, said.demands, said.seal], [1, 0, 1, 'open']);
  assert.ok(said.disk.free_bytes > 0 && said.disk.bytes > said.disk.free_bytes);
  assert.ok(said.stores.personal > 0 && said.stores.public > 0 && said.stores.keys > 0);
  assert.ok(!codes(said).includes('not-running'));
  const screen = await status(server);
  assert.match(screen, new RegExp(`runs: process ${server.pid}, 127\\.0\\.0\\.1 port ${server.port}`));
  assert.ok(screen.split('\n').length <= 24, 'one screen');
  assert.ok(!screen.includes('asha'), 'names nobody');
  await server.stop();
  const after = await json(server);
  assert.equal(after.server, null);
  assert.ok(codes(after).includes('not-running'));
});

test('after a kill status does not take the note that was left for a server', async () => {
  const server = await startServer();
  await server.kill();
  assert.equal((await json(server)).server, null);
});

test('each warning comes with its remedy, and goes when it is followed', async () => {
  const server = await startServer({ settings: { 'server.trusted_proxies': '127.0.0.1' } });
  const said = await json(server);
  assert.deepEqual(codes(said).filter((c) => c !== 'disk-low').sort(), ['operator-unstated', 'url-unset']);
  for (const w of said.warnings) assert.ok(w.what.endsWith('.') && w.remedy.endsWith('.'), w.code);
  const guide = readFileSync(path.join(root, 'docs/operating.md'), 'utf8');
  const known = [...readFileSync(path.join(root, 'src/cli/status.c'), 'utf8').matchAll(/warn_if\(status, .*?, "([a-z-]+)", "/g)].map((m) => m[1]);
  assert.ok(known.length >= 8);
  for (const code of known) assert.ok(guide.includes(`\`${code}\``), `docs/operating.md explains ${code}`);
  Object.assign(server.settings, { 'server.url': 'https://amanat.example', 'region.operator_name': 'A co-operative' });
  await server.restart();
  const mended = await json(server);
  assert.deepEqual(codes(mended).filter((c) => c !== 'disk-low'), []);
  await server.stop();
});

test('status of a folder without a node says how to make one', async () => {
  const { code, stderr } = await run(['status', '--folder', path.join(freshFolder(), 'none')]);
  assert.equal(code, 1);
  assert.match(stderr, /amanat init/);
});

test('the counters are well-formed, each with help and type, and name nobody', async () => {
  const server = await startServer();
  const asha = await server.signUp('asha.first');
  await asha.get('/api/v1/me');
  const text = await metrics(server);
  const declared = new Map([...text.matchAll(/^# TYPE (\S+) (counter|gauge)$/gm)].map((m) => [m[1], m[2]]));
  for (const line of text.trim().split('\n').filter((l) => !l.startsWith('#'))) {
    const m = /^(amanat_[a-z_]+)(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? (-?[0-9.e+]+)$/.exec(line);
    assert.ok(m, line);
    assert.ok(declared.has(m[1]), line);
    assert.ok(text.includes(`# HELP ${m[1]} `), line);
    assert.equal(declared.get(m[1]) === 'counter', m[1].endsWith('_total'), line);
  }
  assert.doesNotMatch(text, /asha|127\.0\.0\.1/);
  await server.stop();
});

test('every metric that the dashboard names exists, and every metric is on the dashboard', async () => {
  const server = await startServer();
  const text = await metrics(server);
  await server.stop();
  const board = JSON.parse(readFileSync(path.join(root, 'packaging/grafana/amanat.json'), 'utf8'));
  const exprs = board.panels.flatMap((p) => (p.targets ?? []).map((t) => t.expr));
  const named = new Set(exprs.flatMap((e) => e.match(/amanat_[a-z_]+/g) ?? []));
  const real = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]));
  assert.deepEqual([...named].filter((n) => !real.has(n)), []);
  assert.deepEqual([...real].filter((n) => !named.has(n)), []);
  for (const e of exprs) for (const m of e.matchAll(/(amanat_[a-z_]+)\{(\w+)="(\w+)"/g)) assert.ok(text.includes(`${m[1]}{${m[2]}="${m[3]}"`), e);
  assert.equal(new Set(board.panels.map((p) => p.id)).size, board.panels.length);
});

test('refusals are counted by rate class', async () => {
  const server = await startServer({ settings: { 'limits.sign_in_per_hour': 1 } });
  await server.signUp('asha');
  const guess = () => server.visitor().post('/api/v1/sessions', { handle: 'asha', password: `${password}x` });
  await guess();
  const refused = await guess();
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers.get('retry-after')) > 0);
  assert.match(await metrics(server), /^amanat_limits_refused_total\{class="sign-in"\} [1-9]/m);
  await server.stop();
});

test('the level of the log is a setting, and changes what is said', async () => {
  const quiet = await startServer({ settings: { 'server.log': 'error' } });
  await quiet.visitor().get('/healthz');
  await quiet.stop();
  assert.equal(quiet.log, '');
  const loud = await startServer({ settings: { 'server.log': 'info' } });
  await loud.visitor().get('/healthz');
  await loud.stop();
  assert.match(loud.log, / info started version=/);
});
