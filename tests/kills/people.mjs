// Those who write while the server is killed: each does one thing after the other, and notes in the book what was answered.
import { Wire } from './wire.mjs';

const api = '/api/v1';
const tus = { 'tus-resumable': '1.0.0' };
const base64 = (text) => Buffer.from(text).toString('base64');
const PIECE = 60_000;
const STANDING = 3;                                            // uploads and videos that an uploader has at once

export class Person {
  constructor(world, handle) {
    this.world = world;
    this.book = world.book;
    this.random = world.random;
    this.handle = handle;
    this.password = `a long password of ${handle}`;
    this.wire = new Wire(world.traffic);
    this.there = false;
    this.likes = new Map();
    this.follows = new Map();
    this.asked = new Set();                            // which of these were touched since the last look
    this.uploads = null;
  }

  /** Sends a write; `done` when it was answered as wanted.  Not answered: a Cut goes on to whoever runs us. */
  async write(what, method, where, options, wanted) {
    this.book.touched.add(this);
    const answer = await this.wire.ask(method, `${where}`, options);
    if (answer.status === wanted) { this.book.count(what); return answer; }
    this.book.fault(`${what} of ${this.handle}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return null;
  }

  async signUp() {
    this.there = undefined;
    this.book.add(this);
    const answer = await this.write('sign-ups', 'POST', `${api}/accounts`, { json: { handle: this.handle, password: this.password } }, 201);
    this.there = answer !== null;
  }

  async close() {
    this.leaving = true;
    this.there = undefined;
    const answer = await this.write('closed accounts', 'DELETE', `${api}/me`, { json: { password: this.password } }, 204);
    this.there = answer === null;
  }

  async #turn(map, subject, where, what) {
    const to = !map.get(subject);
    map.set(subject, undefined);
    this.asked.add(subject);
    const answer = await this.write(to ? what : `un${what}`, to ? 'PUT' : 'DELETE', where, {}, 204);
    map.set(subject, answer ? to : undefined);
  }

  like(video) { return this.#turn(this.likes, video, `${api}/videos/${video}/like`, 'likes'); }
  follow(handle) { return this.#turn(this.follows, handle, `${api}/accounts/${handle}/follow`, 'follows'); }

  async say(video) {
    const text = `${this.handle} says ${++this.world.said}`;
    const comment = { video, by: this.handle, id: undefined, there: undefined };
    this.book.comments.set(text, comment);
    this.book.fresh.add(text);
    const answer = await this.write('comments', 'POST', `${api}/videos/${video}/comments`, { json: { text } }, 201);
    Object.assign(comment, answer ? { id: answer.body.id, there: true } : {});
  }

  async takeBack() {
    const mine = [...this.book.fresh].filter((text) => { const c = this.book.comments.get(text); return c.by === this.handle && c.there && c.id; });
    const text = mine.pop();
    if (!text) return;
    const comment = this.book.comments.get(text);
    comment.there = undefined;
    const answer = await this.write('comments removed', 'DELETE', `${api}/comments/${comment.id}`, {}, 204);
    comment.there = answer === null;
  }

  // --- what they do all day ---

  async social() {
    const { stage, idols } = this.world;
    const dice = this.random();
    if (dice < 0.45) return this.like(stage[Math.floor(this.random() * (stage.length - 1))]);
    if (dice < 0.65) return this.follow(idols[Math.floor(this.random() * (idols.length - 1))]);
    return dice < 0.9 ? this.say(stage[Math.floor(this.random() * (stage.length - 1))]) : this.takeBack();
  }

  async uploading() {
    const sending = this.uploads.find((u) => u.state === 'sending');
    if (sending) return this.#send(sending);
    const published = this.uploads.filter((u) => u.state === 'published');
    if (published.length > STANDING) return this.#remove(published[0]);
    return this.#begin();
  }

  async #begin() {
    const clip = this.world.clips[Math.floor(this.random() * this.world.clips.length)];
    const upload = { clip, caption: `clip ${++this.world.said}`, state: 'sending', where: null, acknowledged: 0, sent: 0 };
    this.uploads.push(upload);
    const words = `filename ${base64('a.mp4')},caption ${base64(upload.caption)},publish ${base64('1')}`;
    const answer = await this.write('uploads begun', 'POST', `${api}/uploads`,
      { headers: { ...tus, 'upload-length': clip.bytes.length, 'upload-metadata': words } }, 201);
    if (answer) upload.where = new URL(answer.headers.location, 'http://x').pathname;
  }

  async #send(upload) {
    const from = upload.acknowledged;
    const piece = upload.clip.bytes.subarray(from, from + 1 + Math.floor(this.random() * PIECE));
    upload.sent = Math.max(upload.sent, from + piece.length);
    const answer = await this.write('upload pieces', 'PATCH', upload.where,
      { headers: { ...tus, 'content-type': 'application/offset+octet-stream', 'upload-offset': from }, body: piece }, 204);
    if (!answer) { upload.state = 'never'; return; }
    upload.acknowledged = Number(answer.headers['upload-offset']);
    if (upload.acknowledged !== from + piece.length) this.book.fault(`${upload.caption}: ${piece.length} bytes at ${from} became ${upload.acknowledged}`);
    if (upload.acknowledged === upload.clip.bytes.length) upload.state = 'sent';
  }

  async #remove(upload) {
    upload.state = 'removing';
    const answer = await this.write('removals', 'DELETE', `${api}/videos/${upload.video}`, {}, 204);
    if (answer) upload.state = 'removed';
  }
}

/** Comes, does a few things, and goes; the next one comes. */
export async function visit(world) {
  const { book, random } = world;
  const guest = world.guest ?? new Person(world, `guest${++world.said}`);
  world.guest = null;
  if (!guest.there) { world.guest = guest; await guest.signUp(); return; }
  world.guest = guest;
  if (guest.likes.size === 0) return guest.like(world.stage.at(-1));
  if (guest.follows.size === 0) return guest.follow(world.idols.at(-1));
  world.guest = null;
  if (random() < 0.6) return guest.close();
  return book.touched.add(guest);
}
