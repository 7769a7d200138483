// The #tag or @name that is being written, in a text with a caret in it; pure.  The same characters as caption.tsx.

export interface Token { kind: 'tag' | 'person'; query: string; /** Where it begins and ends in the text, its sign included. */ from: number; to: number }

const inTag = '\\p{L}\\p{M}\\p{N}_\\u200c\\u200d';
const tagBefore = new RegExp(`(^|[^${inTag}])[#＃]([${inTag}]{1,50})$`, 'u');
const nameBefore = new RegExp(`(^|[^${inTag}.@])@([a-z0-9_.]{1,30})$`, 'iu');
const goesOn = new RegExp(`^[${inTag}]`, 'u');

/** What stands right before the caret; nothing while the caret is within a word. */
export function tokenAt(text: string, caret: number): Token | null {
  if (goesOn.test(text.slice(caret))) return null;
  const before = text.slice(0, caret);
  for (const [kind, pattern] of [['tag', tagBefore], ['person', nameBefore]] as const) {
    const found = pattern.exec(before);
    if (found) return { kind, query: found[2]!, from: found.index + found[1]!.length, to: caret };
  }
  return null;
}

/** The text with the token finished, and where the caret goes: behind a blank, ready for the next word. */
export function complete(text: string, token: Token, name: string): { text: string; caret: number } {
  const word = `${token.kind === 'tag' ? '#' : '@'}${name}`;
  const rest = text.slice(token.to);
  const blank = rest.startsWith(' ') ? '' : ' ';
  return { text: text.slice(0, token.from) + word + blank + rest, caret: token.from + word.length + 1 };
}
