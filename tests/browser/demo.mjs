// A demo network of its own, as `make run` starts one, for tests, pictures and benches that look at real clips.
import { Server } from '../system/server.mjs';

/** Starts it and waits until its clips are made.  `clips`: how many, 42 at most. */
export async function demoServer(clips, { settings = {}, ...options } = {}) {
  const server = new Server({ ...options, settings: { 'demo.clips': clips, 'server.access_log': 'false', ...settings } });
  server.switches = ['--demo'];
  await server.start();
  const until = Date.now() + 30_000 + clips * 15_000;
  for (;;) {
    const { body } = await server.visitor().get('/api/v1/demo');
    if (!body.making && body.made === clips) break;
    if (Date.now() > until) throw new Error(`${body.made} of ${clips} demo clips\n${server.log}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const [, name, password] = /Demo sign-in: name (\S+), password (\S+)/.exec(server.printed);
  server.guest = { handle: name, password };
  return server;
}
