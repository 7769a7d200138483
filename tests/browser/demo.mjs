// A demo network of its own, as `make run` starts one, for tests, pictures and benches that look at real clips.
import { until } from '../system/patience.mjs';
import { Server } from '../system/server.mjs';

/** Starts it and waits until its clips are made.  `clips`: how many, 42 at most. */
export async function demoServer(clips, { settings = {}, ...options } = {}) {
  const server = new Server({ ...options, settings: { 'demo.clips': clips, 'server.access_log': 'false', ...settings } });
  server.switches = ['--demo'];
  await server.start();
  await until(async () => {
    const { body } = await server.visitor().get('/api/v1/demo');
    return !body.making && body.made === clips;
  }, `${clips} demo clips`, { seconds: 60 + clips * 30, pause: 100 });
  const [, name, password] = /Demo sign-in: name (\S+), password (\S+)/.exec(server.printed);
  server.guest = { handle: name, password };
  return server;
}
