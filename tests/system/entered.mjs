// Puts entries into a running server's ledger, as its own commands do: what a page about the ledger is to tell of.
import { spawn } from 'node:child_process';
import path from 'node:path';

import { until } from './patience.mjs';
import { root } from './server.mjs';

const program = path.resolve(root, process.env.AMANAT_BUILD ?? 'build', 'tests/system/enter');

export async function sizeOf(server) {
  const { status, text } = await server.visitor().get('/ledger/checkpoint');
  return status === 200 ? Number(text.split('\n')[1]) : 0;
}

/** Enters the lines and waits until a checkpoint covers them.  The server may enter something of its own between. */
export async function enter(server, lines) {
  const child = spawn(program, [server.folder, `${server.folder}.key`], { stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (d) => { stderr += d; });
  child.stdin.end(lines.join('\n'));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`enter: ${stderr}`);
  const included = async () => (await server.visitor().get('/api/v1/trust/entries')).body?.items.some(({ line }) => line === lines.at(-1));
  await until(included, 'the entries are under a checkpoint');
}

const id = (n) => n.toString(16).padStart(16, '0');
const hash = (n) => n.toString(16).padStart(64, '0');
const at = (day, hour = 9) => `${day}T${String(hour).padStart(2, '0')}:00:00Z`;

/** The lines of one demand, the first of which will be entry `first`: { day, asker, kind, basis, residence, home, accounts, and what
 * becomes of it: authenticated (an hour), told (an hour), outcome, rule, given, classes, hours (to decide) }. */
export function demandLines(n, first, { day = '2026-11-20', asker = 'IN', kind = 'data', basis = 'court', residence = 'IN', home = 'SG', accounts = 1,
  authenticated, told, outcome, rule, given = 0, classes = '-', hours = 3, until } = {}) {
  const later = (by) => at(day, 9 + by);
  const lines = [`demand-received ${at(day)} demand=${id(n)} asker=${asker} kind=${kind} basis=${basis} residence=${residence} home=${home} accounts=${accounts} papers=${hash(n)}`];
  if (authenticated) lines.push(`demand-authenticated ${later(authenticated)} demand=${id(n)} received=${first} how=call-back`);
  if (outcome) lines.push(`demand-decided ${later(hours)} demand=${id(n)} received=${first} outcome=${outcome} rule=${rule ?? '-'} charter=1 accounts=${given} classes=${classes} reason=-`);
  if (until) lines.push(`hold-placed ${later(hours)} demand=${id(n)} received=${first} accounts=${accounts} until=${until}`);
  if (told) lines.push(`demand-told ${later(told)} demand=${id(n)} received=${first} accounts=${accounts}`);
  return lines;
}

/** Enters whole demands: first what was received, then, since it names these entries, what became of it; and other lines behind. */
export async function enterDemands(server, demands, others = []) {
  const whole = (first) => demands.map((demand, n) => demandLines(n + 1, first(n), demand));
  await enter(server, whole(() => 0).map(([received]) => received));
  const numbers = [];
  for (const n of demands.keys()) numbers.push((await server.visitor().get(`/api/v1/trust/entries?demand=${id(n + 1)}`)).body.items[0].number);
  await enter(server, [...whole((n) => numbers[n]).flatMap(([, ...later]) => later), ...others]);
}

export const someDemands = [
  { day: '2025-03-04', asker: 'SG', authenticated: 1, outcome: 'narrowed', given: 1, accounts: 3, classes: 'personal', told: 5, hours: 12 },
  { day: '2025-04-11', asker: 'CN', outcome: 'refused-by-rule', rule: 2, hours: 0, told: 0 },
  { day: '2025-08-20', asker: 'US', residence: 'IN', outcome: 'refused-by-rule', rule: 3, hours: 0, told: 1 },
  { day: '2025-09-02', asker: 'IN', basis: 'emergency', authenticated: 1, outcome: 'complied', given: 1, classes: 'personal', told: 10, hours: 2 },
  { day: '2026-02-01', asker: 'CN', kind: 'bulk', outcome: 'refused-by-rule', rule: 1, hours: 0, accounts: 0 },
  { day: '2026-02-17', asker: 'IN', kind: 'preservation', authenticated: 1, outcome: 'complied', hours: 8, until: '2026-05-18' },
  { day: '2026-05-30', asker: 'AE', basis: 'none', outcome: 'refused-by-rule', rule: 4, hours: 0 },
  { day: '2026-08-08', asker: 'IN', authenticated: 2, outcome: 'refused', hours: 14, told: 14 },
  { day: '2026-09-09', asker: 'CN', outcome: 'refused-by-rule', rule: 2, hours: 0, told: 1 },
  { day: '2026-11-18', asker: 'IN', kind: 'removal', basis: 'statute', authenticated: 3 },
];
export const someOthers = [
  `incident 2026-06-02T12:00:00Z incident=${id(900)} kind=outage happened=2026-06-01 people=0 told=- report=-`,
  'takedown 2026-06-03T12:00:00Z what=video basis=law country=IN demand=-',
  'takedown 2026-06-04T12:00:00Z what=comment basis=rules country=- demand=-',
];
