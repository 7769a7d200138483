// "Check it yourself": the panel that the server put on the page comes alive.
import { asset } from '../boot';
import { Speaker } from '../i18n';
import { check, type Claim, type Finding, type Memory, type Result, type Task } from './check';

const memory = (origin: string) => `amanat-seen ${origin}`;

async function speaker(): Promise<Speaker> {
  const code = document.documentElement.lang || 'en';
  const answer = await fetch(asset(`locale/${code}.check.json`));
  if (!answer.ok) throw new Error(`catalogue ${code}: ${answer.status}`);
  return new Speaker({ code, dir: document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr', reviewed: false }, await answer.json());
}

/** What is read off the page itself, so that what is checked is what stands there. */
function claimsOf(main: HTMLElement): Claim[] {
  return [...main.querySelectorAll<HTMLElement>('[data-claim]')].map(element => ({
    key: element.dataset.claim!, value: Number(element.textContent), label: element.closest<HTMLElement>('[data-label]')?.dataset.label
      ?? element.closest('.part, .big, .sentence, section')?.querySelector('.big__name, h2')?.textContent?.trim() ?? element.closest('.part')?.textContent?.trim() ?? element.dataset.claim!,
  }));
}

function recall(origin: string): Memory | null {
  try {
    return JSON.parse(localStorage.getItem(memory(origin)) ?? 'null') as Memory | null;
  } catch {
    return null;
  }
}

function remember(origin: string, seen: Memory): void {
  try {
    localStorage.setItem(memory(origin), JSON.stringify(seen));
  } catch { /* a browser that keeps nothing says "first time" again */ }
}

const make = <K extends keyof HTMLElementTagNameMap>(tag: K, name: string, text = ''): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
};

function sign(verdict: Result['verdict']): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of [['viewBox', '0 0 48 48'], ['aria-hidden', 'true'], ['class', 'verdict__sign']] as const) svg.setAttribute(name, value);
  const lines = { good: 'M14 25l7 7 14-16', almost: 'M14 25l7 7 14-16', bad: 'M16 16l16 16M32 16L16 32', stopped: 'M24 13v14M24 33v2' };
  for (const [name, d] of [['ring', 'M24 3a21 21 0 1 1 0 42a21 21 0 1 1 0-42'], ['line', lines[verdict]]] as const) {
    const path = document.createElementNS(svg.namespaceURI, 'path') as SVGElement;
    path.setAttribute('class', `verdict__${name}`);
    path.setAttribute('d', d);
    path.setAttribute('pathLength', '1');
    svg.append(path);
  }
  return svg;
}

function tell(words: Speaker, finding: Finding, kind: 'good' | 'bad'): HTMLElement {
  const item = make('li', `finding finding--${kind}`);
  const text = finding.count === undefined ? words.say(finding.text, finding.params) : words.count(finding.text, finding.count, { count: finding.count });
  item.append(make('p', 'finding__text', text));
  if (!finding.facts) return item;
  const facts = make('dl', 'finding__facts');
  for (const [name, value] of finding.facts) {
    const code = make('code', '', value);
    code.dir = 'ltr';
    const data = make('dd', '');
    data.append(code);
    facts.append(make('dt', '', words.say(name)), data);
  }
  item.append(facts);
  return item;
}

function show(box: HTMLElement, words: Speaker, result: Result): void {
  const verdict = make('div', `verdict verdict--${result.verdict}`);
  const head = make('div', 'verdict__head');
  head.append(sign(result.verdict), make('p', 'verdict__text', words.say(`check.${result.verdict}`)));
  const list = make('ul', 'verdict__list');
  list.append(...result.bad.map(finding => tell(words, finding, 'bad')), ...result.good.map(finding => tell(words, finding, 'good')));
  verdict.append(head, list);
  box.replaceChildren(verdict);
  // The entry that is wrong is marked where the page shows it.
  for (const marked of document.querySelectorAll('.is-wrong')) marked.classList.remove('is-wrong');
  if (result.wrong !== undefined) document.querySelector(`[data-entry="${result.wrong}"]`)?.classList.add('is-wrong');
}

function taskOf(main: HTMLElement, progress: Task['progress']): Task {
  return {
    fetch: async path => {
      const answer = await fetch(`/ledger/${path}`, { cache: path === 'checkpoint' ? 'no-store' : 'default' }).catch(() => null);
      return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
    },
    claims: claimsOf(main), pageSize: Number(main.dataset.size ?? 0),
    shown: [...main.querySelectorAll<HTMLElement>('[data-entry]')].map(element => Number(element.dataset.entry)),
    recall, remember, progress, now: () => new Date().toISOString(),
  };
}

async function run(panel: HTMLElement, main: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const box = panel.querySelector<HTMLElement>('.check__result')!;
  button.disabled = true;
  box.replaceChildren();                       // what the last check found is no answer to this one
  try {
    const words = await speaker();
    const bar = make('progress', 'check__bar'), line = make('p', 'check__line', words.say('check.fetching'));
    bar.setAttribute('aria-label', words.say('check.fetching'));
    box.replaceChildren(bar, line);
    const result = !globalThis.crypto?.subtle ? { verdict: 'stopped' as const, good: [], bad: [{ text: 'check.no_crypto' }] }
      : await check(taskOf(main, (done, all) => {
        bar.max = all;
        bar.value = done;
        line.textContent = words.say('check.hashing', { done, all });
      }));
    show(box, words, result);
    button.textContent = words.say('check.again');
  } finally {
    button.disabled = false;
  }
}

export function start(): void {
  const panel = document.querySelector<HTMLElement>('[data-check]'), main = document.querySelector<HTMLElement>('main');
  const button = panel?.querySelector<HTMLButtonElement>('.check__start');
  if (!panel || !main || !button) return;
  button.hidden = false;
  button.addEventListener('click', () => void run(panel, main, button));
}
