// Counts a log's entries again, as src/docket/tally.def and the page do: "asked", "refused-by-rule/2026-H2/IN", "rule:2", "kind:incident".
export interface Entry { kind: string; time: string; fields: Record<string, string> }

interface Demand { asker: string; half: string; kind: string; basis: string; accounts: number; authenticated: boolean; outcome: string; rule: string; given: number; told: boolean }

const form = /^[a-z]+(-[a-z]+)* \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ( [a-z_]+=[^ ]+)*$/;

/** null: not written as an entry is. */
export function readEntry(line: string): Entry | null {
  if (!form.test(line)) return null;
  const [kind, time, ...pairs] = line.split(' ') as [string, string, ...string[]];
  return { kind, time, fields: Object.fromEntries(pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])) };
}

const half = (time: string) => `${time.slice(0, 4)}-H${Number(time.slice(5, 7)) > 6 ? 2 : 1}`;

function sortOf({ kind, basis }: Demand): string {
  if (kind === 'preservation') return 'preservation';
  if (kind === 'removal' || kind === 'availability') return 'removal';
  return basis === 'emergency' ? 'emergency' : 'legal';
}

function* figuresOf(demand: Demand): Generator<string> {
  const { outcome } = demand;
  yield 'asked';
  yield sortOf(demand);
  if (demand.authenticated) yield 'authenticated';
  if (outcome === '') yield 'open';
  if (outcome === 'refused-by-rule' || outcome === 'refused') yield 'refused-in-all';
  if (outcome === 'refused-by-rule' || outcome === 'refused' || outcome === 'withdrawn') yield outcome;
  if (outcome === 'narrowed' || outcome === 'complied-in-part') yield 'partial';
  if (outcome === 'complied') yield 'full';
  if (demand.given > 0) yield 'disclosed';
  if (demand.told) yield 'told';
}

/** Of the entries in their order, each figure that a page may show; what is not in it is 0. */
export function count(entries: (Entry | null)[]): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (name: string, by = 1) => sums.set(name, (sums.get(name) ?? 0) + by);
  const demands = new Map<number, Demand>();
  const of = ({ fields }: Entry) => demands.get(Number(fields.received));
  entries.forEach((entry, number) => {
    if (!entry) return;
    add(`kind:${entry.kind}`);
    const { fields } = entry;
    if (entry.kind === 'demand-received') {
      demands.set(number, {
        asker: fields.asker!, half: half(entry.time), kind: fields.kind!, basis: fields.basis!, accounts: Number(fields.accounts), authenticated: false,
        outcome: '', rule: '-', given: 0, told: false,
      });
    }
    const demand = of(entry);
    if (!demand) return;
    if (entry.kind === 'demand-authenticated') demand.authenticated = true;
    if (entry.kind === 'demand-told') demand.told = true;
    if (entry.kind === 'demand-decided') Object.assign(demand, { outcome: fields.outcome, rule: fields.rule, given: Number(fields.accounts) });
  });
  for (const demand of demands.values()) {
    const places = ['', `/${demand.half}/${demand.asker}`];
    for (const figure of figuresOf(demand)) for (const place of places) add(figure + place);
    for (const place of places) add(`accounts${place}`, demand.accounts);
    if (demand.outcome === 'refused-by-rule') add(`rule:${demand.rule}`);
  }
  return sums;
}
