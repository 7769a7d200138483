// The charter: the table that was reviewed, the program and a second evaluator (charter_model.mjs) say the same, and a charter cannot be loosened by haste.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { askers, bases, breaksTheFloor, day, decide, decideInForce, hash, inForce, kinds, strictest, within } from './charter_model.mjs';
import { binary, freshFolder, root, run } from './server.mjs';

const ok = (result) => { assert.equal(result.code, 0, `${result.stdout}\n${result.stderr}`); return result.stdout; };
const first = async (...options) => ok(await run(['charter', 'show', ...options]));
const columns = ['asker_is_owner', 'asker_is_residence', 'asker_is_home', 'residence_is_home', 'residence_is_owner', 'home_is_owner', 'kind', 'basis',
  'authenticated', 'outcome', 'rule', 'effect', 'deadline_hours', 'notice_hours', 'gag_days', 'hold_days'];
const table = readFileSync(path.join(root, 'docs/charter-table.tsv'), 'utf8');
const rows = table.trimEnd().split('\n').slice(1).map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [columns[i], cell])));

// --- many questions to one process ---

const driver = path.join(path.dirname(binary), 'tests/system/charter_driver');
function ask(lines) {
  const { stdout, status, stderr } = spawnSync(driver, { input: lines.join(''), maxBuffer: 1 << 28, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const answers = stdout.trimEnd().split('\n');
  assert.equal(answers.length, lines.length);
  return answers;
}
const charterLine = (text, entered = 0) => `charter ${entered} ${Buffer.byteLength(text)}\n${text}`;
const caseLine = (which, c) => `case ${which} ${c.residence ?? '-'} ${c.home ?? '-'} ${c.asker ?? '-'} ${c.kind} ${c.basis} ${Number(c.authenticated)}\n`;
const said = (d) => `${d.outcome} ${d.version} ${d.rule} ${d.effect} ${d.deadline} ${d.notice} ${d.gag} ${d.hold}`;
const read = (line) => {
  const [outcome, version, rule, effect, ...terms] = line.split(' ');
  const [deadline, notice, gag, hold] = terms.map(Number);
  return { outcome, version: Number(version), rule: Number(rule), effect, deadline, notice, gag, hold };
};

// --- chance, the same in every run ---

function chance(seed) {
  let state = seed >>> 0;
  const next = () => {                                  // mulberry32
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, odds: (p) => next() < p, pick: (list) => list[below(list.length)], some: (list) => { const few = list.filter(() => next() < 0.5); return few.length ? few : [list[below(list.length)]]; } };
}

const codes = ['IN', 'SG', 'CN', 'HK', 'XK'];
function randomRule(r, number) {
  const rule = { number, says: `Rule ${number}.` };
  if (r.odds(0.6)) rule.kinds = r.some(kinds);
  if (r.odds(0.5)) rule.bases = r.some(bases);
  if (r.odds(0.6)) rule.asker = r.some(askers);
  rule.then = r.pick(['refuse', 'authenticate', 'decide', 'decide']);
  if (rule.then === 'decide' ? r.odds(0.95) : r.odds(0.4)) rule.authenticated = rule.then === 'decide' || r.odds(0.5);
  if (rule.then !== 'refuse') rule.deadline_hours = 1 + r.below(r.odds(0.97) ? 72 : 200);
  rule.notice_hours = r.below(100);
  if (rule.then === 'decide') rule.gag_days = r.below(549);
  if (rule.then === 'decide' && (!rule.kinds || rule.kinds.includes('preservation'))) rule.hold_days = 1 + r.below(365);
  return rule;
}
function randomCharter(r, version = 1, previous = null) {
  const rules = r.odds(0.9) ? [{ number: 1, says: 'No.', kinds: ['weaken', 'live', 'bulk'], then: 'refuse', notice_hours: r.below(3) }] : [];
  let number = 1;
  for (let i = r.below(8); i > 0; i--) rules.push(randomRule(r, number += 1 + r.below(3)));
  rules.push({ number: number + 1, says: 'The rest.', then: 'refuse', notice_hours: r.below(3) });
  const home = r.some(codes).map((state, i) => ({ region: `r${i}`, state }));
  return { format: 'amanat-charter/v1', name: 'example.org', version, previous, issued: '2026-11-22', places: { home, owner: r.odds(0.15) ? null : r.odds(0.2) ? [] : r.some(codes) }, rules };
}
const randomCase = (r) => ({ residence: r.odds(0.2) ? null : r.pick(codes), home: r.pick(codes), asker: r.odds(0.05) ? null : r.pick(codes), kind: r.pick(kinds), basis: r.pick(bases), authenticated: r.odds(0.7) });

// --- the table ---

test('the_table_in_docs_is_what_the_program_decides', async () => {
  assert.equal(ok(await run(['charter', 'table'])), table);
});

test('the_table_has_every_combination_once', () => {
  const cases = new Set(rows.map((row) => columns.slice(0, 9).map((c) => row[c]).join(' ')));
  assert.equal(rows.length, 35 * kinds.length * bases.length * 2);
  assert.equal(cases.size, rows.length);
});

test('whatever_the_owners_state_asks_is_refused_even_as_home_or_residence', () => {
  for (const row of rows.filter((each) => each.asker_is_owner !== 'no')) assert.deepEqual([row.outcome, ['1', '2'].includes(row.rule)], ['refuse', true]);
});

test('a_state_that_is_neither_residence_nor_home_may_at_most_have_its_own_territory_blocked', () => {
  const third = rows.filter((row) => row.asker_is_residence !== 'yes' && row.asker_is_home === 'no' && row.outcome !== 'refuse');
  assert.ok(third.length > 0);
  for (const row of third) assert.equal(row.kind, 'availability');
});

test('residence_and_home_get_a_persons_decision_on_a_lawful_authenticated_demand', () => {
  const lawful = rows.filter((row) => row.asker_is_owner === 'no' && (row.asker_is_residence === 'yes' || row.asker_is_home === 'yes') && row.authenticated === 'yes' &&
    ['court', 'statute', 'treaty'].includes(row.basis) && !['live', 'bulk', 'weaken'].includes(row.kind));
  assert.ok(lawful.length > 0);
  for (const row of lawful) assert.equal(row.outcome, 'decide');
});

test('an_emergency_is_decided_by_a_person_within_a_day_and_never_by_itself', () => {
  const urgent = rows.filter((row) => row.basis === 'emergency' && row.outcome === 'decide' && row.effect === 'disclose');
  assert.ok(urgent.length > 0);
  for (const row of urgent) assert.ok(Number(row.deadline_hours) <= 24 && row.authenticated === 'yes');
  assert.deepEqual([...new Set(rows.map((row) => row.outcome))].sort(), ['authenticate', 'decide', 'refuse']);
});

test('nobody_who_is_not_authenticated_gets_more_than_to_prove_who_they_are', () => {
  for (const row of rows.filter((each) => each.authenticated === 'no')) assert.ok(row.outcome !== 'decide' && row.effect === 'none');
});

test('preservation_discloses_nothing_and_ends', () => {
  for (const row of rows.filter((each) => each.kind === 'preservation')) assert.ok(row.outcome === 'decide' ? row.effect === 'hold' && row.hold_days === '90' : row.effect === 'none' && row.hold_days === '0');
});

test('the_second_evaluator_agrees_with_every_row_of_the_table', async () => {
  const text = await first('--owner', 'none');
  for (const row of rows) {
    // Places from the row's relations: each gets the name of the first that it equals.
    const asker = 'A', residence = row.asker_is_residence === 'unknown' ? null : row.asker_is_residence === 'yes' ? 'A' : 'R';
    const home = row.asker_is_home === 'yes' ? 'A' : row.residence_is_home === 'yes' ? 'R' : 'H';
    const owner = row.asker_is_owner === 'unknown' ? null : [['A', row.asker_is_owner], [residence, row.residence_is_owner], [home, row.home_is_owner]].filter(([, is]) => is === 'yes').map(([place]) => place);
    const charter = { ...JSON.parse(text), places: { home: [{ region: 'sg', state: home }], owner } };
    const one = decide(charter, { residence, home, asker, kind: row.kind, basis: row.basis, authenticated: row.authenticated === 'yes' });
    assert.deepEqual([one.outcome, one.rule, one.effect, one.deadline, one.notice, one.gag, one.hold].map(String),
      [row.outcome, row.rule, row.effect, row.deadline_hours, row.notice_hours, row.gag_days, row.hold_days], JSON.stringify(row));
  }
});

// --- chance ---

test('both_evaluators_agree_on_10000_cases_under_random_charters', () => {
  const r = chance(20261122), lines = [], expected = [];
  let cases = 0, refused = 0;
  while (cases < 10_000) {
    const charter = randomCharter(r), text = JSON.stringify(charter), broken = breaksTheFloor(charter);
    lines.push('clear\n', charterLine(text));
    expected.push('ok', broken ? 'no' : `ok ${hash(text)}`);
    if (broken) { refused++; continue; }
    for (let i = 0; i < 20; i++, cases++) {
      const asked = randomCase(r);
      lines.push(caseLine(0, asked));
      expected.push(said(decide(charter, asked)));
    }
  }
  const answers = ask(lines);
  answers.forEach((answer, i) => assert.equal(expected[i] === 'no' ? answer.slice(0, 2) : answer, expected[i], lines[i]));
  assert.ok(refused > 20 && new Set(expected.map((e) => e.split(' ')[0])).size === 5, 'charters of every sort were met');
});

/** Chains of versions as { text, entered }; now and then one that is no chain, or whose beginning is lost. */
function randomChain(r) {
  const versions = [];
  let entered = 1_000 * day;
  const length = 1 + r.below(6);
  while (versions.length < length) {
    const before = versions.at(-1)?.text;
    const charter = randomCharter(r, versions.length + 1, before ? (r.odds(0.01) ? hash('other') : hash(before)) : null);
    if (breaksTheFloor(charter)) continue;
    versions.push({ text: JSON.stringify(charter), entered });
    entered += r.odds(0.1) ? -r.below(5) * day : r.below(40) * day;
  }
  return versions.length > 1 && r.odds(0.1) ? versions.slice(1) : versions;
}

test('both_evaluators_agree_on_what_is_in_force', () => {
  const r = chance(5), lines = [], expected = [];
  for (let chain = 0; chain < 300; chain++) {
    const versions = randomChain(r);
    lines.push('clear\n', ...versions.map((v) => charterLine(v.text, v.entered)));
    expected.push('ok', ...versions.map((v) => `ok ${hash(v.text)}`));
    for (let i = 0; i < 6; i++) {
      const now = versions[0].entered + r.below(150) * day + (r.odds(0.5) ? 0 : r.pick([-1, 1])), force = inForce(versions, now);
      lines.push(`force ${now}\n`);
      expected.push(null);
      for (let j = 0; j < 5; j++) {
        const asked = randomCase(r);
        lines.push(caseLine('force', asked));
        expected.push(said(decideInForce(force, asked)));
      }
    }
  }
  ask(lines).forEach((answer, i) => { if (expected[i]) assert.equal(answer, expected[i], lines[i]); });
});

test('no_case_is_ever_decided_more_permissively_than_what_was_published_30_days_before', () => {
  const r = chance(30), lines = [], checks = [];
  for (let chain = 0; chain < 300; chain++) {
    const versions = randomChain(r);
    if (inForce(versions, 10_000 * day) === null) continue;
    lines.push('clear\n', ...versions.map((v) => charterLine(v.text, v.entered)));
    const entered = versions.map((_, i) => Math.max(...versions.slice(0, i + 1).map((v) => v.entered)));
    for (let i = 0; i < 6; i++) {
      const now = versions[0].entered + r.below(150) * day;
      const published = entered.findLastIndex((time) => time <= now - 30 * day), newest = entered.findLastIndex((time) => time <= now);
      lines.push(`force ${now}\n`);
      for (let j = 0; j < 5; j++) {
        const asked = randomCase(r);
        checks.push([lines.length, published >= 0, newest >= 0]);
        lines.push(caseLine('force', asked), caseLine(Math.max(published, 0), asked), caseLine(Math.max(newest, 0), asked));
      }
    }
  }
  const answers = ask(lines);
  let loosened = 0;
  for (const [at, published, newest] of checks) {
    const [now, then, latest] = answers.slice(at, at + 3).map(read);
    if (published) assert.ok(within(now, then), `${lines[at]} ${answers[at]} | ${answers[at + 1]}`);
    if (newest) assert.ok(within(now, latest), `${lines[at]} ${answers[at]} | ${answers[at + 2]}`);
    loosened += published && !within(latest, then);
  }
  assert.ok(loosened > 500, 'there were loosenings that had to wait');
});

test('the_strictest_of_two_is_within_both', () => {
  const r = chance(7);
  const one = () => ({ outcome: r.pick(['refuse', 'authenticate', 'decide']), deadline: r.below(3), notice: r.below(3), gag: r.below(3), hold: r.below(3) });
  for (let i = 0; i < 1000; i++) {
    const [a, b] = [one(), one()], both = strictest(a, b);
    assert.ok(within(both, a) && within(both, b));
  }
});

// --- the commands ---

test('a_demand_of_the_owners_state_is_refused_by_rule_2_and_the_command_says_why', async () => {
  const asked = ['charter', 'decide', '--asker', 'CN', '--residence', 'IN', '--kind', 'data', '--basis', 'court', '--authenticated', '--owner', 'CN,HK'];
  assert.match(ok(await run(asked)), /^refused by rule 2\n {2}Whatever the state of the operator's owner asks/);
  const answer = JSON.parse(ok(await run([...asked, '--json'])));
  assert.deepEqual([answer.outcome, answer.rule, answer.effect], ['refuse', 2, 'none']);
  assert.match(ok(await run(asked.map((word) => (word === 'CN' ? 'IN' : word)))), /^needs a person's decision within 336 hours, else refused \(rule 10\)/);
});

test('a_case_that_cannot_be_asked_is_told_with_what_is_allowed', async () => {
  const base = ['charter', 'decide', '--kind', 'data', '--basis', 'court'];
  for (const [args, what] of [[base, /--asker is needed/], [[...base, '--asker', 'UK'], /no state has the code "UK"/], [['charter', 'decide', '--asker', 'IN', '--kind', 'love', '--basis', 'court'], /--kind is one of: data, metadata/]]) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2);
    assert.match(stderr, what);
  }
});

test('a_charter_is_signed_and_what_is_changed_in_it_or_its_note_is_seen', async () => {
  const folder = freshFolder(), file = (name, text) => { writeFileSync(path.join(folder, name), text); return path.join(folder, name); };
  const text = await first('--owner', 'CN', '--name', 'example.org'), charter = file('charter.json', text);
  const signing = await run(['charter', 'sign', charter, '--key', file('key', `${'ab'.repeat(32)}\n`)]);
  const [, vkey] = /--key (\S+)\n/.exec(signing.stderr), note = file('note', ok(signing));
  assert.equal(signing.stdout.split('\n')[0], 'amanat charter');
  assert.equal(signing.stdout.split('\n')[3], Buffer.from(hash(text), 'hex').toString('base64'));
  const verify = (...files) => run(['charter', 'verify', ...files, '--key', vkey]);
  assert.match(ok(await verify(charter, note)), /Version 1 of the charter of example\.org, 14 rules, issued \d{4}-\d\d-\d\d: the signature holds/);
  assert.equal((await verify(file('other.json', text.replace('"gag_days": 90', '"gag_days": 91')), note)).code, 1);
  assert.equal((await verify(charter, file('forged', signing.stdout.replace(/ (\w{9})\w/, ' $1A')))).code, 1);
  assert.equal((await run(['charter', 'verify', charter, note, '--key', vkey.replace('example.org', 'example.net')])).code, 1);
});

test('the_catalogues_sentences_are_those_of_the_first_charter', async () => {
  const { rules } = JSON.parse(await first());
  const english = JSON.parse(readFileSync(path.join(root, 'locale/en.json'), 'utf8'));
  for (const { number, says } of rules) assert.equal(english[`charter.rule.${number}`], says);
  assert.equal(Object.keys(english).filter((key) => key.startsWith('charter.rule.')).length, rules.length);
});

test('the_page_for_people_has_every_rule_and_every_word', async () => {
  const page = readFileSync(path.join(root, 'docs/charter.md'), 'utf8');
  for (const { number, says } of JSON.parse(await first()).rules) assert.ok(page.includes(`| ${number} | ${says} |`), says);
  for (const list of ['kind', 'basis', 'relation', 'outcome', 'effect'])
    for (const [, word] of readFileSync(path.join(root, `src/charter/${list}.def`), 'utf8').matchAll(/^CHARTER_\w+\(\w+, "(\w+)"/gm)) assert.ok(page.includes(`\`${word}\``), word);
});
