// What a screen shows when it has nothing else to show.
import type { ComponentChildren } from 'preact';
import { plainWords } from '../api';
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
      <Blank icon="cloud" title={title} text={plainWords(error)}>
        <button class="button button--main" type="button" onClick={retry}>{t('app.retry')}</button>
      </Blank>
    </div>
  );
}

export const Spinner = () => <div class="spinner" role="status" aria-label={t('app.loading')}><Seal /></div>;
