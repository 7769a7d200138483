// Starts the built server on a fresh folder and a free port, and speaks to it.
//
//   const server = await startServer({ settings: { 'accounts.sign_up': 'closed' } });
//   const asha = await server.signUp('asha');
//   const { status, body } = await asha.get('/api/v1/me');
//   await server.stop();                                  // SIGTERM, expects exit code 0
//
// The program is AMANAT_BIN, or amanat in AMANAT_BUILD (a path from the repository's root), or build/amanat.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const binary = process.env.AMANAT_BIN
  ? path.resolve(root, process.env.AMANAT_BIN)
  : path.resolve(root, process.env.AMANAT_BUILD ?? 'build', 'amanat');

// What goes at the exit goes, too, when a test is told to end: its servers, its folders.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/** A fresh folder that goes away with the process, and with it the keys that a node keeps beside its own. */
export function freshFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'amanat-test-'));
  process.on('exit', () => {
    const ours = (name) => name === path.basename(folder) || name.startsWith(`${path.basename(folder)}.`);
    for (const name of readdirSync(os.tmpdir()).filter(ours)) rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
  });
  return folder;
}

const flags = (settings) => Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

/** Runs a command to its end: { code, signal, stdout, stderr }. `input` is what it reads. */
export function run(args, { input = '', env = {}, cwd, timeout = 120_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { env: { ...process.env, ...env }, cwd });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (d) => { out.stdout += d; });
    child.stderr.on('data', (d) => { out.stderr += d; });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', reject);
    child.on('close', (code, signal) => { clearTimeout(timer); resolve({ code, signal, ...out }); });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** One visitor: keeps cookies as a browser does, and says that its posts come from the server's own pages. */
export class Client {
  constructor(url) {
    this.url = url;
    this.cookies = new Map();
    this.token = null;
  }

  async request(method, where, { json, body, headers = {}, redirect = 'manual' } = {}) {
    const all = { ...headers };
    if (this.token) all.authorization ??= `Bearer ${this.token}`;
    else if (this.cookies.size) all.cookie ??= [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    if (method !== 'GET' && method !== 'HEAD') all.origin ??= this.url;
    if (json !== undefined) {
      all['content-type'] ??= 'application/json';
      body = JSON.stringify(json);
    }
    for (const name of Object.keys(all)) if (all[name] === null) delete all[name];
    const response = await fetch(new URL(where, this.url), { method, headers: all, body, redirect, duplex: body ? 'half' : undefined });
    for (const line of response.headers.getSetCookie?.() ?? [response.headers.get('set-cookie')].filter(Boolean)) {
      const [pair, ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const gone = attributes.some((a) => /^\s*max-age=0$/i.test(a));
      if (gone) this.cookies.delete(pair.slice(0, at)); else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString('utf8');
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, headers: response.headers, bytes, text, body: /json/.test(type) && text ? JSON.parse(text) : null };
  }

  get(where, options) { return this.request('GET', where, options); }
  post(where, json, options) { return this.request('POST', where, { json, ...options }); }
  put(where, json, options) { return this.request('PUT', where, { json, ...options }); }
  patch(where, json, options) { return this.request('PATCH', where, { json, ...options }); }
  delete(where, json, options) { return this.request('DELETE', where, { json, ...options }); }
}

export const password = 'correct horse battery';

// Loose limits and cheap passwords: a test that is about them sets its own.
const testing = {
  'server.port': 0, 'server.drain_seconds': 2,
  'accounts.password_mib': 8, 'accounts.password_passes': 1,
  'limits.sign_in_per_hour': 100000, 'limits.sign_up_per_hour': 100000, 'limits.write_per_minute': 1000000,
  'limits.read_per_minute': 10000000, 'limits.media_per_minute': 10000000, 'limits.upload_per_day': 100000,
};

export class Server {
  constructor({ folder = path.join(freshFolder(), 'node'), settings = {}, env = {} } = {}) {
    this.folder = folder;
    this.settings = { ...testing, ...settings };
    this.env = env;
    this.logText = '';
    this.switches = [];                                // of `serve`, beside --init
    this.program = [binary];                           // what runs it
  }

  /** Options that make another command work on this server's folder: cli('user', 'list') appends them. */
  get commandOptions() { return ['--folder', this.folder, ...flags(this.settings)]; }
  cli(...args) { return run([...args, ...this.commandOptions], { env: this.env }); }
  get log() { return this.logText; }
  get pid() { return this.child.pid; }

  async start() {
    const began = process.hrtime.bigint();
    const [program, ...before] = this.program;
    const child = spawn(program, [...before, 'serve', '--init', ...this.switches, ...this.commandOptions], { env: { ...process.env, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
    const cleanUp = () => child.kill('SIGKILL');
    process.on('exit', cleanUp);
    this.ended.then(() => process.off('exit', cleanUp));
    child.stderr.on('data', (d) => { this.logText += d; });
    this.printed = '';
    this.url = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no address within 60 s\n${this.printed}\n${this.logText}`)), 60_000);
      child.stdout.on('data', (d) => {
        this.printed += d;
        const address = /https?:\/\/[^\s/]+:\d+/.exec(this.printed);
        if (address) { clearTimeout(timer); resolve(address[0]); }
      });
      child.on('error', reject);
      this.ended.then(({ code, signal }) => { clearTimeout(timer); reject(new Error(`ended with ${code ?? signal}\n${this.printed}\n${this.logText}`)); });
    });
    for (const held of [child, child.stdout, child.stderr]) held.unref();      // a failed test must not wait for its server
    this.startMs = Number(process.hrtime.bigint() - began) / 1e6;
    this.port = Number(new URL(this.url).port);
    return this;
  }

  /** Stops as a service manager does; throws when the server did not end well. */
  async stop() {
    this.child.ref();
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 60_000);
    const { code, signal } = await this.ended;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the server ended with ${code ?? signal}\n${this.logText.slice(-8000)}`);
  }

  /** As a power cut does. */
  async kill() {
    this.child.ref();
    this.child.kill('SIGKILL');
    await this.ended;
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  /** A visitor who is not signed in. */
  visitor() { return new Client(this.url); }

  /** A new account, signed in by cookie; `client: 'program'` by bearer token. */
  async signUp(handle, extra = {}) {
    const client = this.visitor();
    const { status, body } = await client.post('/api/v1/accounts', { handle, password, ...extra });
    if (status !== 201) throw new Error(`sign-up of ${handle}: ${status} ${JSON.stringify(body)}`);
    if (body.token) client.token = body.token;
    client.account = body.account;
    return client;
  }

  /** Still answers?  On a connection of its own: a kept one may have been idle for so long that the server is closing it. */
  alive() {
    const { get } = this.url.startsWith('https:') ? https : http;
    return new Promise((resolve, reject) => {
      get(new URL('/healthz', this.url), { agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      }).on('error', reject);
    });
  }
}

export async function startServer(options) {
  return new Server(options).start();
}
