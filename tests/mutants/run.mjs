// Breaks the product in one place at a time, in a scratch copy, and expects the check that the patch names to notice.
//
//   node tests/mutants/run.mjs [name...]
//
// A mutant is NAME.patch: a sentence, a line "Caught-by: CHECK", a diff.  The check is a script (run with node) or a built unit
// test.  Prints TAP.  A mutant whose patch no longer fits, or that nobody notices, is a failed point.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'amanat-mutants-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

const run = (argv, cwd, env = {}) => {
  const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { good: status === 0, output: `${stdout}${stderr}` };
};
const must = (argv, cwd, env) => { const { good, output } = run(argv, cwd, env); if (!good) throw new Error(`${argv.join(' ')}\n${output.slice(-3000)}`); return output; };

/** The checkout as it stands, and built: a mutant then compiles what it changes. */
function copy() {
  const tree = path.join(scratch, 'amanat');
  for (const file of must(['git', 'ls-files', '-z'], root).split('\0').filter(Boolean)) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    cpSync(path.join(root, file), path.join(tree, file));
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  must(['git', 'init', '-q'], tree);
  must(['meson', 'setup', 'build', '-Dwerror=false'], tree);
  must(['ninja', '-C', 'build'], tree);
  return tree;
}

function caught(tree, check) {
  const [program, ...options] = check.split(' ');
  const argv = program.endsWith('.mjs') ? ['node', program, ...options] : [path.join('build', program), ...options];
  return run(argv, tree, { AMANAT_BUILD: 'build' });
}

const chosen = process.argv.slice(2);
const names = readdirSync(here).filter((f) => f.endsWith('.patch')).map((f) => f.slice(0, -'.patch'.length)).filter((n) => !chosen.length || chosen.includes(n));
const tree = copy();
let failed = 0;
names.forEach((name, i) => {
  const patch = path.join(here, `${name}.patch`);
  const check = /^Caught-by: (.+)$/m.exec(readFileSync(patch, 'utf8'))[1];
  let why = null;
  try {
    must(['git', 'apply', patch], tree);
    must(['ninja', '-C', 'build'], tree);
    const { good, output } = caught(tree, check);
    if (good) why = `${check} did not notice`;
    else console.log(`# ${name}: ${(/^(not ok.*|kill \d+:.*)$/m.exec(output) ?? [output.slice(-300)])[0]}`);
    must(['git', 'apply', '-R', patch], tree);
  } catch (e) {
    why = e.message;
  }
  failed += why !== null;
  console.log(`${why ? 'not ok' : 'ok'} ${i + 1} - ${name} is caught by ${check}`);
  if (why) console.log(why.split('\n').map((line) => `# ${line}`).join('\n'));
});
console.log(`1..${names.length}`);
process.exitCode = failed ? 1 : 0;
