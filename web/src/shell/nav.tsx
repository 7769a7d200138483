// The way about: a bar below on a phone, a rail at the side on a wide screen; and the shield.
import { boot } from '../boot';
import { language, number, t, tn } from '../i18n';
import { unread } from '../inbox/unread';
import { listOf } from '../lists';
import { place, type Route } from '../router';
import { me } from '../session';
import { useStore } from '../store';
import { Avatar } from './avatar';
import { Icon, Seal, type IconName } from './icons';

/** Where the data lies, in the reader's language when it is a state that Intl can name. */
export const homePlace = () => {
  const { place: told, jurisdiction } = boot.node;
  const english = new Intl.DisplayNames(['en'], { type: 'region' });
  if (!told || !/^[A-Z]{2}$/.test(jurisdiction) || english.of(jurisdiction) !== told) return told || '·';
  return new Intl.DisplayNames([language().code], { type: 'region' }).of(jurisdiction) ?? told;
};

export function Shield({ class: extra }: { class?: string }) {
  return (
    <a class={`shield ${extra ?? ''}`} href="/letter">
      <Icon name="shield" />
      <span>{t('shield.text', { place: homePlace(), n: boot.node.demands })}</span>
    </a>
  );
}

interface Entry { href: string; icon: IconName; text: string; routes: Route['name'][]; class?: string }

function entries(signedIn: boolean): Entry[] {
  const upload: Entry = { href: '/upload', icon: 'plus', text: t('nav.upload'), routes: ['upload'], class: 'nav__item--upload' };
  const search: Entry = { href: '/search', icon: 'search', text: t('nav.search'), routes: ['search', 'tag'] };
  return [
    { href: '/', icon: 'home', text: t('nav.home'), routes: ['home', 'video'] },
    // On a phone the bell takes the place of Following, which the feed's own tabs lead to.
    { href: '/following', icon: 'people', text: t('nav.following'), routes: ['following'], class: signedIn ? 'nav__item--desk' : '' },
    ...(signedIn ? [search, upload] : [upload, search]),
    ...(signedIn ? [{ href: '/inbox', icon: 'bell' as const, text: t('nav.inbox'), routes: ['inbox' as const] }] : []),
    signedIn
      ? { href: '/me', icon: 'person', text: t('nav.profile'), routes: ['me'] }
      : { href: '/sign-in', icon: 'person', text: t('nav.sign_in'), routes: ['sign-in', 'sign-up'] },
    { href: '/settings', icon: 'gear', text: t('nav.settings'), routes: ['settings'], class: 'nav__item--wide' },
  ];
}

function Badge() {
  const count = useStore(unread);
  if (count === 0) return null;
  return (
    <span class="nav__badge">
      <span aria-hidden="true">{count > 99 ? t('inbox.many') : number(count)}</span>
      <span class="hidden">{tn('inbox.unread', count)}</span>
    </span>
  );
}

export function Nav() {
  const person = useStore(me);
  const { route } = useStore(place);
  return (
    <nav class="nav" aria-label={t('nav.label')}>
      <a class="nav__brand" href="/" aria-label={t('app.name')}>
        <Seal /><span>{t('app.name')}</span>
      </a>
      <p class="nav__line">{t('app.line')}</p>
      <div class="nav__items">
        {entries(Boolean(person)).map(entry => (
          <a key={entry.href} class={`nav__item ${entry.class ?? ''}`} href={entry.href}
            aria-current={entry.routes.includes(route.name) ? 'page' : undefined}
            onClick={() => { if (entry.href === '/' && route.name === 'home') void listOf('feed').restart(); }}>
            {entry.href === '/me' && person ? <Avatar person={person} size="s" /> : (
              <span class="nav__icon"><Icon name={entry.icon} filled={entry.icon === 'home' && entry.routes.includes(route.name)} /></span>
            )}
            {entry.href === '/inbox' && <Badge />}
            <span class="nav__text">{entry.text}</span>
          </a>
        ))}
      </div>
      <Shield class="shield--card" />
    </nav>
  );
}
