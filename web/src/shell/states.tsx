// What a screen shows when it has nothing else to show.
import type { ComponentChildren } from 'preact';
import { plainWords, Problem } from '../api';
import { boot } from '../boot';
import { t } from '../i18n';
import { Icon, Seal, type IconName } from './icons';

interface Props { icon?: IconName; title: string; text?: string; children?: ComponentChildren }

export function Blank({ icon, title, text, children }: Props) {
  return (
    <div class="blank">
      <div class="blank__sign">{icon ? <Icon name={icon} /> : <Seal />}</div>
      <h2 class="blank__title">{title}</h2>
      {text && <p class="blank__text">{text}</p>}
      {children && <div class="blank__actions">{children}</div>}
    </div>
  );
}

export function Failed({ title, error, retry }: { title: string; error: unknown; retry: () => void }) {
  return (
    <div role="alert">
      <Blank icon="lost" title={title} text={plainWords(error)}>
        <button class="button button--main" type="button" onClick={retry}>{t('app.retry')}</button>
      </Blank>
    </div>
  );
}

/** What a place of one's own offers to who is nobody yet: both doors, which lead back here. */
export function Doors() {
  const to = `?to=${location.pathname}`;
  const open = boot.node.sign_up !== 'closed';
  return (
    <>
      {open && <a class="button button--main" href={`/sign-up${to}`}>{t('join.title')}</a>}
      <a class={`button ${open ? '' : 'button--main'}`} href={`/sign-in${to}`}>{t(open ? 'join.have_account' : 'join.sign_in')}</a>
    </>
  );
}

/** A place of one's own, while nobody is known to be here.  Without a network that says nothing about who is. */
export function Nobody(words: Omit<Props, 'children'>) {
  return boot.offline
    ? <Failed title={t('app.chunk_failed')} error={new Problem(0, 'network', '')} retry={() => location.reload()} />
    : <Blank {...words}><Doors /></Blank>;
}

export const Spinner = () => <div class="spinner" role="status" aria-label={t('app.loading')}><Seal /></div>;
