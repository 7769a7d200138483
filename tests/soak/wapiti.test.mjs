// wapiti against a demo node over our own TLS: once as a visitor, once signed in, over every page and every GET of the interface.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { authority } from '../system/authority.mjs';
import { freshFolder } from '../system/server.mjs';
import { demoNode, reports, scan, unaccepted } from './node.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

// Not ssrf and xxe, which report to a server of wapiti's author; not nikto and wapp, which fetch their tables from the net; not the two that guess names.
const modules = 'backup,blindsql,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,shellshock,sql,xss';

const attackSeconds = process.env.SOAK_ATTACK_SECONDS ?? '240';          // a module
let server, starts, session;
before(async () => {
  const pair = authority(path.join(freshFolder(), 'authority')).pair('live', { days: 80 });
  server = await demoNode({ 'tls.certificate': pair.certificate, 'tls.key': pair.key, 'limits.read_per_minute': 100_000_000 });
  const member = await server.signUp('scanner', { client: 'program' });
  session = member.token;
  const visitor = server.visitor();
  const { items } = (await visitor.get('/api/v1/feed')).body;
  const [{ id, author, src, poster }] = items;
  const filled = { id, handle: author.handle, name: 'demo', tag: 'demo', hash: path.basename(src), rest: '' };
  const described = (await visitor.get('/api/v1/openapi.json')).body;
  const names = ['q', 'cursor', 'limit', 'after', 'before', 'language', 'sort', 'kind'];
  const query = `?${names.map((n) => `${n}=1`).join('&')}`;
  const gets = Object.entries(described.paths).filter(([where, methods]) => methods.get && !/events|metrics/.test(where))
    .map(([where]) => where.replace(/\{(\w+)\*?\}/g, (all, name) => filled[name] ?? id));
  starts = [...new Set(['/', '/letter', `/@${author.handle}`, `/@${author.handle}/video/${id}`, `/embed/${id}`, src, poster, '/search?q=demo', ...gets.flatMap((g) => [g, g + query])])].filter(Boolean);
  assert.ok(starts.length > 20, `pages to begin with: ${starts.length}`);
});
after(async () => { await server?.stop(); });

const requests = async () => [...(await server.visitor().get('/metrics')).text.matchAll(/^amanat_http_requests_total\{.*\} (\d+)$/gm)].reduce((sum, m) => sum + Number(m[1]), 0);

async function wapiti(name, more) {
  const before = await requests();
  const report = path.join(reports, `wapiti-${name}.json`);
  rmSync(report, { force: true });
  await scan('wapiti', ['-u', `${server.url}/`, '-m', modules, '--flush-session', '--store-session', freshFolder(), '--no-bugreport', '-v', '0', '-d', '4', '--max-scan-time', '120',
    '--max-attack-time', attackSeconds, '-f', 'json', '-o', report, ...starts.flatMap((s) => ['-s', server.url + s]), ...more], 90);
  const { vulnerabilities, anomalies } = JSON.parse(readFileSync(report, 'utf8'));
  const asked = await requests() - before;
  assert.ok(asked > 2000, `it attacked with ${asked} requests only`);
  const all = (kinds) => Object.entries(kinds).flatMap(([id, list]) => list.map((f) => ({ id, what: `${f.method} ${f.path} ${f.parameter ?? ''}: ${f.info}` })));
  assert.deepEqual(unaccepted('wapiti', [...all(vulnerabilities), ...all(anomalies)]), []);
}

test('a visitor finds no hole', async () => { await wapiti('visitor', []); assert.ok(await server.alive()); });
test('who is signed in finds no hole', async () => { await wapiti('member', ['-H', `Authorization: Bearer ${session}`]); assert.ok(await server.alive()); });
test('a method that does not exist opens nothing', async () => {
  for (const where of ['/api/v1/me', '/api/v1/drafts']) {
    const { status, body } = await server.visitor().request('ABC', where);
    assert.equal(status, 501, JSON.stringify(body));
    assert.ok(!JSON.stringify(body).includes('handle'));
  }
});
test('the server had no failure of its own meanwhile', () => {
  const own = server.log.split('\n').filter((line) => / status=(?!501)5\d\d /.test(line) || /failure=/.test(line));
  assert.deepEqual(own, [], 'a method that does not exist is 501');
});
