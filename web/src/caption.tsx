// A caption whose #tags and @names lead somewhere.  The same characters as the server takes (src/social/hashtag.h): letters,
// marks and digits of any script; without the marks an Indic tag would be cut.
import type { ComponentChildren } from 'preact';

const inTag = '\\p{L}\\p{M}\\p{N}_\\u200c\\u200d';
// What stands before is matched too: older Safari refuses to look behind.
const links = new RegExp(
  `(^|[^${inTag}])[#＃]([${inTag}]+)|(^|[^${inTag}.@])@([a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_]))(?![a-z0-9_@])`, 'giu',
);
const tagMost = 50;

export const tagPath = (name: string) => `/tag/${encodeURIComponent(name)}`;

/** What a text is made of: words as they are, and what leads to an address. */
export function captionParts(text: string): { text: string; href?: string }[] {
  const parts: { text: string; href?: string }[] = [];
  let from = 0;
  for (const match of text.matchAll(links)) {
    const [whole, beforeTag, tag, beforeName, handle] = match;
    if (tag && [...tag].length > tagMost) continue;
    const start = match.index + (beforeTag ?? beforeName ?? '').length;
    const end = match.index + whole.length;
    if (start > from) parts.push({ text: text.slice(from, start) });
    parts.push({ text: text.slice(start, end), href: tag ? tagPath(tag.toLowerCase()) : `/@${handle!.toLowerCase()}` });
    from = end;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

export function Caption({ text }: { text: string }): ComponentChildren {
  return captionParts(text).map((part, at) => part.href
    ? <a key={at} class="caption__link" href={part.href}>{part.text}</a> : part.text);
}
