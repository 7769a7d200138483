// What was found: people and hashtags as rows, clips as a grid.
import type { ComponentChildren } from 'preact';
import { api } from '../api';
import { tagPath } from '../caption';
import { t, tn } from '../i18n';
import { Grid } from '../profile/grid';
import { Avatar, nameOf } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { Blank, Failed } from '../shell/states';
import type { Author, Hashtag } from '../types';
import { usePages, type Pages } from './pages';

export type Kind = 'all' | 'people' | 'videos' | 'hashtags';

const PersonRow = ({ person }: { person: Author }) => (
  <li>
    <a class="row row--found" href={`/@${person.handle}`}>
      <Avatar person={person} />
      <span class="row__words"><strong><bdi>{nameOf(person)}</bdi></strong><small><bdi dir="ltr">@{person.handle}</bdi></small></span>
    </a>
  </li>
);

const TagRow = ({ tag }: { tag: Hashtag }) => (
  <li>
    <a class="row row--found" href={tagPath(tag.name)}>
      <span class="row__sign"><Icon name="hash" /></span>
      <span class="row__words"><strong><bdi>#{tag.name}</bdi></strong><small>{tn('search.clips', tag.videos)}</small></span>
    </a>
  </li>
);

const Bones = () => <div class="bones" role="status" aria-label={t('app.loading')}><i /><i /><i /></div>;

function Rows<T>({ pages, most, row, empty }: {
  pages: Pages<T>; most?: number; row: (item: T) => ComponentChildren; empty?: ComponentChildren;
}) {
  const { items, status, error, loadMore } = pages;
  if (status === 'end' && items.length === 0) return <>{empty}</>;
  return (
    <>
      <ul class="rows">{items.slice(0, most).map(row)}</ul>
      {status === 'loading' && <Bones />}
      {status === 'error' && <Failed title={t('search.error')} error={error} retry={loadMore} />}
      {status === 'more' && !most && <button class="button button--wide" type="button" onClick={loadMore}>{t('app.more')}</button>}
    </>
  );
}

const NoResult = ({ query }: { query: string }) => (
  <div role="status"><Blank icon="search" title={t('search.none', { query })} text={t('search.none_text')} /></div>
);

function Section({ title, more, children }: { title: string; more?: () => void; children: ComponentChildren }) {
  return (
    <section class="found" aria-label={title}>
      <header class="found__head">
        <h2>{title}</h2>
        {more && <button class="button button--quiet" type="button" onClick={more}>{t('search.all_of')}</button>}
      </header>
      {children}
    </section>
  );
}

const aFew = 3;

function Everything({ query, show }: { query: string; show: (kind: Kind) => void }) {
  const people = usePages(query, cursor => api.searchPeople(query, cursor));
  const tags = usePages(query, cursor => api.searchHashtags(query, cursor));
  const others = people.items.length + tags.items.length > 0;
  const waiting = people.status === 'loading' || tags.status === 'loading';
  if (people.status === 'error') return <Failed title={t('search.error')} error={people.error} retry={people.loadMore} />;
  const clips = (
    <Grid listKey={`search:${query}`} empty={others
      ? <p class="found__none">{t('search.no_clips')}</p>
      : waiting ? <Bones /> : <NoResult query={query} />} />
  );
  return (
    <>
      {people.items.length > 0 && (
        <Section title={t('search.people')} more={people.items.length > aFew ? () => show('people') : undefined}>
          <Rows pages={people} most={aFew} row={person => <PersonRow key={person.id} person={person} />} />
        </Section>
      )}
      {tags.items.length > 0 && (
        <Section title={t('search.tags')} more={tags.items.length > aFew ? () => show('hashtags') : undefined}>
          <Rows pages={tags} most={aFew} row={tag => <TagRow key={tag.name} tag={tag} />} />
        </Section>
      )}
      {others || waiting ? <Section title={t('search.videos')}>{clips}</Section> : clips}
    </>
  );
}

function People({ query }: { query: string }) {
  const pages = usePages(query, cursor => api.searchPeople(query, cursor));
  return <Rows pages={pages} row={person => <PersonRow key={person.id} person={person} />} empty={<NoResult query={query} />} />;
}

function Tags({ query }: { query: string }) {
  const pages = usePages(query, cursor => api.searchHashtags(query, cursor));
  return <Rows pages={pages} row={tag => <TagRow key={tag.name} tag={tag} />} empty={<NoResult query={query} />} />;
}

export function Results({ query, kind, show }: { query: string; kind: Kind; show: (kind: Kind) => void }) {
  switch (kind) {
    case 'all': return <Everything query={query} show={show} />;
    case 'people': return <People query={query} />;
    case 'hashtags': return <Tags query={query} />;
    case 'videos': return <Grid key={query} listKey={`search:${query}`} empty={<NoResult query={query} />} />;
  }
}
