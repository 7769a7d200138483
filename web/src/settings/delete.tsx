// Deleting the account, for good.
import { useEffect, useState } from 'preact/hooks';
import { PasswordField } from '../account/join';
import { api, ask, plainWords } from '../api';
import { language, t } from '../i18n';
import { navigate } from '../router';
import { nowIs } from '../session';
import { Icon } from '../shell/icons';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';

/** Where an order keeps data from erasure, who deletes the account is told until when. */
function Kept() {
  const [until, setUntil] = useState<string | null>(null);
  useEffect(() => void ask<{ kept_until: string | null }>('GET', '/me/kept').then(kept => setUntil(kept.kept_until), () => undefined), []);
  const day = until && new Date(until).toLocaleDateString(language().code, { dateStyle: 'medium', timeZone: 'UTC' });
  return day ? <p class="sheet__text" role="status">{t('settings.delete_kept', { day })}</p> : null;
}

function Form({ close }: { close: () => void }) {
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await api.deleteMe(password);
      close();
      nowIs(null);
      toast(t('settings.deleted'));
      navigate('/', { replace: true });
    } catch (thrown) {
      setError(plainWords(thrown));
      setBusy(false);
    }
  };
  return (
    <Sheet title={t('settings.delete')} close={close} class="sheet--card">
      <form class="form" onSubmit={send}>
        <p class="sheet__text">{t('settings.delete_lead')}</p>
        <Kept />
        <PasswordField name={t('settings.delete_password')} value={password} onInput={setPassword} error={error} />
        <button class="button button--danger button--wide" type="submit" disabled={busy || !password}>{t('settings.delete_do')}</button>
      </form>
    </Sheet>
  );
}

export function DeleteAccount() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="row row--danger" type="button" onClick={() => setOpen(true)}><Icon name="trash" /><span>{t('settings.delete')}</span></button>
      {open && <Form close={() => setOpen(false)} />}
    </>
  );
}
