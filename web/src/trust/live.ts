// A page about the ledger stays true while it is open: when the log has a new checkpoint, the parts that the server would now write
// differently are put in place of the old ones.
import { start as startCheck } from './panel';

const every = 2500;

async function signedSize(): Promise<number | null> {
  const answer = await fetch('/ledger/checkpoint', { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return null;
  return Number((await answer.text()).split('\n')[1]);
}

/** Figures that are others than before turn over; what stayed stays still. */
function turn(before: Element, after: Element): void {
  const old = [...before.querySelectorAll('.figure')].map(figure => figure.textContent);
  after.querySelectorAll('.figure').forEach((figure, i) => {
    if (figure.textContent !== old[i]) figure.classList.add('is-turning');
  });
  const bare = (element: Element) => element.querySelector('.sentence__statement')?.textContent;
  if (bare(before) !== bare(after)) after.querySelector('.sentence__statement')?.classList.add('is-new');
}

function put(page: Document): boolean {
  let changed = false;
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = page.querySelector(`[data-live][id="${part.id}"]`);
    if (!next || next.innerHTML === part.innerHTML.replaceAll(' is-turning', '').replaceAll(' is-new', '')) continue;
    const fresh = document.importNode(next, true);
    part.querySelectorAll('details[open] > summary').forEach((_summary, i) => fresh.querySelectorAll('details')[i]?.setAttribute('open', ''));
    turn(part, fresh);
    part.replaceWith(fresh);
    changed = true;
  }
  const shield = page.querySelector('.shield');
  if (shield) document.querySelector('.shield')?.replaceWith(document.importNode(shield, true));
  const size = page.querySelector('main')?.getAttribute('data-size');
  if (size) document.querySelector('main')?.setAttribute('data-size', size);
  return changed;
}

/** What was said is read out to those who do not see it turn. */
function announce(): void {
  let box = document.getElementById('live-news');
  if (!box) {
    box = document.createElement('p');
    box.id = 'live-news';
    box.className = 'hidden';
    box.setAttribute('role', 'status');
    document.querySelector('main')?.append(box);
  }
  box.textContent = document.querySelector('#demands .sentence__statement, #summary')?.textContent?.replaceAll(/\s+/g, ' ').trim() ?? '';
}

async function refresh(): Promise<void> {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return;
  if (put(new DOMParser().parseFromString(await answer.text(), 'text/html'))) announce();
}

function watch(): void {
  let seen = Number(document.querySelector('main')?.getAttribute('data-size') ?? 0);
  let timer = 0;
  const look = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    const size = await signedSize();
    if (size !== null && size !== seen) {
      seen = size;
      await refresh();
    }
    timer = window.setTimeout(() => void look(), every);
  };
  document.addEventListener('visibilitychange', () => void look());
  timer = window.setTimeout(() => void look(), every);
}

startCheck();
if (document.querySelector('[data-live]')) watch();
