// Runs the suites, counts every point, and ends with the line "N passed, N failed, N skipped".
//
//   node tests/run.mjs [suite...] [--seconds N]      no suite named: all of them but the long ones
//
// Each command gets a folder of its own for what it puts aside (TMPDIR), which goes when it has ended, however it did.
//
// A suite is a list of commands that print TAP.  A command that ends badly, prints no point, or overruns its suite's
// budget is a failed point of its own.  A skipped point fails the run wherever ../shared exists: there nothing may be left out.
import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as moment } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const shared = existsSync(path.join(root, '..', 'shared'));
const options = process.argv.slice(2);
const secondsAt = options.indexOf('--seconds');
const fuzzSeconds = secondsAt < 0 ? 8 : Number(options[secondsAt + 1]);
const chosen = options.filter((o, i) => secondsAt < 0 || (i !== secondsAt && i !== secondsAt + 1));

const binaries = (folder, prefix) => {
  const where = path.join(root, folder);
  if (!existsSync(where)) return [];
  return readdirSync(where).filter((f) => f.startsWith(prefix) && !f.includes('.')).sort().map((f) => path.join(where, f));
};
const corpus = (binary, prefix) => path.join(root, 'tests/fuzz/corpus', path.basename(binary).replace(prefix, ''));
const nodeFiles = (folder) => readdirSync(path.join(root, folder)).filter((f) => f.endsWith('.test.mjs')).sort()
  .map((f) => path.join(folder, f));
const nodeTest = (file, env, seconds) => ({ name: file, argv: ['node', '--test', '--test-reporter=tap', file], env, seconds });

const sanitizers = {
  ASAN_OPTIONS: 'abort_on_error=1:detect_leaks=1:detect_stack_use_after_return=1',
  UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
};

// The budget of a suite is in seconds, about twice what it takes on two quiet cores: a run takes some 25 minutes of the 40 that it may.
// `abreast`: so many of its commands run at once; `alone`: but not these, which need the machine's whole attention.
const suites = {
  checks: { seconds: 120, commands: () => [
    { name: 'the client type-checks', argv: ['npx', '--no-install', 'tsc', '--noEmit', '-p', 'web'], plain: true },
  ] },
  unit: { seconds: 500, abreast: 2, commands: () => [
    ...binaries('build-asan/tests/unit', 'test_').map((b) => ({ name: path.basename(b), argv: [b] })),
    ...binaries('build-asan/tests/fuzz', 'replay_').map((b) => ({ name: path.basename(b), argv: [b, corpus(b, 'replay_')] })),
  ] },
  unit_clang: { seconds: 500, abreast: 2, commands: () => binaries('build-clang/tests/unit', 'test_').map((b) => ({ name: `${path.basename(b)} (clang)`, argv: [b] })) },
  // Not those that are of several processes, nor those whose children die at a seam, which all their threads count.
  threads: { seconds: 600, abreast: 2, commands: () => binaries('build-tsan/tests/unit', 'test_')
    .filter((b) => !/worker|sandbox|escape|ledger_mend|ledger_mirror/.test(b)).map((b) => ({ name: `${path.basename(b)} (threads)`, argv: [b] })) },
  fuzz: { seconds: Infinity, abreast: 2, commands: () => binaries('build-clang/tests/fuzz', 'fuzz_').map((b) => ({
    name: `${path.basename(b)} finds nothing in ${fuzzSeconds} s`, plain: true,
    argv: [b, `-max_total_time=${fuzzSeconds}`, '-rss_limit_mb=1024', '-timeout=5', '-print_final_stats=0', '-verbosity=0',
      `-artifact_prefix=${path.join(root, 'build-clang', 'found-')}`,
      path.join(root, 'build-clang', `grown-${path.basename(b)}`), corpus(b, 'fuzz_')],
    makes: path.join(root, 'build-clang', `grown-${path.basename(b)}`) })) },
  system: { seconds: 1500, abreast: 2, alone: /overload|slow_readers|starved|supervised/, commands: () => nodeFiles('tests/system').map((f) => nodeTest(f, { AMANAT_BUILD: path.join(root, 'build-asan') })) },
  scanners: { seconds: Infinity, asked: true, commands: () => nodeFiles('tests/soak').map((f) => nodeTest(f, { AMANAT_BUILD: path.join(root, 'build') })) },
  kills: { seconds: process.env.KILLS > 300 ? Infinity : 420, commands: () => nodeFiles('tests/kills').map((f) => nodeTest(f, { AMANAT_BUILD: path.join(root, 'build') })) },
  browser: { seconds: 900, commands: () => nodeFiles('tests/browser').map((f) => nodeTest(f, { AMANAT_BUILD: path.join(root, 'build') })) },
  // Asked for by name: each mutant is built.
  mutants: { seconds: Infinity, asked: true, commands: () => [{ name: 'tests/mutants/run.mjs', argv: ['node', 'tests/mutants/run.mjs'] }] },
};

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

// Node's runner nests its points and closes with its own sums; a C test prints a flat list.
function countTap(text) {
  const points = { passed: 0, failed: 0, skipped: 0, names: [] };
  const sum = (word) => Number((new RegExp(`^# ${word} (\\d+)$`, 'm').exec(text) ?? [])[1]);
  for (const line of text.split('\n')) {
    const point = /^(\s*)(not ok|ok)\b(?: \d+)?(?: - )?(.*)$/.exec(line);
    if (!point) continue;
    if (/# SKIP/i.test(point[3])) { points.skipped++; points.names.push(`skipped: ${point[3]}`); }
    else if (point[2] === 'ok') points.passed++;
    else { points.failed++; points.names.push(point[3]); }
  }
  if (sum('tests') >= 0) Object.assign(points, { passed: sum('pass'), failed: sum('fail') + sum('cancelled'), skipped: sum('skipped') + sum('todo') });
  return points;
}

/** In memory where that is possible for the C tests, which make hundreds of databases; others may look into it, as into any folder of that kind. */
function scratchFolder(command) {
  let parent = os.tmpdir();
  if (command.argv[0] !== 'node') try { accessSync('/dev/shm', constants.W_OK); parent = '/dev/shm'; } catch { /* on the disk, then */ }
  const folder = mkdtempSync(path.join(parent, 'amanat-run-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** What a killed command's children still write there is nobody's failure. */
function discard(folder) {
  try { rmSync(folder, { recursive: true, force: true, maxRetries: 5 }); } catch (error) { console.log(`left behind: ${error.message}`); }
}

function run(command, seconds) {
  return new Promise((resolve) => {
    const scratch = scratchFolder(command);
    if (command.makes) mkdirSync(command.makes, { recursive: true });
    const child = spawn(command.argv[0], command.argv.slice(1), {
      cwd: root, env: { ...process.env, ...sanitizers, TMPDIR: scratch, ...command.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    child.stdout.on('data', (d) => { output += d; });
    child.stderr.on('data', (d) => { output += d; });
    let late = false;
    const timer = Number.isFinite(seconds) ? setTimeout(() => { late = true; process.kill(-child.pid, 'SIGKILL'); }, seconds * 1000) : null;
    child.on('error', (e) => { output += String(e); });
    child.on('close', (code, signal) => { clearTimeout(timer); discard(scratch); resolve({ output, code, signal, late }); });
  });
}

/** At midnight, UTC, a node enters something of its own: what counts entries does not begin just before. */
async function pastMidnight() {
  const left = 86_400_000 - Date.now() % 86_400_000;
  if (left < 120_000) await moment(left + 5000);
}

async function runOne(command, left, sums) {
  if (!command.plain) await pastMidnight();
  const result = left > 0 ? await run(command, left) : { output: '', code: 1, late: true };
  const points = command.plain ? { passed: result.code === 0 ? 1 : 0, failed: 0, skipped: 0, names: [] } : countTap(result.output);
  const silent = !command.plain && points.passed + points.failed + points.skipped === 0;
  if ((result.code !== 0 && points.failed === 0) || silent || result.late) {
    points.failed++;
    points.names.push(result.late ? 'the budget of the suite ran out' : silent ? 'printed no point' : `ended with ${result.signal ?? `code ${result.code}`}`);
  }
  for (const k of Object.keys(sums)) sums[k] += points[k];
  for (const what of points.names) failures.push(`${command.name}: ${what}`);
  if (points.failed) process.stdout.write(`--- ${command.name}\n${result.output.slice(-12000)}\n---\n`);
}

async function runSuite(name, suite) {
  const began = Date.now();
  const commands = suite.commands();
  const sums = { passed: 0, failed: 0, skipped: 0 };
  if (commands.length === 0) { sums.failed++; failures.push(`${name}: nothing to run; is it built?`); }
  const runThem = (waiting, abreast) => {
    const work = async () => {
      for (let command = waiting.shift(); command; command = waiting.shift()) await runOne(command, suite.seconds - (Date.now() - began) / 1000, sums);
    };
    return Promise.all(Array.from({ length: abreast }, work));
  };
  const needsAll = (command) => suite.alone?.test(command.name) ?? false;
  await runThem(commands.filter((c) => !needsAll(c)), suite.abreast ?? 1);
  await runThem(commands.filter(needsAll), 1);
  for (const k of Object.keys(total)) total[k] += sums[k];
  console.log(`${name.padEnd(12)} ${String(sums.passed).padStart(5)} passed ${String(sums.failed).padStart(4)} failed ` +
    `${String(sums.skipped).padStart(4)} skipped ${String(Math.round((Date.now() - began) / 1000)).padStart(5)} s`);
}

for (const name of chosen.length ? chosen : Object.keys(suites).filter((s) => !suites[s].asked)) {
  if (!suites[name]) { console.error(`no suite ${name}; there are: ${Object.keys(suites).join(', ')}`); process.exit(2); }
  await runSuite(name, suites[name]);
}
for (const line of failures) console.log(`  ${line}`);
if (!shared) console.log('../shared is not there: tests that need its clips were skipped');
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed || (shared && total.skipped) ? 1 : 0);
