// What is wrong with the catalogues of locale/: the test fails by it, the preview marks it.
//
//   const { keys, marks } = examine('ar');    // marks: Map of key to ['missing', 'unused', ...]
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const first = 'en';

/** Keys of counted texts carry their plural form behind #. */
export const base = (key) => key.split('#')[0];
export const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
export const pluralForms = (code) => new Intl.PluralRules(code).resolvedOptions().pluralCategories.slice().sort();

export function readCatalogues() {
  return new Map(readdirSync(path.join(root, 'locale')).filter((file) => file.endsWith('.json')).map((file) => {
    const { _meta: meta, ...texts } = JSON.parse(readFileSync(path.join(root, 'locale', file), 'utf8'));
    return [file.slice(0, -'.json'.length), { meta, texts }];
  }));
}

function* files(folder, endings) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const where = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(where, endings);
    else if (endings.some((ending) => entry.name.endsWith(ending))) yield where;
  }
}
const read = (folder, endings) => [...files(path.join(root, folder), endings)].map((file) => readFileSync(file, 'utf8')).join('\n');

/** What the program says: keys written out, beginnings of keys that are put together, and every word in quotes that may end one. */
export function readSources() {
  const client = read('web/src', ['.ts', '.tsx']);
  const server = read('src', ['.c', '.h', '.def']);
  // The rules of the first charter: each has its number's key.
  const rules = JSON.parse(readFileSync(path.join(root, 'src/charter/first.json'), 'utf8')).rules.map(({ number }) => `charter.rule.${number}`);
  const literals = [...client.matchAll(/(?<!from |import\()['"]([a-z_]+(?:\.[a-z0-9_-]+)+)['"]/g)].map((found) => found[1]);
  const prefixes = [...client.matchAll(/`([a-z_]+\.[a-z0-9_.-]*)\$\{/g), ...server.matchAll(/"([a-z_]+(?:\.[a-z_]+)*\.)"/g)].map((found) => found[1]);
  const quoted = new Set([...`${client}\n${server}`.matchAll(/['"]([a-z0-9_-]+)['"]/g)].map((found) => found[1]));
  for (const [, word] of client.matchAll(/\b([a-z_]+): ?['"\d{(]/g)) quoted.add(word);      // a member of a list by name
  for (const [, list] of server.matchAll(/^FIELD\(\w+, \w+, WORDS?, \w+, "([^"]*)"/gm)) for (const word of list.split(' ')) quoted.add(word);
  const tokens = new Set(server.match(/\bTEXT_\w+/g));
  const sentences = new Set([...server.matchAll(/\bSENTENCE\((\w+)\)/g)].map((found) => found[1]));
  return { client, literals: new Set([...literals, ...rules]), prefixes: [...new Set(prefixes)], quoted, tokens, sentences };
}

/** Whether anybody says a key (without #). */
export function isSaid(key, { literals, prefixes, quoted, tokens, sentences }) {
  if (literals.has(key) || tokens.has(`TEXT_${key.replace(/[^a-z0-9]/gi, '_')}`)) return true;
  const [room, sentence, part] = key.split('.');
  if (room === 'letter' && part && sentences.has(sentence)) return true;
  return prefixes.some((prefix) => key.startsWith(prefix) && key.slice(prefix.length).split('.').every((word) => word === 'long' || quoted.has(word)));
}

/** Keys that the client says and no catalogue has. */
export function unknownKeys({ literals, prefixes }, english) {
  const known = new Set(Object.keys(english).map(base));
  const rooms = new Set([...known].map((key) => key.split('.')[0]));
  const all = [...known];
  return [
    ...[...literals].filter((key) => rooms.has(key.split('.')[0]) && !known.has(key)),
    ...prefixes.filter((prefix) => rooms.has(prefix.split('.')[0]) && !all.some((key) => key.startsWith(prefix))),
  ];
}

function marksOf(code, key, { english, texts, sources }) {
  const marks = [];
  const own = Object.keys(texts).filter((each) => base(each) === key), model = Object.keys(english).filter((each) => base(each) === key);
  if (own.length === 0) return ['missing'];
  if (model.length === 0) return ['surplus'];
  const counted = model[0].includes('#');
  const forms = own.map((each) => each.split('#')[1] ?? '').sort();
  if (String(forms) !== String(counted ? pluralForms(code) : [''])) marks.push('plural');
  for (const each of own) {
    const wanted = placeholders(english[each] ?? english[`${key}#other`] ?? english[key]), has = placeholders(texts[each]);
    // A form that says "one" in a word may leave the figure out.
    const due = each.includes('#') && !has.includes('count') ? wanted.filter((name) => name !== 'count') : wanted;
    if (String(has) !== String(due)) marks.push('mismatched');
    if (!texts[each] || texts[each] !== texts[each].trim()) marks.push('blank');
  }
  if (!isSaid(key, sources)) marks.push('unused');
  return [...new Set(marks)];
}

export function examine(code, catalogues = readCatalogues(), sources = readSources()) {
  const english = catalogues.get(first).texts, { texts, meta } = catalogues.get(code);
  const keys = [...new Set([...Object.keys(english), ...Object.keys(texts)].map(base))];
  return { meta, english, texts, keys, marks: new Map(keys.map((key) => [key, marksOf(code, key, { english, texts, sources })])) };
}
