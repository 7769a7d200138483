// Builds the client: node web/build.mjs OUTDIR
// Writes the scripts, app.css, the pictures of web/static and one catalogue a language.  Style sheets, pictures and catalogues
// carry no hash: the server's asset generator adds it and tells the page the result (see README.md).  Scripts name each other,
// so that theirs is made here; scripts.list tells the generator which there are and which one starts.
import { build } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('usage: node web/build.mjs OUTDIR');
  process.exit(2);
}

// The server alone speaks these; leaving them out spares every visitor about 10 KB.
const serverOnly = /^(charter|letter|page|trust|check)\./;
// These are fetched when somebody checks the ledger.
const forCheck = /^check\./;

async function writeCatalogues() {
  const from = join(here, '..', 'locale');
  await mkdir(join(out, 'locale'), { recursive: true });
  for (const file of await readdir(from)) {
    if (!file.endsWith('.json')) continue;
    const all = JSON.parse(await readFile(join(from, file), 'utf8'));
    const kept = Object.fromEntries(Object.entries(all).filter(([key]) => !serverOnly.test(key)));
    await writeFile(join(out, 'locale', file), JSON.stringify(kept));
    const check = Object.fromEntries(Object.entries(all).filter(([key]) => forCheck.test(key)));
    await writeFile(join(out, 'locale', file.replace('.json', '.check.json')), JSON.stringify(check));
  }
}

const main = join(here, 'src', 'main.tsx');

/* What is loaded later needs the first script anyway.  Told so, the bundler puts all of that into one file instead of one for each
 * set of scripts that share something: the first load stays one request. */
const laterNeedsFirst = {
  name: 'later-needs-first',
  setup(bundle) {
    const later = new Set();
    bundle.onResolve({ filter: /^\./ }, async ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const found = await bundle.resolve(path, { kind: 'import-statement', resolveDir });
      later.add(found.path);
      return found;
    });
    bundle.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => later.has(path)
      ? { contents: `${await readFile(path, 'utf8')}\nimport ${JSON.stringify(main)};\n`, loader: 'tsx' } : undefined);
  },
};

/** Lines "NAME FILE": the scripts below scripts/; app.js is the name of the one that the page starts with. */
async function writeList({ metafile }) {
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint && resolve(entryPoint) === main);
  const [first] = entry[1].imports.filter(({ kind }) => kind === 'import-statement');
  const scripts = Object.keys(metafile.outputs).map(path => basename(path)).filter(name => name.endsWith('.js') && name !== basename(entry[0])).sort();
  const started = basename(first.path);
  await writeFile(join(out, 'scripts.list'), scripts.map(name => `${name === started ? 'app.js' : name} scripts/${name}\n`).join(''));
}

const options = {
  entryPoints: { app: main, style: join(here, 'src', 'css', 'app.css'), trust: join(here, 'src', 'css', 'trust.css') },
  outdir: join(out, 'scripts'),
  bundle: true,
  splitting: true,
  chunkNames: '[name].[hash]',
  format: 'esm',
  target: ['chrome105', 'firefox110', 'safari15.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [laterNeedsFirst],
};

await mkdir(out, { recursive: true });
await rm(join(out, 'scripts'), { recursive: true, force: true });
await writeCatalogues();
await cp(join(here, 'static'), out, { recursive: true });
await writeList(await build(options));
await cp(join(out, 'scripts', 'style.css'), join(out, 'app.css'));
await cp(join(out, 'scripts', 'trust.css'), join(out, 'trust.css'));
