// A client that knows of each of its requests when its last byte was handed to the kernel, and whether it was answered.
import net from 'node:net';

export const now = () => process.hrtime.bigint();              // CLOCK_MONOTONIC, as `mortal` tells its end
const PATIENCE_MS = 20_000;

/** A request that was never answered: the server ended, or had ended. */
export class Cut extends Error {}

/** The requests of one life of the server: those that stand open, and those that were cut off. */
export class Traffic {
  constructor() {
    this.port = 0;
    this.begin();
  }

  begin() { this.open = new Set(); this.cut = []; }

  /** Writes that had been sent at that moment, and whose answer had not come. */
  inFlight(at) { return [...this.open, ...this.cut].filter((r) => r.write && r.sentAt && r.sentAt < at).length; }
}

/** The answer in these bytes; null: not all of it is there. */
function parse(bytes, method) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
  }
  const status = Number(first.split(' ')[1]);
  const n = method === 'HEAD' || status === 204 ? 0 : Number(headers['content-length']);
  if (!Number.isSafeInteger(n)) throw new Error(`${first}: without a length`);
  if (bytes.length < end + 4 + n) return null;
  const text = bytes.subarray(end + 4, end + 4 + n).toString('utf8');
  return { status, headers, text, body: /json/.test(headers['content-type'] ?? '') && text ? JSON.parse(text) : null };
}

/** One connection at a time, one person; one request after the other. */
export class Wire {
  constructor(traffic) {
    this.traffic = traffic;
    this.cookie = null;
    this.socket = null;
  }

  end() { this.socket?.destroy(); }

  /** A connection to the server that runs now. */
  #connect() {
    const { port } = this.traffic;
    if (this.socket && !this.socket.destroyed && this.port === port) return Promise.resolve(this.socket);
    this.socket?.destroy();
    this.port = port;
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
      this.socket = socket;
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed')));
      socket.on('connect', () => resolve(socket));
    });
  }

  #exchange(socket, request, method, bytes) {
    return new Promise((resolve, reject) => {
      let got = Buffer.alloc(0);
      const done = (e, answer) => {
        clearTimeout(timer);
        socket.removeListener('data', more);
        socket.removeListener('close', ended);
        if (e) { socket.destroy(); reject(e); } else resolve(answer);
      };
      const ended = () => done(new Error('closed'));
      const more = (d) => {
        got = got.length ? Buffer.concat([got, d]) : d;
        try {
          const answer = parse(got, method);
          if (answer) done(null, answer);
        } catch (e) { done(e); }
      };
      const timer = setTimeout(() => done(new Error('no answer')), PATIENCE_MS);
      socket.on('data', more);
      socket.on('close', ended);
      socket.write(bytes, () => { request.sentAt ??= now(); });
      if (socket.writableLength === 0) request.sentAt = now();  // the kernel took all of it at once
    });
  }

  async ask(method, path, { json, body, headers = {} } = {}) {
    const { traffic } = this;
    const { cut, open } = traffic;
    const write = method !== 'GET' && method !== 'HEAD';
    const all = { host: `127.0.0.1:${traffic.port}`, ...headers };
    if (this.cookie) all.cookie = this.cookie;
    if (write) all.origin = `http://${all.host}`;
    if (json !== undefined) { body = Buffer.from(JSON.stringify(json)); all['content-type'] = 'application/json'; }
    if (write) all['content-length'] = body?.length ?? 0;
    const head = `${method} ${path} HTTP/1.1\r\n${Object.entries(all).map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
    const request = { write, sentAt: null };
    open.add(request);
    try {
      const answer = await this.#exchange(await this.#connect(), request, method, body ? Buffer.concat([Buffer.from(head), body]) : head);
      const cookie = answer.headers['set-cookie'];
      if (cookie) this.cookie = /max-age=0/i.test(cookie) ? null : cookie.split(';')[0];
      open.delete(request);
      return answer;
    } catch (e) {
      open.delete(request);
      cut.push(request);
      throw new Cut(`${method} ${path}: ${e.code ?? e.message}`);
    }
  }
}
