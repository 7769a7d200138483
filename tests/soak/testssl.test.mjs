// testssl.sh against our own TLS: nothing above informational, but for what accepted.mjs gives a reason for.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { authority } from '../system/authority.mjs';
import { freshFolder, startServer } from '../system/server.mjs';
import { keep, reports, scan, unaccepted } from './node.mjs';

for (const kind of ['ec', 'rsa'])
  test(`testssl.sh finds nothing above informational, with a key of kind ${kind}`, async () => {
    const folder = freshFolder();
    const ours = authority(path.join(folder, 'authority'));
    const pair = ours.pair('live', { kind, days: 80, host: 'localhost' });
    const server = await startServer({ settings: { 'tls.certificate': pair.certificate, 'tls.key': pair.key, 'server.access_log': false } });
    const report = path.join(reports, `testssl-${kind}.json`);
    rmSync(report, { force: true });
    const { said } = await scan('testssl', ['--quiet', '--color', '0', '--warnings', 'off', '--add-ca', ours.ca, '--jsonfile', report, `https://127.0.0.1:${server.port}/`], 20);
    keep(`testssl-${kind}.txt`, said);
    await server.stop();
    const all = JSON.parse(readFileSync(report, 'utf8'));
    assert.ok(all.length > 100, `a whole scan has more lines than ${all.length}`);
    assert.ok(all.some((f) => f.id === 'TLS1_3' && f.severity === 'OK') && all.some((f) => f.id === 'cert_chain_of_trust' && /passed/.test(f.finding)), 'it saw our TLS and our chain');
    const found = all.filter((f) => !['OK', 'INFO'].includes(f.severity)).map((f) => ({ id: f.id, what: `${f.severity}: ${f.finding}` }));
    assert.deepEqual(unaccepted('testssl', found), []);
  });
