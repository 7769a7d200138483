// The charter a second time, written from docs/charter.md and from nothing else: what the program decides is held against this.
//
//   const { outcome, rule } = decide(JSON.parse(text), { residence: 'IN', home: 'SG', asker: 'IN', kind: 'data', basis: 'court', authenticated: true });
//
// A place that is not known is null.
import { createHash } from 'node:crypto';

export const effects = { data: 'disclose', metadata: 'disclose', live: 'none', bulk: 'none', weaken: 'none', preservation: 'hold', removal: 'remove', availability: 'restrict' };
export const kinds = Object.keys(effects);
export const bases = ['court', 'statute', 'treaty', 'emergency', 'none'];
export const askers = ['owner', 'residence', 'home', 'third'];
export const outcomes = ['refuse', 'authenticate', 'decide'];
export const day = 86_400_000_000;
export const hash = (text) => createHash('sha256').update(text).digest('hex');

/** By the first rule that fits, where all of what the asker is to the case is known. */
function byRelations(charter, { owner, residence, home }, { kind, basis, authenticated }) {
  const holds = { owner, residence, home, third: !residence && !home };
  const rule = charter.rules.find((r) => (!r.kinds || r.kinds.includes(kind)) && (!r.bases || r.bases.includes(basis)) &&
    (!r.asker || r.asker.some((word) => holds[word])) && (r.authenticated === undefined || r.authenticated === authenticated));
  return {
    outcome: rule.then, version: charter.version, rule: rule.number, effect: rule.then === 'decide' ? effects[kind] : 'none',
    deadline: rule.deadline_hours ?? 0, notice: rule.notice_hours, gag: rule.gag_days ?? 0, hold: kind === 'preservation' ? rule.hold_days ?? 0 : 0,
  };
}

export function strictest(a, b) {
  const [x, y] = [outcomes.indexOf(a.outcome), outcomes.indexOf(b.outcome)];
  const one = { ...(y < x ? b : a) };
  if (x === y) Object.assign(one, { deadline: Math.min(a.deadline, b.deadline), hold: Math.min(a.hold, b.hold) });
  return { ...one, notice: Math.min(a.notice, b.notice), gag: Math.min(a.gag, b.gag) };
}

/** Whether a permits nothing that b does not. */
export function within(a, b) {
  const [x, y] = [outcomes.indexOf(a.outcome), outcomes.indexOf(b.outcome)];
  return a.notice <= b.notice && a.gag <= b.gag && (x < y || (x === y && a.deadline <= b.deadline && a.hold <= b.hold));
}

export function decide(charter, asked) {
  const { home: homes, owner: owners } = charter.places;
  const owner = owners === null ? [true, false] : asked.asker !== null ? [owners.includes(asked.asker)] : owners.length ? [true, false] : [false];
  const residence = asked.asker === null ? [false] : asked.residence === null ? [false, true] : [asked.residence === asked.asker];
  const home = asked.asker !== null && asked.asker === asked.home && homes.some((h) => h.state === asked.home);
  return residence.flatMap((r) => owner.map((o) => byRelations(charter, { owner: o, residence: r, home }, asked))).reduce(strictest);
}

const nothing = { outcome: 'refuse', version: 0, rule: 0, effect: 'none', deadline: 0, notice: 0, gag: 0, hold: 0 };

/** Versions as { text, entered } in the order of the ledger; the charters that count at `now`, newest first, or null: everything is refused. */
export function inForce(versions, now) {
  const charters = versions.map((v) => JSON.parse(v.text));
  const chained = charters.every((c, i) => i === 0 || (c.version === charters[i - 1].version + 1 && c.previous === hash(versions[i - 1].text)));
  if (!chained || charters.length === 0) return null;
  const entered = versions.map((_, i) => Math.max(...versions.slice(0, i + 1).map((v) => v.entered)));
  const old = entered.map((time) => now - time >= 30 * day);
  const newestOld = old.lastIndexOf(true);
  if (newestOld < 0 && charters[0].version !== 1) return null;
  return charters.filter((_, i) => !old[i] || i === newestOld).reverse();
}
export const decideInForce = (force, asked) => (force ? force.map((charter) => decide(charter, asked)).reduce(strictest) : nothing);

/** Whether a charter, well formed otherwise, breaks what no charter may say. */
export function breaksTheFloor(charter) {
  const last = charter.rules.at(-1);
  if (last.then !== 'refuse' || ['kinds', 'bases', 'asker', 'authenticated'].some((name) => name in last)) return true;
  for (const kind of kinds) for (const basis of bases) for (const authenticated of [false, true]) for (let bits = 0; bits < 8; bits++) {
    const one = byRelations(charter, { owner: (bits & 1) > 0, residence: (bits & 2) > 0, home: (bits & 4) > 0 }, { kind, basis, authenticated });
    if (effects[kind] === 'none' && one.outcome !== 'refuse') return true;
    if (one.outcome === 'decide' && (!authenticated || (basis === 'emergency' && one.deadline > 72))) return true;
  }
  return false;
}
