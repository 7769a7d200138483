// What others did: a list by day, marked as read once it was seen, growing while one looks at it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { setFollow } from '../acts';
import { api } from '../api';
import { ago, t } from '../i18n';
import { me } from '../session';
import { Avatar, nameOf } from '../shell/avatar';
import { Icon, type IconName } from '../shell/icons';
import { Page } from '../shell/page';
import { Blank, Failed, Nobody } from '../shell/states';
import { useStore } from '../store';
import type { Notification, NotificationKind } from '../types';
import { onNews, start } from './live';
import { unread } from './unread';
import { addressOf, byDay, dayNames, saying, withNews } from './words';

const signs: Record<NotificationKind, IconName> = {
  follow: 'person', like: 'heart', comment: 'comment', reply: 'comment', mention: 'at', published: 'check', failed: 'info', demand: 'shield',
};

function useInbox() {
  const [items, setItems] = useState<Notification[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [status, setStatus] = useState<'loading' | 'shown' | 'error'>('loading');
  const [error, setError] = useState<unknown>();
  const load = async (cursor: string | null) => {
    setStatus('loading');
    try {
      const page = await api.notifications(cursor);
      setItems(old => cursor ? [...old, ...page.items.filter(item => !old.some(other => other.id === item.id))] : page.items);
      setNext(page.next);
      setStatus('shown');
      if (!cursor) unread.set(page.unread);
    } catch (thrown) {
      setError(thrown);
      setStatus('error');
    }
  };
  useEffect(() => {
    start();
    void load(null);
    return onNews(news => setItems(old => withNews(old, news)));
  }, []);
  return { items, next, status, error, load, setItems };
}

/** What is on the screen has been seen, also what arrives there. */
function useSeen(newest: string | undefined): void {
  const told = useRef('');
  const waiting = useStore(unread);
  useEffect(() => {
    if (!newest || newest === told.current || waiting === 0) return;
    const timer = setTimeout(() => {
      told.current = newest;
      api.readNotifications(newest).then(() => unread.set(0), () => { told.current = ''; });
    }, 1200);
    return () => clearTimeout(timer);
  }, [newest, waiting]);
}

function Faces({ news }: { news: Notification }) {
  const [first, second] = news.actors;
  return (
    <span class={`faces ${second ? 'faces--two' : ''}`}>
      {second && <Avatar person={second} size="s" />}
      {first ? <Avatar person={first} size={second ? 's' : 'm'} /> : <span class="faces__sign"><Icon name={signs[news.kind]} /></span>}
      {first && <span class={`faces__badge faces__badge--${news.kind}`}><Icon name={signs[news.kind]} filled={news.kind === 'like'} /></span>}
    </span>
  );
}

function Row({ news, setFollowing }: { news: Notification; setFollowing: (on: boolean) => void }) {
  const [first] = news.actors;
  const name = first ? nameOf(first) : t('inbox.someone');
  const text = saying(news, '\u0001');
  const [before, after] = text.split('\u0001');
  return (
    <li class={`news ${news.unread ? 'is-new' : ''}`}>
      <a class="news__link" href={addressOf(news)}>
        <Faces news={news} />
        <span class="news__words">
          <span>
            {news.unread && <span class="hidden">{t('inbox.new')} </span>}
            {before}{after !== undefined && <bdi class="news__name">{name}</bdi>}{after}
          </span>
          {news.comment && <span class="news__quote" dir="auto">{news.comment.text}</span>}
          <time dateTime={news.created}>{ago(news.created)}</time>
        </span>
        {news.video && <img class="news__poster" src={news.video.poster} alt="" width={44} height={58} loading="lazy"
          ref={picture => { if (picture) picture.style.backgroundColor = news.video!.color; }} />}
      </a>
      {news.kind === 'follow' && first && (
        <button class={`button news__follow ${news.following ? '' : 'button--main'}`} type="button" aria-pressed={news.following}
          aria-label={t(news.following ? 'act.unfollow_name' : 'act.follow_name', { name })}
          onClick={() => setFollow(first, !news.following, setFollowing)}>
          {t(news.following ? 'act.following' : 'inbox.follow_back')}
        </button>
      )}
    </li>
  );
}

const Bones = () => (
  <div class="bones news-bones" role="status" aria-label={t('app.loading')}>{[0, 1, 2, 3, 4].map(n => <p key={n}><i /><i /></p>)}</div>
);

function List() {
  const { items, next, status, error, load, setItems } = useInbox();
  useSeen(items[0]?.id);
  const setFollowing = (id: string) => (on: boolean) =>
    setItems(all => all.map(item => item.kind === 'follow' && item.actors[0]?.id === id ? { ...item, following: on } : item));
  if (status === 'shown' && items.length === 0)
    return <Blank icon="bell" title={t('inbox.empty')} text={t('inbox.empty_text')}><a class="button button--main" href="/upload">{t('nav.upload')}</a></Blank>;
  return (
    <>
      {byDay(items).map(({ day, items: those }) => (
        <section class="news-day" key={day} aria-labelledby={`news-${day}`}>
          <h2 id={`news-${day}`}>{t(dayNames[day])}</h2>
          <ul>{those.map(news => <Row key={news.id} news={news} setFollowing={setFollowing(news.actors[0]?.id ?? '')} />)}</ul>
        </section>
      ))}
      {status === 'loading' && <Bones />}
      {status === 'error' && <Failed title={t('inbox.error')} error={error} retry={() => void load(next)} />}
      {status === 'shown' && next && <button class="button button--wide" type="button" onClick={() => void load(next)}>{t('inbox.more')}</button>}
    </>
  );
}

export function InboxPage() {
  const person = useStore(me);
  return (
    <Page title={t('inbox.title')} narrow>
      {person === null ? (
        <Nobody icon="bell" title={t('inbox.signed_out')} text={t('inbox.signed_out_text')} />
      ) : person && <List key={person.id} />}
    </Page>
  );
}
