// Uploads with the reference client of the protocol, tus-js-client, and waits for what becomes of it.
import { createReadStream, statSync } from 'node:fs';
import path from 'node:path';
import * as tus from 'tus-js-client';

/** Resolves with the upload's address when its last byte was acknowledged. */
export function upload(client, file, { metadata = {}, chunkSize = Infinity, options = {} } = {}) {
  return new Promise((resolve, reject) => {
    const job = new tus.Upload(createReadStream(file), {
      endpoint: `${client.url}/api/v1/uploads`, uploadSize: statSync(file).size, chunkSize,
      metadata: { filename: path.basename(file), publish: '1', ...metadata },
      headers: client.token ? { authorization: `Bearer ${client.token}` }
        : { cookie: [...client.cookies].map(([k, v]) => `${k}=${v}`).join('; '), origin: client.url },
      retryDelays: null, onError: reject, onSuccess: () => resolve(job.url), ...options,
    });
    job.start();
  });
}

const ended = ['ready', 'failed', 'published'];

/** Asks for the person's drafts until `done(drafts)`; returns them. */
export async function drafts(client, done = (all) => all.every((d) => ended.includes(d.state)), seconds = 120) {
  const until = Date.now() + seconds * 1000;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    const { status, body } = await client.get('/api/v1/drafts');
    if (status !== 200) throw new Error(`drafts: ${status} ${JSON.stringify(body)}`);
    if (done(body.items)) return body.items;
    if (Date.now() > until) throw new Error(`not done within ${seconds} s: ${JSON.stringify(body.items.filter((d) => !ended.includes(d.state)))}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Uploads one clip and returns its video once it is public. */
export async function publish(client, file, metadata = {}) {
  const address = await upload(client, file, { metadata });
  const key = new URL(address, client.url).pathname;
  const mine = (all) => all.find((d) => d.upload && new URL(d.upload, client.url).pathname === key);
  const all = await drafts(client, (list) => ended.includes(mine(list)?.state));
  const draft = mine(all);
  if (draft.state !== 'published') throw new Error(`${path.basename(file)}: ${draft.state} ${JSON.stringify(draft.reason)}`);
  const { status, body } = await client.get(`/api/v1/videos/${draft.video}`);
  if (status !== 200) throw new Error(`said to be published, but its video answers ${status}`);
  return body;
}
