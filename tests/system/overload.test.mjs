// More writes than the disk takes: they give way at once and say when to come again, reads go on, and what was acknowledged is there.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';

import { freshFolder, startServer } from './server.mjs';

// A fast disk takes a few thousand writes a second: a burst of all of them still waits longer than this.
const writers = 150, patienceMs = 1;
let server, people, sara;

before(async () => {
  // They come while there is patience: a moment's wait for the disk is too much afterwards.
  const folder = freshFolder(), calm = await startServer({ folder });
  const made = [];
  while (made.length < 11) made.push(await calm.signUp(made.length ? `person${made.length - 1}` : 'sara.own', { client: 'program' }));
  await calm.stop();
  // one write a group and a short patience: a slow disk in small
  server = await startServer({ folder, settings: { 'server.access_log': 'false', 'server.write_wait_ms': patienceMs, 'store.group_max': 1 } });
  for (const person of made) person.url = server.url;
  [sara, ...people] = made;
});
after(() => server.stop());

/** Over a connection that is kept: { status, retry, body }. */
const ask = (agent, method, where, token, json) => new Promise((resolve, reject) => {
  const body = json && JSON.stringify(json);
  const request = http.request(new URL(where, server.url), { agent, method, headers: { ...(token && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) } }, (response) => {
    let text = '';
    response.on('data', (d) => { text += d; });
    response.on('end', () => resolve({ status: response.statusCode, retry: Number(response.headers['retry-after']), type: response.headers['content-type'], text }));
  });
  request.on('error', reject);
  request.end(body);
});

test('saturated with writes it refuses some at once and answers every read; nothing acknowledged is lost', async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: writers + 50 });
  const kept = new Map([['bio', '']]), answers = { shed: 0, done: 0 };
  const wrong = [];
  // Four seconds, or as long as a slow machine takes to show enough.
  let reads = 0;
  const enough = () => answers.shed > 50 && answers.done > 50 && reads > 100;
  const began = Date.now(), goesOn = () => Date.now() < began + (enough() ? 4000 : 60_000);
  const write = async (n) => {
    const person = people[n % people.length];
    for (let i = 0; goesOn(); i++) {
      const bio = `${n} ${i}`;
      const { status, retry, type, text } = await ask(agent, 'PATCH', '/api/v1/me', person.token, { bio });
      if (status === 200) { answers.done++; assert.equal(JSON.parse(text).bio, bio); continue; }
      if (status !== 503 || !(retry >= 1) || !/problem\+json/.test(type) || JSON.parse(text).retry_after !== retry) wrong.push([status, retry, text]);
      answers.shed++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  // one's own, which only oneself writes: what was said last must stand
  const own = async () => {
    for (let i = 0; goesOn(); i++) {
      const { status } = await ask(agent, 'PATCH', '/api/v1/me', sara.token, { bio: `own ${i}` });
      if (status === 200) kept.set('bio', `own ${i}`);
    }
    const now = await ask(agent, 'GET', '/api/v1/me', sara.token);
    kept.set('now', JSON.parse(now.text).bio);
  };
  const follows = async (n) => {
    const acknowledged = [];
    for (let i = 0; i < people.length; i++) {
      if (i === n) continue;
      const { status } = await ask(agent, 'PUT', `/api/v1/accounts/person${i}/follow`, people[n].token);
      if (status === 204) acknowledged.push(`person${i}`);
      else if (status !== 503) wrong.push([status]);
    }
    return acknowledged;
  };
  const read = async () => {
    while (goesOn()) {
      for (const where of ['/api/v1/node', '/api/v1/feed', '/api/v1/accounts/person1', '/healthz']) {
        const { status } = await ask(agent, 'GET', where);
        if (status !== 200) wrong.push([status, where]);
        reads++;
      }
    }
  };
  const owning = own();
  const following = Promise.all(people.map((_, n) => follows(n)));
  await Promise.all([...Array.from({ length: writers }, (_, n) => write(n)), read(), read(), read(), read()]);
  const acknowledged = await following;
  await owning;
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.ok(enough(), `${JSON.stringify(answers)}, ${reads} reads`);
  assert.equal(kept.get('now'), kept.get('bio'));
  console.log(`# ${answers.done} written, ${answers.shed} refused, ${reads} read`);
  const text = (await ask(agent, 'GET', '/metrics')).text;
  assert.ok(Number(/^amanat_http_shed_total\{what="write"\} (\d+)$/m.exec(text)[1]) >= answers.shed);
  agent.destroy();
  await server.kill();
  await server.start();
  for (const [n, names] of acknowledged.entries()) {
    people[n].url = server.url;
    const following_ = (await people[n].get('/api/v1/me/following')).body.items.map((p) => p.handle);
    for (const name of names) assert.ok(following_.includes(name), `person${n} follows ${name}`);
  }
  assert.ok(acknowledged.flat().length > 0);
});
