// A small client of tus 1.0.0 (https://tus.io/protocols/resumable-upload): creation, chunks, resumption.
// It goes on after lost links and restarts of the server by itself, and after a reload when the same
// file is chosen again: where its upload lies is remembered under the file's fingerprint.
import { Problem } from './api';

export const chunkBytes = 8 * 1024 * 1024;
const firstWait = 500;
const longestWait = 30_000;
const storagePrefix = 'amanat-upload:';

export type TransferState = 'queued' | 'uploading' | 'waiting' | 'paused' | 'done' | 'failed' | 'unfinished';

export interface FileLike {
  name: string;
  size: number;
  type: string;
  lastModified: number;
  slice(from: number, to: number): Blob;
}

export interface Meta {
  caption: string;
  language: string;
  publish: boolean;
  /** Milliseconds; what is absent is not cut off, or left to the server. */
  start?: number;
  end?: number;
  cover?: number;
}

/** What is remembered of an upload that is not complete. */
export interface Remembered extends Meta { url: string; name: string; size: number; sent: number; person: string }

export interface Surroundings {
  request: () => XMLHttpRequest;
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  wait: (ms: number) => Promise<void>;
}

export function fingerprint(file: Omit<FileLike, 'slice'>, person: string): string {
  return storagePrefix + [person, file.name, file.size, file.lastModified, file.type].join('|');
}

/** What an upload is remembered under: two parts of one file are two uploads. */
export function uploadKey(file: Omit<FileLike, 'slice'>, person: string, meta: Meta): string {
  const part = meta.start === undefined && meta.end === undefined ? '' : `|${meta.start ?? ''}-${meta.end ?? ''}`;
  return fingerprint(file, person) + part;
}

/** Upload-Metadata: keys with base64 values of UTF-8; an empty value is left out. */
export function encodeMetadata(pairs: Record<string, string>): string {
  return Object.entries(pairs).filter(([, value]) => value !== '').map(([key, value]) => {
    const utf8 = new TextEncoder().encode(value);
    return `${key} ${btoa(Array.from(utf8, byte => String.fromCharCode(byte)).join(''))}`;
  }).join(',');
}

/** Milliseconds before the nth attempt in a row, from 0; the server's own wish wins. */
export function backOff(attempt: number, retryAfterSeconds = 0): number {
  return Math.max(retryAfterSeconds * 1000, Math.min(firstWait * 2 ** attempt, longestWait));
}

/** Wakes early when the network is back. */
export function waitOnline(ms: number): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
  });
}

const digits = (ms: number | undefined) => ms === undefined ? '' : String(ms);

const browser = (): Surroundings => ({
  request: () => new XMLHttpRequest(),
  storage: localStorage,
  wait: waitOnline,
});

interface Answer { status: number; header: (name: string) => string | null; text: string }

/** Whether the same request may succeed later; a full disk (507) does not empty itself. */
const passes = (status: number) => [0, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);

function problemOf(answer: Answer): Problem {
  try {
    const body = JSON.parse(answer.text);
    return new Problem(answer.status, body.code ?? 'unknown', body.detail ?? '', body.retry_after ?? 0);
  } catch {
    return new Problem(answer.status, answer.status === 413 ? 'too-large' : 'unknown', '');
  }
}

export class Transfer {
  state: TransferState = 'paused';
  sent = 0;
  url = '';
  problem: Problem | null = null;
  readonly key: string;
  private attempt = 0;
  private current: XMLHttpRequest | null = null;
  /** Whether `sent` is what the server has; after any doubt it is asked. */
  private known = false;
  /** Each start has a number; what an older one still does is void. */
  private turn = 0;

  constructor(
    readonly file: FileLike, readonly meta: Meta, private readonly person: string, private readonly endpoint: string,
    private readonly changed: (transfer: Transfer) => void, private readonly around: Surroundings = browser(),
  ) {
    this.key = uploadKey(file, person, meta);
    const stored = around.storage.getItem(this.key);
    if (stored) this.url = (JSON.parse(stored) as Remembered).url;
  }

  async start(): Promise<void> {
    const own = ++this.turn;
    this.problem = null;
    this.become('uploading');
    while (own === this.turn) {
      const answer = await this.advance(own);
      if (own !== this.turn) return;
      if (!answer) {
        this.attempt = 0;
        if (this.url && this.sent >= this.file.size) return this.finish();
        this.become('uploading');
      } else if (passes(answer.status)) {
        this.become('waiting');
        await this.around.wait(backOff(this.attempt++, Number(answer.header('Retry-After')) || 0));
        this.known = false;
      } else {
        this.problem = problemOf(answer);
        // Who was signed out meanwhile goes on after signing in.
        if (answer.status === 401) this.known = false;
        else this.forget();
        return this.become('failed');
      }
    }
  }

  pause(): void {
    this.turn++;
    this.current?.abort();
    this.known = false;
    this.become('paused');
  }

  /** Gives it up here and on the server. */
  async cancel(): Promise<void> {
    this.pause();
    if (this.url) await this.send('DELETE', this.url, {});
    this.forget();
  }

  /** One request further.  Gives the answer when it was not the wished one. */
  private async advance(own: number): Promise<Answer | null> {
    if (!this.url) return this.create(own);
    if (!this.known) return this.askOffset(own);
    return this.sendChunk(own);
  }

  private async create(own: number): Promise<Answer | null> {
    const { file, meta } = this;
    const answer = await this.send('POST', this.endpoint, {
      'Upload-Length': String(file.size),
      'Upload-Metadata': encodeMetadata({
        filename: file.name, filetype: file.type, caption: meta.caption, language: meta.language,
        publish: meta.publish ? '1' : '', trim_start_ms: digits(meta.start), trim_end_ms: digits(meta.end), cover_ms: digits(meta.cover),
      }),
    });
    const location = answer.header('Location');
    if (answer.status !== 201 || !location) return answer;
    if (own !== this.turn) return null;
    this.url = location;
    this.sent = 0;
    this.known = true;
    this.note();
    return null;
  }

  private async askOffset(own: number): Promise<Answer | null> {
    const answer = await this.send('HEAD', this.url, {});
    const offset = Number(answer.header('Upload-Offset') ?? NaN);
    if (own !== this.turn) return null;
    if ([403, 404, 410].includes(answer.status)) {
      this.forget();
      return null;
    }
    if (answer.status >= 400 || !Number.isSafeInteger(offset)) return answer;
    this.sent = offset;
    this.known = true;
    this.note();
    return null;
  }

  private async sendChunk(own: number): Promise<Answer | null> {
    const from = this.sent;
    const answer = await this.send('PATCH', this.url, {
      'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream',
    }, this.file.slice(from, Math.min(from + chunkBytes, this.file.size)), loaded => {
      if (own !== this.turn) return;
      this.sent = from + loaded;
      this.changed(this);
    });
    if (own !== this.turn) return null;
    const offset = Number(answer.header('Upload-Offset') ?? NaN);
    if (answer.status !== 204 || !(offset > from)) {
      this.sent = from;
      return [403, 404, 410].includes(answer.status) ? this.lost() : answer;
    }
    this.sent = offset;
    this.note();
    return null;
  }

  /** The server no longer has it (expired, erased): begin anew. */
  private lost(): null {
    this.forget();
    return null;
  }

  private send(method: string, url: string, headers: Record<string, string>, body?: Blob, progress?: (loaded: number) => void): Promise<Answer> {
    return new Promise(resolve => {
      const request = this.around.request();
      this.current = request;
      request.open(method, url);
      request.setRequestHeader('Tus-Resumable', '1.0.0');
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      if (progress) request.upload.onprogress = event => progress(event.loaded);
      request.onloadend = () => resolve({
        status: request.status,
        header: name => request.status === 0 ? null : request.getResponseHeader(name),
        text: request.status === 0 ? '' : request.responseText,
      });
      request.send(body ?? null);
    });
  }

  private become(state: TransferState): void {
    this.state = state;
    this.changed(this);
  }

  private finish(): void {
    this.around.storage.removeItem(this.key);
    this.become('done');
  }

  private note(): void {
    const remembered: Remembered = {
      ...this.meta, url: this.url, name: this.file.name, size: this.file.size, sent: this.sent, person: this.person,
    };
    this.around.storage.setItem(this.key, JSON.stringify(remembered));
    this.changed(this);
  }

  private forget(): void {
    this.around.storage.removeItem(this.key);
    this.url = '';
    this.sent = 0;
    this.known = false;
  }
}

/** Uploads of this person that an earlier page began and did not finish. */
export function unfinished(person: string, storage: Storage = localStorage): (Remembered & { key: string })[] {
  return Object.keys(storage).filter(key => key.startsWith(`${storagePrefix}${person}|`)).map(key =>
    ({ key, ...JSON.parse(storage.getItem(key)!) as Remembered }));
}
