// A person's picture, or the first letter of their name on a seal.
import { boot } from '../boot';
import type { Author } from '../types';
import { sealPath } from './icons';

const first = (name: string) => [...name.trim()][0]?.toUpperCase() ?? '·';

/** One of six calm colours, always the same for a person.  The low bits of ids are mostly zero: all digits count. */
const tone = (id: string) => [...id].reduce((sum, digit, at) => sum + Number(digit) * (at + 1), 0) % 6;

export function Avatar({ person, size = 'm' }: { person: Author; size?: 's' | 'm' | 'l' }) {
  if (person.avatar) return <img class={`avatar avatar--${size}`} src={person.avatar} alt="" width={48} height={48} loading="lazy" />;
  return (
    <span class={`avatar avatar--${size} avatar--tone${tone(person.id)}`} aria-hidden="true">
      <svg viewBox="0 0 24 24"><path d={sealPath} /></svg>
      <span>{first(person.name || person.handle)}</span>
    </span>
  );
}

/** Is this account a demonstration, not a person? */
export const isDemo = (person: { id: string }) => boot.node.demo.includes(person.id);

/** A name in a script of its own direction. */
export const nameOf = (person: { name: string; handle: string }) => person.name || `@${person.handle}`;
