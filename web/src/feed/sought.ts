// The comment that a link leads to: shown in its thread, and pointed out, once.
import { createStore } from '../store';

export interface Sought { comment: string; thread: string | null }

export const sought = createStore<Sought | null>(null);

/** What the address asks for; taken from it, so that going back does not ask again. */
export function takeSought(): Sought | null {
  const asked = new URLSearchParams(location.search);
  const comment = asked.get('comment');
  return comment && /^[0-9]{1,20}$/.test(comment) ? { comment, thread: asked.get('thread') } : null;
}
