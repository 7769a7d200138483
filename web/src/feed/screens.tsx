// The three places where clips fill the screen: For You, Following, and a clip opened by its link.
import { useEffect, useState } from 'preact/hooks';
import { api, Problem } from '../api';
import { t } from '../i18n';
import { generation, listOf } from '../lists';
import { goBack, rename } from '../router';
import { me } from '../session';
import { nameOf } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { Shield } from '../shell/nav';
import { Blank, Nobody, Spinner } from '../shell/states';
import { useStore } from '../store';
import { videoOf } from '../videos';
import { Feed } from './feed';
import { Making, useMaking } from './making';

function Top({ at }: { at: 'home' | 'following' }) {
  return (
    <header class="top">
      <h1 class="hidden">{t(at === 'home' ? 'feed.for_you' : 'feed.following')}</h1>
      <nav class="top__tabs" aria-label={t('feed.tabs')}>
        <a href="/" aria-current={at === 'home' ? 'page' : undefined}>{t('feed.for_you')}</a>
        <a href="/following" aria-current={at === 'following' ? 'page' : undefined}>{t('feed.following')}</a>
      </nav>
      <Shield class="shield--over" />
    </header>
  );
}

/** An empty For You: nobody published anything, or this person has seen it all. */
function NothingNew() {
  const person = useStore(me);
  const [seen, setSeen] = useState(person ? undefined : false);
  useEffect(() => {
    if (person) api.feedOfAnybody().then(page => setSeen(page.items.length > 0), () => setSeen(true));
  }, [person]);
  if (seen === undefined) return <Spinner />;
  return seen ? (
    <Blank title={t('feed.end')} text={t('feed.end_text')}>
      <a class="button button--main" href="/upload">{t('nav.upload')}</a>
      <a class="button" href="/following">{t('feed.following')}</a>
    </Blank>
  ) : (
    <Blank title={t('feed.empty')} text={t('feed.empty_text')}>
      <a class="button button--main" href="/upload">{t('feed.empty_action')}</a>
    </Blank>
  );
}

export function HomeScreen() {
  useStore(generation);
  const list = listOf('feed');
  const making = useMaking(list);
  return (
    <div class="screen">
      <Top at="home" />
      <Feed key={generation.get()} list={list}
        empty={making === undefined ? <Spinner /> : making ? <Making demo={making} /> : <NothingNew />}
        end={toTop => making ? <Making demo={making} /> : (
          <Blank title={t('feed.end')} text={t('feed.end_text')}>
            <button class="button button--main" type="button" onClick={toTop}>{t('feed.end_again')}</button>
            <a class="button" href="/upload">{t('nav.upload')}</a>
          </Blank>
        )} />
    </div>
  );
}

export function FollowingScreen() {
  useStore(generation);
  const person = useStore(me);
  const list = listOf('following');
  return (
    <div class="screen">
      <Top at="following" />
      {person === null ? (
        <div class="feed"><div class="clip clip--blank">
          <Nobody icon="people" title={t('feed.following_signed_out')} text={t('feed.following_signed_out_text')} />
        </div></div>
      ) : person && (
        <Feed key={generation.get()} list={list}
          empty={(
            <Blank icon="people" title={t('feed.following_empty')} text={t('feed.following_empty_text')}>
              <a class="button button--main" href="/">{t('feed.following_empty_action')}</a>
            </Blank>
          )}
          end={() => (
            <Blank title={t('feed.end')} text={t('feed.end_text')}>
              <a class="button button--main" href="/">{t('feed.following_empty_action')}</a>
            </Blank>
          )} />
      )}
    </div>
  );
}

/** A clip inside the list it was opened from, else followed by its author's others. */
function listAround(id: string, from: string | undefined) {
  if (from) {
    const list = listOf(from);
    const at = list.state.get().ids.indexOf(id);
    if (at >= 0) {
      list.at = at;
      return list;
    }
  }
  return listOf(`video:${id}`);
}

/** What the window and the history call a clip. */
export function clipTitle(id: string): string {
  const video = videoOf(id);
  if (!video) return t('app.title', { page: t('feed.list') });
  return t('app.title', { page: video.caption.split('\n')[0]!.slice(0, 80) || t('feed.clip', { name: nameOf(video.author) }) });
}

export function VideoScreen({ id, from }: { id: string; from?: string }) {
  const list = listAround(id, from);
  return (
    <div class="screen">
      <header class="top top--video">
        <h1 class="hidden">{t('feed.list')}</h1>
        <button class="icon-button icon-button--over" type="button" aria-label={t('app.back')} onClick={goBack}><Icon name="back" /></button>
        <Shield class="shield--over" />
      </header>
      <Feed key={list.key} list={list} onActive={now => { rename(`/v/${now}`); document.title = clipTitle(now); }}
        empty={<Gone />}
        failed={error => error instanceof Problem && error.status === 404 ? <Gone /> : null} />
    </div>
  );
}

function Gone() {
  return (
    <Blank icon="film" title={t('feed.gone')} text={t('feed.gone_text')}>
      <a class="button button--main" href="/">{t('feed.following_empty_action')}</a>
    </Blank>
  );
}
