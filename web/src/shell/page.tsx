// The frame of every screen but the feed: a title, the shield, the content.
import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { goBack } from '../router';
import { Icon } from './icons';
import { Shield } from './nav';

interface Props { title: string; back?: boolean; narrow?: boolean; aside?: ComponentChildren; children: ComponentChildren }

export function Page({ title, back, narrow, aside, children }: Props) {
  return (
    <div class={`page ${narrow ? 'page--narrow' : ''}`}>
      <header class="page__head">
        {back && <button class="icon-button" type="button" aria-label={t('app.back')} onClick={goBack}><Icon name="back" /></button>}
        <h1 class="page__title"><bdi>{title}</bdi></h1>
        {aside}
      </header>
      <div class="page__body">{children}</div>
      <footer class="page__foot"><Shield /></footer>
    </div>
  );
}
