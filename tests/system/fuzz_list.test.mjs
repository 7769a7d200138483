// Every fuzz target is described, built and has seeds.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root } from './server.mjs';

const names = (text, pattern) => [...text.matchAll(pattern)].map((m) => m[1]).sort();

test('docs/fuzzing.md names every target, each is built, and has a corpus', () => {
  const sources = readdirSync(path.join(root, 'tests/fuzz')).filter((f) => /^fuzz_.*\.c$/.test(f)).map((f) => f.slice(5, -2)).sort();
  assert.deepEqual(names(readFileSync(path.join(root, 'docs/fuzzing.md'), 'utf8'), /^\| `(\w+)` \|/gm), sources);
  assert.deepEqual(names(readFileSync(path.join(root, 'tests/fuzz/meson.build'), 'utf8'), /^ {2}'(\w+)': \[/gm), sources);
  for (const name of sources) assert.ok(readdirSync(path.join(root, 'tests/fuzz/corpus', name)).length >= 2, name);
});
