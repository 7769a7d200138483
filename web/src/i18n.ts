// Words, numbers and dates in the person's language.  A catalogue is flat: key to text with {names};
// a counted text has one key a plural form, `key#one`, `key#few`, …, chosen by Intl.PluralRules.
import { asset, boot } from './boot';
import { createStore } from './store';

export type Params = Record<string, string | number>;

export interface Language { code: string; dir: 'ltr' | 'rtl'; reviewed: boolean }

export function fill(text: string, params: Params | undefined, format: (n: number) => string): string {
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : typeof value === 'number' ? format(value) : value;
  });
}

export class Speaker {
  private readonly rules: Intl.PluralRules;
  private readonly numbers: Intl.NumberFormat;
  private readonly short: Intl.NumberFormat;

  constructor(readonly language: Language, private readonly texts: Record<string, string>) {
    this.rules = new Intl.PluralRules(language.code);
    this.numbers = new Intl.NumberFormat(language.code);
    this.short = new Intl.NumberFormat(language.code, { notation: 'compact', maximumFractionDigits: 1 });
  }

  has(key: string): boolean {
    return key in this.texts;
  }

  /** The text of a key; a missing one shows as itself, which the catalogue test makes impossible to ship. */
  say(key: string, params?: Params): string {
    return fill(this.texts[key] ?? key, params, n => this.numbers.format(n));
  }

  /** The text for `count` things; {count} in it is written short ("1.2K"). */
  count(key: string, count: number, params?: Params): string {
    const form = `${key}#${this.rules.select(count)}`;
    const text = this.texts[form] ?? this.texts[`${key}#other`] ?? key;
    return fill(text, { count: this.short.format(count), ...params }, n => this.numbers.format(n));
  }

  number(n: number): string {
    return this.numbers.format(n);
  }

  compact(n: number): string {
    return this.short.format(n);
  }
}

let speaker = new Speaker({ code: 'en', dir: 'ltr', reviewed: false }, {});

/** Changes whenever another language is spoken, so that the app draws itself again. */
export const spoken = createStore('');

export const t = (key: string, params?: Params) => speaker.say(key, params);
export const tn = (key: string, count: number, params?: Params) => speaker.count(key, count, params);
export const hasText = (key: string) => speaker.has(key);
export const compact = (n: number) => speaker.compact(n);
export const number = (n: number) => speaker.number(n);
export const language = () => speaker.language;
export const isRtl = () => speaker.language.dir === 'rtl';

const dateFormats: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600], ['month', 2_629_800], ['week', 604_800], ['day', 86_400], ['hour', 3_600], ['minute', 60],
];

/** "3 days ago", in words. */
export function ago(time: string, now = Date.now()): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const format = new Intl.RelativeTimeFormat(speaker.language.code, { numeric: 'auto', style: 'short' });
  for (const [unit, length] of dateFormats) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, 'second');
}

/** Minutes and seconds: "1:05". */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = new Intl.NumberFormat(speaker.language.code, { minimumIntegerDigits: 2 });
  return `${number(Math.floor(whole / 60))}:${two.format(whole % 60)}`;
}

export function bytes(n: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let at = 0;
  while (n >= 1024 && at < units.length - 1) {
    n /= 1024;
    at++;
  }
  return new Intl.NumberFormat(speaker.language.code, {
    style: 'unit', unit: units[at]!, unitDisplay: at === 0 ? 'long' : 'short', maximumFractionDigits: n < 10 ? 1 : 0,
  }).format(n).replaceAll(' ', '\u00a0');
}

/** Browsers without these languages' data would give their English names. */
const ownNames: Record<string, string> = { as: 'অসমীয়া', or: 'ଓଡ଼ିଆ' };

/** A language's name as its own speakers write it, so that everyone finds theirs. */
export function languageName(code: string): string {
  return ownNames[code] ?? new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code;
}

export function countryName(code: string): string {
  return new Intl.DisplayNames([speaker.language.code], { type: 'region' }).of(code) ?? code;
}

const choiceCookie = 'amanat_lang';

function wanted(): string {
  const chosen = document.cookie.match(new RegExp(`(?:^|; )${choiceCookie}=([\\w-]+)`))?.[1];
  const options = [chosen, document.documentElement.lang, ...navigator.languages];
  for (const option of options) {
    const code = option?.split('-')[0];
    if (code && boot.languages.includes(code)) return code;
  }
  return 'en';
}

export async function speak(code: string): Promise<void> {
  const answer = await fetch(asset(`locale/${code}.json`));
  if (!answer.ok) throw new Error(`catalogue ${code}: ${answer.status}`);
  const { _meta, ...texts } = await answer.json();
  speaker = new Speaker({ code, dir: _meta.dir, reviewed: _meta.reviewed }, texts);
  document.documentElement.lang = code;
  document.documentElement.dir = _meta.dir;
  spoken.set(code);
}

export const speakWanted = () => speak(wanted());

/** Remembers the choice in a cookie, since pages made by the server speak it too. */
export function chooseLanguage(code: string): Promise<void> {
  document.cookie = `${choiceCookie}=${code}; Path=/; Max-Age=31536000; SameSite=Lax`;
  return speak(code);
}
