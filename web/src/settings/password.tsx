// Changing the password.
import { useState } from 'preact/hooks';
import { PasswordField } from '../account/join';
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { passwordLeast } from '../limits';
import { Icon } from '../shell/icons';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';

function Form({ close }: { close: () => void }) {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await api.changePassword(old, fresh);
      toast(t('settings.password_changed'));
      close();
    } catch (thrown) {
      setError(plainWords(thrown));
      setBusy(false);
    }
  };
  return (
    <Sheet title={t('settings.password')} close={close} class="sheet--card">
      <form class="form" onSubmit={send}>
        <PasswordField name={t('settings.password_old')} value={old} onInput={setOld} />
        <PasswordField name={t('settings.password_new')} value={fresh} onInput={setFresh} fresh error={error} />
        <button class="button button--main button--wide" type="submit" disabled={busy || !old || [...fresh].length < passwordLeast}>{t('app.save')}</button>
      </form>
    </Sheet>
  );
}

export function ChangePassword() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="row" type="button" onClick={() => setOpen(true)}><Icon name="lock" /><span>{t('settings.password')}</span><Icon name="forward" /></button>
      {open && <Form close={() => setOpen(false)} />}
    </>
  );
}
