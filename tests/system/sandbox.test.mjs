// The sandbox of the real amanat-media while it works on a clip, seen from outside; and what the node says of it at its start.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { until } from './patience.mjs';
import { freshFolder, Server, startServer } from './server.mjs';
import { drafts, upload } from './upload.mjs';

const read = (...parts) => { try { return readFileSync(path.join('/proc', ...parts), 'utf8'); } catch { return ''; } };
/** The server's workers that have closed their sandbox: { pid: status }. */
const confined = (server) => readdirSync('/proc').filter((p) => /^\d+$/.test(p) && read(p, 'comm') === 'amanat-media\n'
  && new RegExp(`^PPid:\\s+${server.pid}$`, 'm').test(read(p, 'status')) && /^Seccomp:\s+2$/m.test(read(p, 'status')));

test('while it works the worker has the descriptors of its protocol, namespaces of its own, no privilege, and nobody may look inside', async () => {
  const clip = path.join(freshFolder(), 'clip.webm');
  const made = spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=720x1280:r=30:d=6,noise=alls=20:allf=t', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8',
    '-b:v', '2M', clip], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  const server = await startServer();
  const asha = await server.signUp('asha', { client: 'program' });
  await upload(asha, clip);
  const [pid] = await until(() => { const all = confined(server); return all.length && all; }, 'a worker in its sandbox', { pause: 5 });
  const status = read(pid, 'status');
  assert.match(status, /^NoNewPrivs:\s+1$/m);
  for (const set of ['CapEff', 'CapPrm', 'CapInh', 'CapAmb']) assert.match(status, new RegExp(`^${set}:\\s+0+$`, 'm'));
  if (process.getuid() === 0) {                        // it is not dumpable: only root may look
    const fds = readdirSync(`/proc/${pid}/fd`).map(Number).sort((a, b) => a - b);
    assert.deepEqual(fds, [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual([0, 1].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)), ['/dev/null', '/dev/null']);
    for (const kind of ['user', 'net', 'mnt', 'ipc', 'uts'])
      assert.notEqual(readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/${server.pid}/ns/${kind}`), kind);
    assert.equal(read(pid, 'net', 'tcp').trim().split('\n').length, 1, 'its network has no connection');
  }
  const [draft] = await drafts(asha);
  assert.equal(draft.state, 'published');
  await server.stop();
});

test('a node says at its start what the sandbox lacks, and when no clip can be processed at all', async () => {
  const broken = await startServer({ settings: { 'media.worker': '/bin/false' } });
  await until(() => /amanat-media does not run, so no clip can be processed: .*ended before it began/.test(broken.log), 'that it does not run');
  await broken.stop();
  const missing = await startServer({ settings: { 'media.worker': '/nonexistent/amanat-media' } });
  await until(() => /amanat-media does not run/.test(missing.log), 'that it is not there');
  await missing.stop();
  const whole = await startServer();
  await whole.stop();
  assert.doesNotMatch(whole.log, /does not run/);
});

test('on a machine without user namespaces the start says "degraded sandbox"', async () => {
  const server = new Server();
  // A user namespace in which no other may be made is such a machine.
  server.program = ['unshare', '--user', '--map-root-user', '/bin/sh', '-c',
    'for kind in user net mnt ipc uts; do echo 0 > /proc/sys/user/max_${kind}_namespaces; done; exec "$0" "$@"', ...server.program];
  await server.start();
  await until(() => /degraded sandbox: no namespaces on this machine/.test(server.log), 'the line in the log');
  assert.ok(await server.alive());
  await server.stop();
});
