// slowhttptest's four attacks, over a clear port and over our own TLS: others are served meanwhile, and in the end none of its connections is held.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

import { authority } from '../system/authority.mjs';
import { freshFolder } from '../system/server.mjs';
import { demoNode, keep, reports, scan } from './node.mjs';

const CONNECTIONS = Number(process.env.SOAK_CONNECTIONS ?? 2000);
const slowest = 2000;       // ms, of a request beside the attack

const nodes = {};
let src;
before(async () => {
  const pair = authority(path.join(freshFolder(), 'authority')).pair('live', { days: 80 });
  nodes.clear = await demoNode({ 'server.access_log': false });
  nodes.tls = await demoNode({ 'tls.certificate': pair.certificate, 'tls.key': pair.key, 'server.access_log': false });
  src = Object.fromEntries(await Promise.all(Object.entries(nodes).map(async ([kind, node]) => [kind, (await node.visitor().get('/api/v1/feed')).body.items[0].src])));
});
after(async () => { for (const node of Object.values(nodes)) await node.stop(); });

const common = ['-c', String(CONNECTIONS), '-r', '400', '-p', '3', '-g', '-v', '2'];
const attacks = {
  slowloris: ['-H', '-i', '10', '-l', '150'],
  'slow-body': ['-B', '-i', '10', '-s', '8192', '-l', '150'],
  range: ['-R', '-a', '1', '-b', '3000', '-l', '60'],
  'slow-read': ['-X', '-w', '1', '-y', '1', '-n', '5', '-z', '1', '-k', '3', '-l', '150'],
};

for (const kind of ['clear', 'tls'])
  for (const [name, args] of Object.entries(attacks))
    test(`${name}, ${kind}: others are served, and the attack is cut`, async () => {
      const node = nodes[kind];
      const url = node.url + (name === 'slow-read' || name === 'range' ? src[kind] : name === 'slow-body' ? '/api/v1/sessions' : '/');
      const times = [];
      let going = true;
      const beside = (async () => {
        while (going) {
          const began = performance.now();
          const { status } = await node.visitor().get('/healthz');
          times.push(status === 200 ? performance.now() - began : Infinity);
          await new Promise((r) => setTimeout(r, 100));
        }
      })();
      const prefix = path.join(reports, `slowhttptest-${name}-${kind}`);
      const { said } = await scan('slowhttptest', [...args, ...common, '-o', prefix, '-u', url], 6);
      going = false;
      await beside;
      keep(`slowhttptest-${name}-${kind}.txt`, said);
      const rows = readFileSync(`${prefix}.csv`, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number));
      assert.ok(Math.max(...rows.map((r) => r[1] + r[2] + r[3])) > CONNECTIONS / 4, 'it attacked');
      assert.ok(times.length > 10);
      assert.ok(Math.max(...times) < slowest, `the slowest request beside took ${Math.max(...times)} ms of ${times.length}`);
      const held = Number(/^amanat_http_connections (\d+)$/m.exec((await node.visitor().get('/metrics')).text)[1]);
      assert.ok(held < CONNECTIONS / 10, `${held} connections are still held`);
    });
