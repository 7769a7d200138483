// Nodes with logs, and nodes that are their witnesses: what tests of both need.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { after } from 'node:test';

import { readKey, signerOfFile } from './notes.mjs';
import { freshFolder, Server } from './server.mjs';

/** Called when the file's tests are over. */
export const running = [];
after(() => Promise.all(running.map((stop) => stop())));
export const started = async (server) => {
  await server.start();
  if (!running.some((stop) => stop.of === server)) running.push(Object.assign(async () => { if (server.child.exitCode === null && server.child.signalCode === null) await server.stop(); }, { of: server }));
  return server;
};

/** A node that has a log and does not run yet: { server, vkey }. */
export async function newLog() {
  const folder = path.join(freshFolder(), 'node'), server = new Server({ folder });
  const { code, stderr } = await server.cli('init');
  assert.equal(code, 0, stderr);
  return { server, vkey: signerOfFile(readFileSync(`${folder}.ledger`, 'utf8')).vkey };
}
/** A node that is a witness for these logs: { server, key, name, vkey, url }. */
export async function newWitness(name, ...vkeys) {
  const around = freshFolder(), logs = path.join(around, 'logs');
  writeFileSync(logs, vkeys.map((vkey) => `log ${vkey}\n`).join(''));
  const server = await started(new Server({ folder: path.join(around, 'node'), settings: { 'ledger.witness_name': `${name}.example/w`, 'ledger.witness_logs': logs } }));
  server.settings['server.port'] = server.port;
  const vkey = (await server.visitor().get('/witness/key')).text.trim();
  return { server, name, vkey, key: readKey(vkey), url: `${server.url}/witness` };
}
export function withPolicy(server, vkey, witnesses, quorum) {
  const file = path.join(path.dirname(server.folder), 'policy');
  const lines = [`log ${vkey}`, ...witnesses.map((w) => `witness ${w.name} ${w.vkey} ${w.url}`), `group all-of-them ${quorum} ${witnesses.map((w) => w.name).join(' ')}`, 'quorum all-of-them'];
  writeFileSync(file, `${lines.join('\n')}\n`);
  server.settings['ledger.policy'] = file;
}
export const ledgerOf = async (server) => (await server.visitor().get('/api/v1/ledger')).body;
/** Waits until the log says what `holds`; gives what it said. */
export async function until(server, holds, what) {
  const end = Date.now() + 60_000;
  for (;;) {
    const said = await ledgerOf(server);
    if (await holds(said)) return said;
    if (Date.now() > end) assert.fail(`${what}: ${JSON.stringify(said)}\n${server.log.slice(-3000)}`);
    await moment(30);
  }
}
export const whole = (server) => until(server, (s) => s.state === 'whole' && s.size === s.entries && s.size > 0, 'whole');
export const checkpointOf = (server) => server.visitor().get('/ledger/checkpoint');
