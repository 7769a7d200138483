// Builds the client: node web/build.mjs OUTDIR [--watch]
// Writes app.js, app.css, the pictures of web/static and one catalogue a language.  Names carry no
// hash: the server's asset generator adds it and tells the page the result (see README.md).
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('usage: node web/build.mjs OUTDIR [--watch]');
  process.exit(2);
}

// The server alone speaks these; leaving them out spares every visitor about 10 KB.
const serverOnly = /^(letter|page)\./;

async function writeCatalogues() {
  const from = join(here, '..', 'locale');
  await mkdir(join(out, 'locale'), { recursive: true });
  for (const file of await readdir(from)) {
    if (!file.endsWith('.json')) continue;
    const all = JSON.parse(await readFile(join(from, file), 'utf8'));
    const kept = Object.fromEntries(Object.entries(all).filter(([key]) => !serverOnly.test(key)));
    await writeFile(join(out, 'locale', file), JSON.stringify(kept));
  }
}

const options = {
  entryPoints: { app: join(here, 'src', 'main.tsx') },
  outdir: out,
  bundle: true,
  format: 'esm',
  target: ['chrome105', 'firefox110', 'safari15.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: !process.argv.includes('--watch'),
  legalComments: 'none',
  logLevel: 'warning',
};

await mkdir(out, { recursive: true });
await writeCatalogues();
await cp(join(here, 'static'), out, { recursive: true });
if (process.argv.includes('--watch')) {
  await (await context(options)).watch();
} else {
  await build(options);
}
