// Where the account is signed in, and signing out there.
import { useEffect, useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { Failed } from '../shell/states';
import { toast } from '../shell/toasts';
import type { Session } from '../types';
import { lastUsed } from './used';

export function Sessions() {
  const [items, setItems] = useState<Session[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = async () => {
    setError(null);
    try {
      setItems((await api.sessions()).items);
    } catch (thrown) {
      setError(thrown);
    }
  };
  useEffect(() => void load(), []);
  const end = async (session: Session) => {
    try {
      await api.endSession(session.id);
      setItems(all => all!.filter(other => other.id !== session.id));
      toast(t('settings.session_ended'));
    } catch (thrown) {
      toast(plainWords(thrown));
    }
  };
  if (error) return <Failed title={t('settings.error')} error={error} retry={() => void load()} />;
  if (!items) return <div class="bones" role="status" aria-label={t('app.loading')}><i /><i /></div>;
  return (
    <ul class="rows">
      {items.map(session => (
        <li class="row row--still" key={session.id}>
          <span>
            {t(session.current ? 'settings.session_current' : session.client === 'program' ? 'settings.session_program' : 'settings.session_web')}
            <small>{lastUsed(session.last_used)}</small>
          </span>
          {!session.current && <button class="button" type="button" onClick={() => void end(session)}>{t('settings.session_end')}</button>}
        </li>
      ))}
    </ul>
  );
}
