// Holds the catalogues of locale/ against each other and against the program that speaks them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const first = 'en';

const catalogues = new Map(readdirSync(join(root, 'locale')).filter(file => file.endsWith('.json')).map(file => {
  const { _meta, ...texts } = JSON.parse(readFileSync(join(root, 'locale', file), 'utf8'));
  return [file.slice(0, -'.json'.length), { meta: _meta, texts }];
}));
const english = catalogues.get(first).texts;

// Keys that are put together while running, from a closed list elsewhere.
const madeWhileRunning = [
  'problem.',                // src/api/problem.def and the failures' slugs
  'upload.fail.',            // src/media/reason.def
  'feed.reason.',            // the feed's reasons
  'report.reason.', 'settings.', 'join.sheet_', 'tune.', // lists in web/src
  'letter.',                 // src/api/letter.c puts a sentence's five texts together
];

const base = key => key.split('#')[0];
const forms = (texts, key) => Object.keys(texts).filter(other => other.startsWith(`${key}#`)).map(other => other.slice(key.length + 1));
const placeholders = text => [...text.matchAll(/\{(\w+)\}/g)].map(found => found[1]).sort();
const counted = [...new Set(Object.keys(english).filter(key => key.includes('#')).map(base))];

function* files(folder, endings) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, endings);
    else if (endings.some(ending => entry.name.endsWith(ending))) yield path;
  }
}
const read = (folder, endings) => [...files(join(root, folder), endings)].map(path => readFileSync(path, 'utf8')).join('\n');
const client = read('web/src', ['.ts', '.tsx']);
const server = read('src', ['.c', '.h', '.def']);

test('every_catalogue_says_its_name_direction_and_review', () => {
  for (const [code, { meta }] of catalogues) {
    assert.ok(meta?.name, code);
    assert.ok(['ltr', 'rtl'].includes(meta.dir), code);
    assert.equal(typeof meta.reviewed, 'boolean', code);
  }
});

test('no_key_is_missing_or_surplus_in_any_language', () => {
  const expected = [...new Set(Object.keys(english).map(base))].sort();
  for (const [code, { texts }] of catalogues) {
    assert.deepEqual([...new Set(Object.keys(texts).map(base))].sort(), expected, code);
  }
});

test('counted_texts_have_exactly_the_plural_forms_of_their_language', () => {
  for (const [code, { texts }] of catalogues) {
    const expected = new Intl.PluralRules(code).resolvedOptions().pluralCategories.slice().sort();
    for (const key of counted) assert.deepEqual(forms(texts, key).sort(), expected, `${code} ${key}`);
  }
});

test('placeholders_are_the_same_in_every_language', () => {
  for (const [code, { texts }] of catalogues) {
    for (const [key, text] of Object.entries(texts)) {
      const model = placeholders(english[key] ?? english[`${base(key)}#other`]);
      const own = placeholders(text);
      // A form that says "one" in a word may leave the figure out.
      const wanted = key.includes('#') && !own.includes('count') ? model.filter(name => name !== 'count') : model;
      assert.deepEqual(own, wanted, `${code} ${key}`);
    }
  }
});

test('no_text_is_empty_or_padded', () => {
  for (const [code, { texts }] of catalogues) {
    for (const [key, text] of Object.entries(texts)) assert.ok(text && text === text.trim(), `${code} ${key}`);
  }
});

test('every_key_that_the_client_says_exists', () => {
  const said = [...client.matchAll(/\bt\('([a-z0-9_.-]+)'/g)].map(found => found[1]);
  const saidCounted = [...client.matchAll(/\btn\('([a-z0-9_.-]+)'/g)].map(found => found[1]);
  assert.ok(said.length > 100);
  for (const key of said) assert.ok(key in english, key);
  for (const key of saidCounted) assert.ok(counted.includes(key), key);
});

test('every_key_is_said_by_somebody', () => {
  const unused = [...new Set(Object.keys(english).map(base))].filter(key =>
    !madeWhileRunning.some(prefix => key.startsWith(prefix))
    && !client.includes(`'${key}'`)
    && !new RegExp(`\\bTEXT_${key.replace(/[^a-z0-9]/gi, '_')}\\b`).test(server));
  assert.deepEqual(unused, []);
});

test('every_reason_of_a_failed_upload_has_its_words', () => {
  const slugs = [...readFileSync(join(root, 'src/media/reason.def'), 'utf8').matchAll(/^REASON\(\w+, "([a-z-]+)"/gm)].map(found => found[1]);
  assert.ok(slugs.length > 0);
  for (const slug of slugs) assert.ok(`upload.fail.${slug}` in english, slug);
});

test('every_problem_of_the_server_has_its_words', () => {
  const table = readFileSync(join(root, 'src/api/problem.def'), 'utf8');
  const slugs = [...table.matchAll(/^PROBLEM_(?:CODE\(\w+,\s+|SLUG\()"([a-z-]+)"/gm)].map(found => found[1]);
  // Only programs that speak tus or ranges wrongly meet these.
  const forPrograms = ['tus-version', 'tus-content-type', 'checksum-mismatch', 'bad-range'];
  assert.ok(slugs.length > 0);
  for (const slug of slugs) assert.ok(forPrograms.includes(slug) || `problem.${slug}` in english, slug);
});
