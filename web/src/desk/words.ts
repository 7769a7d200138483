// The closed lists of a demand, as the server takes them, and what the desk says of them.
import { number, t, tn } from '../i18n';

export const kinds = ['data', 'metadata', 'live', 'bulk', 'weaken', 'preservation', 'removal', 'availability'] as const;
export const bases = ['court', 'statute', 'treaty', 'emergency', 'none'] as const;
export const ways = ['call-back', 'signed-mail', 'treaty-channel', 'in-person'] as const;
export const outcomes = ['refused', 'withdrawn', 'complied', 'complied-in-part', 'narrowed'] as const;

export interface Demand {
  demand: string;
  state: 'unentered' | 'hidden' | 'received' | 'authenticated' | 'decided';
  asker: string;
  kind: string;
  basis: string;
  accounts: number;
  outcome: string | null;
  rule: number;
  charter: number;
  received: string | null;
  authenticated: string | null;
  decided: string | null;
  due: string | null;
  overdue: boolean;
  silence: string | null;
  told: string | null;
  held_until: string | null;
  authority: string | null;
  reference: string | null;
  text: string | null;
  entries: { received: number | null; authenticated: number | null; decided: number | null; told: number | null };
}

/** "Refused by rule 2", "Waits for proof of who asks". */
export function standing(demand: Demand): string {
  if (demand.outcome === 'refused-by-rule') return t('desk.outcome.refused-by-rule', { rule: number(demand.rule) });
  if (demand.outcome === 'refused' && demand.rule) return t('desk.outcome.refused_by_term', { rule: number(demand.rule) });
  return demand.outcome ? t(`desk.outcome.${demand.outcome}`) : t(`desk.state.${demand.state}`);
}

const hour = 3_600_000, day = 24 * hour;

/** What is left until a deadline; the desk's clock. */
export function left(due: string, now: number): string {
  const rest = Date.parse(due) - now;
  if (rest <= 0) return t('desk.overdue');
  if (rest >= 2 * day) return tn('desk.left_days', Math.floor(rest / day));
  if (rest >= hour) return tn('desk.left_hours', Math.floor(rest / hour));
  return tn('desk.left_minutes', Math.max(1, Math.floor(rest / 60_000)));
}

export const isPressing = (due: string, now: number) => Date.parse(due) - now < day;
