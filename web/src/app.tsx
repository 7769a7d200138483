// The shell: navigation, the screen of the present address, and what lies over every screen.
import { useEffect } from 'preact/hooks';
import { boot } from './boot';
import { clipTitle, FollowingScreen, HomeScreen, VideoScreen } from './feed/screens';
import { reported, shared } from './feed/opened';
import { spoken, t } from './i18n';
import { lazy } from './lazy';
import { navigate, place, type Place } from './router';
import { me, wish } from './session';
import { Asker } from './shell/ask';
import { Nav } from './shell/nav';
import { Page } from './shell/page';
import { Blank, Nobody, Spinner } from './shell/states';
import { toast, Toasts } from './shell/toasts';
import { useStore } from './store';

const JoinPage = lazy(async () => (await import('./account/join')).JoinPage);
const JoinSheet = lazy(async () => (await import('./account/join')).JoinSheet, { soon: true, waiting: null });
const Reporter = lazy(async () => (await import('./feed/report')).Reporter, { waiting: null });
const Sharer = lazy(async () => (await import('./feed/share')).Sharer, { waiting: null });
const ProfilePage = lazy(async () => (await import('./profile/page')).ProfilePage, { soon: true });
const SearchPage = lazy(async () => (await import('./search/page')).SearchPage);
const TagPage = lazy(async () => (await import('./search/tag')).TagPage);
const SettingsPage = lazy(async () => (await import('./settings/page')).SettingsPage);
const DeskPage = lazy(async () => (await import('./desk/page')).DeskPage);
const UploadPage = lazy(async () => (await import('./upload/page')).UploadPage);
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
    case 'desk': return t('app.title', { page: t('desk.title') });
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
    if (person === null && !boot.offline) navigate('/sign-in?to=/me', { replace: true });
  }, [person]);
  if (person === null && boot.offline) return <Page title={t('nav.profile')}><Nobody icon="person" title={t('join.sheet_any')} /></Page>;
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
    case 'desk': return <DeskPage />;
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

/** The sheets that any screen may open. */
function Over() {
  const wanted = useStore(wish);
  const about = useStore(reported);
  const passed = useStore(shared);
  return <>{wanted && <JoinSheet />}{about && <Reporter />}{passed && <Sharer />}</>;
}

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
      <Over />
      <Asker />
      <Toasts />
    </div>
  );
}
