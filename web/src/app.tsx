// The shell: navigation, the screen of the present address, and what lies over every screen.
import { useEffect } from 'preact/hooks';
import { JoinPage, JoinSheet } from './account/join';
import { boot } from './boot';
import { clipTitle, FollowingScreen, HomeScreen, VideoScreen } from './feed/screens';
import { Reporter } from './feed/report';
import { Sharer } from './feed/share';
import { spoken, t } from './i18n';
import { ProfilePage } from './profile/page';
import { lazy } from './lazy';
import { navigate, place, type Place } from './router';
import { me } from './session';
import { SearchPage } from './search/page';
import { TagPage } from './search/tag';
import { SettingsPage } from './settings/page';
import { Asker } from './shell/ask';
import { Nav } from './shell/nav';
import { Page } from './shell/page';
import { Blank, Spinner } from './shell/states';
import { toast, Toasts } from './shell/toasts';
import { useStore } from './store';
import { UploadPage } from './upload/page';

const InboxPage = lazy(async () => (await import('./inbox/page')).InboxPage);

function titleOf({ route }: Place): string {
  switch (route.name) {
    case 'home': return `${t('app.name')} · ${t('app.line')}`;
    case 'following': return t('app.title', { page: t('nav.following') });
    case 'upload': return t('app.title', { page: t('upload.title') });
    case 'sign-in': return t('app.title', { page: t('join.sign_in') });
    case 'sign-up': return t('app.title', { page: t('join.title') });
    case 'me': return t('app.title', { page: t('nav.profile') });
    case 'inbox': return t('app.title', { page: t('inbox.title') });
    case 'settings': return t('app.title', { page: t('settings.title') });
    case 'search': return t('app.title', { page: t('search.title') });
    case 'tag': return t('app.title', { page: `#${route.tag}` });
    case 'profile': return t('app.title', { page: t('profile.title', { handle: route.handle }) });
    case 'video': return clipTitle(route.id);
    case 'missing': return t('app.title', { page: t('app.missing') });
  }
}

function OwnProfile() {
  const person = useStore(me);
  useEffect(() => {
    if (person === null) navigate('/sign-in', { replace: true });
  }, [person]);
  return person ? <ProfilePage handle={person.handle} /> : <Spinner />;
}

function Screen({ at }: { at: Place }) {
  const { route } = at;
  switch (route.name) {
    case 'home': return <HomeScreen />;
    case 'following': return <FollowingScreen />;
    case 'upload': return <UploadPage />;
    case 'sign-in': return <JoinPage kind="in" />;
    case 'sign-up': return <JoinPage kind="up" />;
    case 'me': return <OwnProfile />;
    case 'settings': return <SettingsPage />;
    case 'search': return <SearchPage key={at.key} />;
    case 'tag': return <TagPage name={route.tag} />;
    case 'inbox': return <InboxPage />;
    case 'profile': return <ProfilePage handle={route.handle} />;
    case 'video': return <VideoScreen key={at.key} id={route.id} from={at.from} />;
    case 'missing': return (
      <Page title={t('app.missing')}>
        <Blank title={t('app.missing')} text={t('app.missing_text')}><a class="button button--main" href="/">{t('feed.following_empty_action')}</a></Blank>
      </Page>
    );
  }
}

function useNetworkNotice(): void {
  useEffect(() => {
    const lost = () => toast(t('app.offline'), 8);
    const found = () => toast(t('app.online'));
    if (boot.offline) lost();
    addEventListener('offline', lost);
    addEventListener('online', found);
    return () => {
      removeEventListener('offline', lost);
      removeEventListener('online', found);
    };
  }, []);
}

/** News is not needed for the first clip: it waits until that is there. */
function useNews(): void {
  const person = useStore(me);
  useEffect(() => {
    if (!person) return;
    const timer = setTimeout(() => void import('./inbox/live').then(live => live.start(), () => undefined), 1200);
    return () => clearTimeout(timer);
  }, [person]);
}

const onFilm = new Set(['home', 'following', 'video']);

export function App() {
  const at = useStore(place);
  const code = useStore(spoken);
  useNetworkNotice();
  useNews();
  useEffect(() => { document.title = titleOf(at); }, [at, code]);
  return (
    <div class={`shell ${onFilm.has(at.route.name) ? 'shell--film' : ''}`} key={code}>
      <a class="skip" href="#main">{t('app.skip')}</a>
      <Nav />
      <main id="main" class="main" tabIndex={-1}><Screen at={at} /></main>
      <JoinSheet />
      <Reporter />
      <Sharer />
      <Asker />
      <Toasts />
    </div>
  );
}
