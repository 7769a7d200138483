// Asks before something that cannot be undone.
import { t } from '../i18n';
import { createStore, useStore } from '../store';
import { Sheet } from './sheet';

interface Question { title: string; text: string; yes: string; then: () => void }

const question = createStore<Question | null>(null);

export const ask = (asked: Question) => question.set(asked);

export function Asker() {
  const asked = useStore(question);
  if (!asked) return null;
  const close = () => question.set(null);
  return (
    <Sheet title={asked.title} close={close} class="sheet--card">
      <p class="sheet__text">{asked.text}</p>
      <div class="sheet__actions">
        <button class="button button--danger" type="button" onClick={() => { close(); asked.then(); }}>{asked.yes}</button>
        <button class="button" type="button" onClick={close}>{t('app.cancel')}</button>
      </div>
    </Sheet>
  );
}
