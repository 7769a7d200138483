// Holds the catalogues of locale/ against each other and against the program that speaks them (tools/catalogues.mjs).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { examine, first, pluralForms, readCatalogues, readSources, unknownKeys } from '../../tools/catalogues.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const catalogues = readCatalogues(), sources = readSources();
const english = catalogues.get(first).texts;
const marked = (code, mark, all = catalogues, said = sources) => [...examine(code, all, said).marks].filter(([, marks]) => marks.includes(mark)).map(([key]) => key);

test('every_catalogue_says_its_name_direction_and_review', () => {
  for (const [code, { meta }] of catalogues) {
    assert.ok(meta?.name, code);
    assert.ok(['ltr', 'rtl'].includes(meta.dir), code);
    assert.equal(typeof meta.reviewed, 'boolean', code);
  }
});

for (const [mark, name] of [['missing', 'no_key_is_missing_in_any_language'], ['surplus', 'no_key_is_surplus_in_any_language'],
  ['plural', 'counted_texts_have_exactly_the_plural_forms_of_their_language'], ['mismatched', 'placeholders_are_the_same_in_every_language'],
  ['blank', 'no_text_is_empty_or_padded'], ['unused', 'every_key_is_said_by_somebody']]) {
  test(name, () => { for (const code of catalogues.keys()) assert.deepEqual(marked(code, mark), [], code); });
}

test('every_key_that_the_client_says_exists', () => {
  assert.ok(sources.literals.size > 100);
  assert.deepEqual(unknownKeys(sources, english), []);
});

test('each_fault_of_a_catalogue_is_found', () => {
  const changed = (change) => {
    const texts = { ...catalogues.get('ar').texts };
    change(texts);
    return new Map([...catalogues, ['ar', { ...catalogues.get('ar'), texts }]]);
  };
  const counted = Object.keys(catalogues.get('ar').texts).find((key) => key.endsWith('#few'));
  assert.deepEqual(pluralForms('ar'), ['few', 'many', 'one', 'other', 'two', 'zero']);
  assert.deepEqual(marked('ar', 'missing', changed((texts) => { delete texts['feed.why']; })), ['feed.why']);
  assert.deepEqual(marked('ar', 'surplus', changed((texts) => { texts['feed.whither'] = 'إلى أين'; })), ['feed.whither']);
  assert.deepEqual(marked('ar', 'plural', changed((texts) => { delete texts[counted]; })), [counted.split('#')[0]]);
  assert.deepEqual(marked('ar', 'mismatched', changed((texts) => { texts['shield.text'] = texts['shield.text'].replace('{n}', '{m}'); })), ['shield.text']);
  assert.deepEqual(marked('ar', 'blank', changed((texts) => { texts['feed.why'] += ' '; })), ['feed.why']);
  const unsaid = new Map([...catalogues].map(([code, { meta, texts }]) => [code, { meta, texts: { ...texts, 'settings.never_said': 'x', 'feed.never_said': 'x' } }]));
  assert.deepEqual(marked('ar', 'unused', unsaid), ['settings.never_said', 'feed.never_said']);
  assert.deepEqual(unknownKeys({ ...sources, literals: new Set([...sources.literals, 'feed.nowhere']), prefixes: ['feed.nothing_'] }, english),
    ['feed.nowhere', 'feed.nothing_']);
});

test('every_state_has_its_name_in_each_language', () => {
  const names = JSON.parse(readFileSync(join(root, 'locale/names/countries.json'), 'utf8'));
  assert.deepEqual(Object.keys(names), Object.keys(names).sort());
  for (const [code, name] of Object.entries(names)) assert.deepEqual(Object.keys(name).sort(), [...catalogues.keys()].sort(), `${code}: node tools/countries.mjs`);
  for (const [, code] of readFileSync(join(root, 'src/charter/place.c'), 'utf8').matchAll(/"([A-Z]{2})"/g)) if (!/^[XQ]/.test(code)) assert.ok(code in names, code);
});

test('every_reason_of_a_failed_upload_has_its_words', () => {
  const slugs = [...readFileSync(join(root, 'src/media/reason.def'), 'utf8').matchAll(/^REASON\(\w+, "([a-z-]+)"/gm)].map(found => found[1]);
  assert.ok(slugs.length > 0);
  for (const slug of slugs) assert.ok(`upload.fail.${slug}` in english, slug);
});

test('every_problem_of_the_server_has_its_words', () => {
  const table = readFileSync(join(root, 'src/api/problem.def'), 'utf8');
  const slugs = [...table.matchAll(/^PROBLEM_(?:CODE\(\w+,\s+|SLUG\()"([a-z-]+)"/gm)].map(found => found[1]);
  // Only programs that speak tus or ranges wrongly, or have a log witnessed, meet these.
  const forPrograms = ['tus-version', 'tus-content-type', 'checksum-mismatch', 'bad-range', 'checkpoint-inconsistent'];
  assert.ok(slugs.length > 0);
  for (const slug of slugs) assert.ok(forPrograms.includes(slug) || `problem.${slug}` in english, slug);
});
