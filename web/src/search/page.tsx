// Searching: the field, what was searched for lately, what was found.
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { searchMost } from '../limits';
import { forgetList } from '../lists';
import { rename } from '../router';
import { Icon } from '../shell/icons';
import { Page } from '../shell/page';
import { Blank } from '../shell/states';
import { useStore } from '../store';
import { addRecent, clearRecent, dropRecent, recent } from './recent';
import { Results, type Kind } from './results';

const waitMs = 220;
const kinds: Kind[] = ['all', 'people', 'videos', 'hashtags'];

function told(): { query: string; kind: Kind } {
  const params = new URLSearchParams(location.search);
  const kind = params.get('kind') as Kind;
  return { query: params.get('q') ?? '', kind: kinds.includes(kind) ? kind : 'all' };
}

function addressOf(query: string, kind: Kind): string {
  const params = new URLSearchParams({ ...(query && { q: query }), ...(kind !== 'all' && { kind }) });
  return params.size ? `/search?${params}` : '/search';
}

/** Down and up go through what was found; up from the first leads back to the field. */
function onArrows(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (!step) return;
  const box = event.currentTarget as HTMLElement;
  const stops = [...box.querySelectorAll<HTMLElement>('.search__field input, .row--found, .row--recent > :first-child')];
  const at = stops.indexOf(document.activeElement as HTMLElement);
  const next = stops[at + step];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

function Lately({ choose }: { choose: (query: string) => void }) {
  const searches = useStore(recent);
  if (searches.length === 0) return <Blank icon="search" title={t('search.begin')} text={t('search.begin_text')} />;
  return (
    <section class="found" aria-label={t('search.recent')}>
      <header class="found__head">
        <h2>{t('search.recent')}</h2>
        <button class="button button--quiet" type="button" onClick={clearRecent}>{t('search.forget_all')}</button>
      </header>
      <ul class="rows">
        {searches.map(query => (
          <li class="row--recent" key={query}>
            <button class="row" type="button" onClick={() => choose(query)}><Icon name="clock" /><span dir="auto">{query}</span></button>
            <button class="icon-button icon-button--quiet" type="button" aria-label={t('search.forget', { query })} onClick={() => dropRecent(query)}><Icon name="close" /></button>
          </li>
        ))}
      </ul>
      <p class="found__none">{t('search.recent_text')}</p>
    </section>
  );
}

function Field({ text, setText, submit }: { text: string; setText: (text: string) => void; submit: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => { if (!input.current!.value) input.current!.focus(); }, []);
  const clear = () => {
    setText('');
    input.current!.focus();
  };
  return (
    <form class="search__field field" role="search" onSubmit={event => { event.preventDefault(); submit(); input.current!.blur(); }}>
      <Icon name="search" />
      <input ref={input} type="search" dir="auto" autocomplete="off" autocapitalize="none" spellcheck={false} enterkeyhint="search"
        maxLength={searchMost} aria-label={t('search.title')} placeholder={t('search.placeholder')} value={text}
        onInput={event => setText(event.currentTarget.value)}
        onKeyDown={event => { if (event.key === 'Escape' && text) { event.preventDefault(); clear(); } }} />
      {text && <button class="icon-button icon-button--quiet" type="button" aria-label={t('search.clear')} onClick={clear}><Icon name="close" /></button>}
    </form>
  );
}

export function SearchPage() {
  const [{ query, kind }, setAsked] = useState(told);
  const [text, setText] = useState(query);
  const ask = (wanted: string, of: Kind) => {
    if (wanted !== query) forgetList(`search:${query}`);
    setAsked({ query: wanted, kind: of });
    rename(addressOf(wanted, of));
  };
  useEffect(() => {
    const wanted = text.trim();
    if (wanted === query) return;
    const timer = setTimeout(() => ask(wanted, kind), wanted ? waitMs : 0);
    return () => clearTimeout(timer);
  }, [text, query, kind]);
  const choose = (wanted: string) => {
    addRecent(wanted);
    setText(wanted);
    ask(wanted.trim(), kind);
  };
  const names: Record<Kind, string> = {
    all: t('search.all'), people: t('search.people'), videos: t('search.videos'), hashtags: t('search.tags'),
  };
  return (
    <Page title={t('search.title')}>
      <div class="search" onKeyDown={onArrows} onClickCapture={event => {
        if ((event.target as Element).closest('.row--found, .tile')) addRecent(query);
      }}>
        <Field text={text} setText={setText} submit={() => choose(text)} />
        {query ? (
          <>
            <div class="tabs" role="group" aria-label={t('search.tabs')}>
              {kinds.map(each => (
                <button key={each} type="button" aria-pressed={kind === each} onClick={() => ask(query, each)}>{names[each]}</button>
              ))}
            </div>
            <Results query={query} kind={kind} show={of => ask(query, of)} />
          </>
        ) : <Lately choose={choose} />}
      </div>
    </Page>
  );
}
