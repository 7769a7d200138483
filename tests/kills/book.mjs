// What was acknowledged, and whether it is there: nothing lost, nothing twice.
//
// A fact is true, false, or unknown (undefined): the answer to its write never came.  Looking at the server makes it known, and
// from then on it must stay.  What was touched since the last look is looked at after each kill, everything once more at the end.
import { now } from './wire.mjs';

const api = '/api/v1';
const PAGE = 20;
const LOOKERS = 8;                                             // more sign-ins at once would be told to come later

function together(people, look) {
  const left = [...people];
  const one = async () => { for (let p = left.pop(); p; p = left.pop()) await look(p); };
  return Promise.all(Array.from({ length: LOOKERS }, one));
}

export class Book {
  constructor() {
    this.people = new Map();                           // handle: Person
    this.stage = [];                                   // videos that stay: their ids
    this.comments = new Map();                         // text: { video, by, id, there }
    this.touched = new Set();                          // of people
    this.fresh = new Set();                            // texts of comments since the last look
    this.acknowledged = {};
    this.faults = [];
  }

  count(what) { this.acknowledged[what] = (this.acknowledged[what] ?? 0) + 1; }
  fault(text) { this.faults.push(text); }
  /** A truth that was unknown is learnt; one that was known must be so. */
  check(known, seen, what) {
    if (known !== undefined && known !== seen) this.fault(`${what}: ${known} was acknowledged, ${seen} is there`);
    return seen;
  }

  add(person) { this.people.set(person.handle, person); this.touched.add(person); }
  there() { return [...this.people.values()].filter((p) => p.there); }

  async look(visitor) {
    const touched = [...this.touched];
    this.touched.clear();
    try { await together(touched, (person) => this.#person(person)); } catch (e) {
      for (const person of touched) this.touched.add(person);
      throw e;
    }
    await this.#newComments(visitor);
    await this.#counts(visitor);
  }

  async #person(person) {
    const { wire, handle } = person;
    if (person.there === undefined) await this.#whether(person);
    if (!person.there) return this.#gone(person);
    const me = await wire.ask('GET', `${api}/me`);
    if (me.status !== 200 || me.body.handle !== handle) return this.fault(`${handle}: the session does not stand: ${me.status}`);
    for (const [video, liked] of person.likes) {
      if (!person.asked.has(video)) continue;
      const { status, body } = await wire.ask('GET', `${api}/videos/${video}`);
      if (status !== 200) this.fault(`video ${video}: ${status}`);
      else person.likes.set(video, this.check(liked, body.liked, `${handle} likes ${video}`));
    }
    for (const [other, follows] of person.follows) {
      if (!person.asked.has(other)) continue;
      const { status, body } = await wire.ask('GET', `${api}/accounts/${other}`);
      if (status !== 200) this.fault(`account ${other}: ${status}`);
      else person.follows.set(other, this.check(follows, body.following, `${handle} follows ${other}`));
    }
    person.asked.clear();
    return person.uploads ? this.#uploads(person) : undefined;
  }

  /** A sign-up or a closing that was never answered. */
  async #whether(person) {
    const { status } = await person.wire.ask('POST', `${api}/sessions`, { json: { handle: person.handle, password: person.password } });
    person.there = status === 201;
    if (status === 201 || person.leaving) return;
    const again = await person.wire.ask('POST', `${api}/accounts`, { json: { handle: person.handle, password: person.password } });
    if (again.status !== 201) this.fault(`${person.handle}: half an account: sign-in ${status}, sign-up ${again.status} ${again.text}`);
    else person.there = true;
  }

  async #gone(person) {
    const sign = await person.wire.ask('POST', `${api}/sessions`, { json: { handle: person.handle, password: person.password } });
    const profile = await person.wire.ask('GET', `${api}/accounts/${person.handle}`);
    if (sign.status !== 401 || profile.status !== 404) this.fault(`${person.handle} was closed: sign-in ${sign.status}, profile ${profile.status}`);
    for (const comment of this.comments.values()) if (comment.by === person.handle) comment.there = null;
  }

  // --- uploads, publications and removals ---

  async #uploads(person) {
    for (const upload of person.uploads) {
      if (upload.state === 'sending' && upload.where) await this.#offset(person, upload);
      if (upload.state === 'published' || upload.state === 'removing' || upload.state === 'removed') await this.#video(person, upload);
    }
    const { status, body } = await person.wire.ask('GET', `${api}/drafts`);
    if (status !== 200) return this.fault(`drafts of ${person.handle}: ${status}`);
    for (const upload of person.uploads) if (upload.state === 'sent' || upload.state === 'sending') this.#draft(person, upload, body.items);
    return this.#onceEach(person);
  }

  async #offset(person, upload) {
    const { status, headers } = await person.wire.ask('HEAD', upload.where, { headers: { 'tus-resumable': '1.0.0' } });
    const offset = Number(headers['upload-offset']);
    if (status !== 200) return this.fault(`upload of ${upload.caption}: ${status}`);
    if (offset < upload.acknowledged || offset > upload.sent) this.fault(`upload of ${upload.caption}: ${offset} is there, ${upload.acknowledged} was acknowledged, ${upload.sent} sent`);
    upload.acknowledged = upload.sent = offset;
    if (offset === upload.clip.bytes.length) upload.state = 'sent';
    return undefined;
  }

  #draft(person, upload, drafts) {
    const mine = drafts.filter((d) => d.caption === upload.caption);
    if (mine.length > 1) this.fault(`${upload.caption}: ${mine.length} drafts`);
    const [draft] = mine;
    if (!upload.where) {                               // its creation was not answered
      upload.state = draft ? 'sending' : 'never';
      if (draft) upload.where = draft.upload;
    } else if (!draft) {
      this.fault(`${upload.caption}: its draft is gone`);
      upload.state = 'never';
    } else if (draft.state === 'failed') {
      this.fault(`${upload.caption}: failed: ${JSON.stringify(draft.reason)}`);
      upload.state = 'never';
    } else if (draft.state === 'published') {
      upload.state = 'published';
      upload.video = draft.video;
      this.count('publications');
    }
  }

  async #video(person, upload) {
    const { status, body } = await person.wire.ask('GET', `${api}/videos/${upload.video}`);
    if (upload.state === 'removing') upload.state = status === 404 ? 'removed' : 'published';
    const wanted = upload.state === 'removed' ? 404 : 200;
    if (status !== wanted) return this.fault(`${upload.caption} is ${upload.state}: ${status}`);
    if (wanted === 200 && body.src !== upload.clip.src) this.fault(`${upload.caption}: other bytes than were sent: ${body.src}`);
    if (upload.state === 'removed') upload.state = 'forgotten';
    return undefined;
  }

  async #onceEach(person) {
    const captions = [];
    for (let next = ''; next !== null;) {
      const { body } = await person.wire.ask('GET', `${api}/accounts/${person.handle}/videos${next && `?cursor=${next}`}`);
      captions.push(...body.items.map((v) => v.caption));
      next = body.next;
    }
    for (const { caption, state } of person.uploads) {
      const times = captions.filter((c) => c === caption).length;
      if (state === 'published' ? times !== 1 : times > (state === 'sent' ? 1 : 0)) this.fault(`${caption} is ${state}, and listed ${times} times`);
    }
    person.uploads = person.uploads.filter((u) => u.state !== 'forgotten' && u.state !== 'never');
  }

  // --- comments and totals ---

  async #newComments(visitor) {
    for (const video of this.stage) {
      const looked = [...this.fresh].filter((text) => this.comments.get(text).video === video);
      if (looked.length) this.#compare(await this.#page(visitor, video, looked.length + PAGE), looked);
    }
    this.fresh.clear();
  }

  async #page(visitor, video, least) {
    const all = [];
    for (let next = ''; next !== null && all.length < least;) {
      const { status, body } = await visitor.ask('GET', `${api}/videos/${video}/comments${next && `?cursor=${next}`}`);
      if (status !== 200) { this.fault(`comments of ${video}: ${status}`); break; }
      all.push(...body.items);
      next = body.next;
    }
    return all;
  }

  #compare(seen, texts) {
    const times = new Map();
    for (const comment of seen) times.set(comment.text, [...(times.get(comment.text) ?? []), comment]);
    for (const text of texts) {
      const comment = this.comments.get(text);
      const found = times.get(text) ?? [];
      if (found.length > 1) this.fault(`"${text}" stands ${found.length} times`);
      if (comment.there === null) continue;            // its author closed the account: gone by and by
      comment.there = this.check(comment.there, found.length > 0, `"${text}"`);
      comment.id ??= found[0]?.id;
    }
  }

  /** What must be there by now or soon: totals follow within some 100 ms. */
  async #soon(what, wanted, get, seconds = 5) {
    const until = now() + BigInt(seconds) * 1_000_000_000n;
    for (;;) {
      const is = await get();
      if (is === wanted) return;
      if (now() > until) { this.fault(`${what}: ${is}, and ${wanted} are there`); return; }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  likes(video) { return this.there().filter((p) => p.likes.get(video)).length; }
  followers(handle) { return this.there().filter((p) => p.follows.get(handle)).length; }

  async #counts(visitor, videos = this.stage.slice(0, -1), seconds = 5) {
    for (const video of videos) {
      const get = async () => (await visitor.ask('GET', `${api}/videos/${video}`)).body?.counts.likes;
      await this.#soon(`likes of ${video}`, this.likes(video), get, seconds);
    }
  }

  // --- everything ---

  async lookAtAll(visitor) {
    for (const person of this.people.values()) {
      for (const subject of [...person.likes.keys(), ...person.follows.keys()]) person.asked.add(subject);
      this.touched.add(person);
    }
    await this.look(visitor);
    await this.#counts(visitor, this.stage, 60);
    for (const video of this.stage) {
      const mine = [...this.comments].filter(([, c]) => c.video === video).map(([text]) => text);
      const standing = () => mine.filter((text) => this.comments.get(text).there).length;
      const get = async () => (await visitor.ask('GET', `${api}/videos/${video}`)).body?.counts.comments;
      await this.#soon(`comments of ${video}`, standing(), get, 60);
      const all = await this.#page(visitor, video, Infinity);
      this.#compare(all, mine);
      if (all.length !== standing()) this.fault(`comments of ${video}: ${all.length} are listed, ${standing()} were acknowledged`);
    }
    await together(this.there(), (person) => this.#atTheEnd(person));
  }

  async #atTheEnd({ handle, password, wire }) {
    const get = async () => (await wire.ask('GET', `${api}/accounts/${handle}`)).body?.counts.followers;
    await this.#soon(`followers of ${handle}`, this.followers(handle), get, 60);
    const { status } = await wire.ask('POST', `${api}/sessions`, { json: { handle, password } });
    if (status !== 201) this.fault(`${handle} cannot sign in: ${status}`);
  }
}
