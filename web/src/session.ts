// Who is here, and how an act waits until somebody is signed in.
import { api, plainWords, whenSessionIsLost } from './api';
import { boot } from './boot';
import { t } from './i18n';
import { createStore } from './store';
import { toast } from './shell/toasts';
import type { Me } from './types';

/** undefined: not known yet; null: nobody. */
export const me = createStore<Me | null | undefined>(boot.me);

export async function learnWho(): Promise<void> {
  if (boot.me !== undefined) return;
  const person = await api.me().catch(() => null);
  if (me.get() === undefined) me.set(person);   // else they have come in meanwhile
}

type Forget = (arrived: boolean) => void;
const forgetters: Forget[] = [];
/** Called when somebody arrives where nobody was, or leaves: what was loaded for a person is not another's. */
export const onOtherPerson = (forget: Forget) => { forgetters.push(forget); };

export function nowIs(person: Me | null): void {
  const before = me.get();
  const arrived = person !== null && !before;
  me.set(person);
  if (person && before?.id === person.id) return;
  for (const forget of forgetters) forget(arrived);
}

whenSessionIsLost(() => {
  if (!me.get()) return false;
  nowIs(null);
  toast(t('problem.session-ended'), 8, { text: t('join.sign_in'), then: () => comeBack(() => undefined) });
  return true;
});

export async function signOut(): Promise<boolean> {
  try {
    await api.signOut();
  } catch (thrown) {
    toast(plainWords(thrown));
    return false;
  }
  nowIs(null);
  return true;
}

export type Wish = 'like' | 'save' | 'follow' | 'comment' | 'report' | 'upload' | 'any' | 'again';

/** A wish of a signed-out person: the join sheet is shown while one stands. */
export const wish = createStore<{ kind: Wish; then: () => void } | null>(null);

/** For somebody who was signed in until just now. */
export const comeBack = (then: () => void) => wish.set({ kind: 'again', then });

/** Does it now, or after signing up or in. */
export function asSomeone(kind: Wish, then: () => void): void {
  if (me.get()) then();
  else wish.set({ kind, then });
}
