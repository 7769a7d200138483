// nginx before a node, from packaging/nginx/amanat.conf itself: its addresses, folder and certificate are set to this run's.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root } from '../tests/system/server.mjs';
import { freePort } from './measure.mjs';

/** A folder that nginx's workers can read; with TLS a certificate of our own. */
function certificate(folder) {
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=amanat.example',
    '-addext', 'subjectAltName=DNS:amanat.example,IP:127.0.0.1', '-keyout', path.join(folder, 'tls.key'), '-out', path.join(folder, 'tls.crt')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
}

/** The packaged file, changed only where a machine differs; every change must find its place. */
function adapted({ folder, server, tls, plain, open }) {
  let text = readFileSync(path.join(root, 'packaging/nginx/amanat.conf'), 'utf8');
  const change = (from, to) => {
    if (!text.includes(from)) throw new Error(`packaging/nginx/amanat.conf has no "${from}"`);
    text = text.replaceAll(from, to);
  };
  change('127.0.0.1:8080', `127.0.0.1:${server.port}`);
  change('listen 80;', `listen 127.0.0.1:${plain};`);
  change('listen [::]:80;', '');
  change('listen 443 ssl http2;', open ? `listen 127.0.0.1:${tls} ssl http2; listen 127.0.0.1:${open};` : `listen 127.0.0.1:${tls} ssl http2;`);
  change('listen [::]:443 ssl http2;', '');
  change('/etc/letsencrypt/live/amanat.example/fullchain.pem', path.join(folder, 'tls.crt'));
  change('/etc/letsencrypt/live/amanat.example/privkey.pem', path.join(folder, 'tls.key'));
  change('/var/lib/amanat/node', server.folder);
  return text;
}

/** Resolves with { https, http, clear, stop }: TLS, the redirecting port and, with `clear`, the same server without TLS. */
export async function nginxBefore(server, folder, { clear = false } = {}) {
  mkdirSync(folder, { recursive: true });
  certificate(folder);
  const [tls, plain, open] = [await freePort(), await freePort(), clear ? await freePort() : 0];
  const conf = path.join(folder, 'nginx.conf');
  writeFileSync(conf, `worker_processes 2; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 4096; }
http { default_type application/octet-stream; keepalive_requests 1000000000; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
${adapted({ folder, server, tls, plain, open })} }\n`);
  chmodSync(folder, 0o755);
  const child = spawn('nginx', ['-p', folder, '-c', conf, ...(process.getuid() === 0 ? ['-g', 'user root;'] : [])], { stdio: 'ignore' });
  process.on('exit', () => child.kill('SIGTERM'));
  const ended = new Promise((resolve) => child.on('close', resolve));
  const until = Date.now() + 10_000;
  for (;;) {
    try { await fetch(`http://127.0.0.1:${plain}/`, { redirect: 'manual' }); break; } catch (e) {
      if (Date.now() > until || child.exitCode !== null) throw new Error(`nginx does not start: ${readFileSync(`${folder}/error.log`, 'utf8')}; ${e}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return { https: `https://127.0.0.1:${tls}`, http: `http://127.0.0.1:${plain}`, clear: open ? `http://127.0.0.1:${open}` : null,
    stop: () => { child.kill('SIGTERM'); return ended; } };
}
