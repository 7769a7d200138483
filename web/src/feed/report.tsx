// Tells the moderators what is wrong with a clip, a comment or a person.
import { useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import { reported } from './opened';

const reasons = ['spam', 'abuse', 'sexual', 'violence', 'illegal', 'other'];

export { openReport } from './opened';

export function Reporter() {
  const about = useStore(reported);
  const [reason, setReason] = useState('');
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  if (!about) return null;
  const close = () => {
    reported.set(null);
    setReason('');
    setText('');
  };
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await api.report(about.kind, about.id, reason, text.trim());
      close();
      toast(t('report.sent'));
    } catch (thrown) {
      toast(plainWords(thrown));
    }
    setBusy(false);
  };
  return (
    <Sheet title={t('report.title')} close={close} class="sheet--card">
      <form class="form" onSubmit={send}>
        <p class="sheet__text">{t('report.lead')}</p>
        <fieldset class="choices">
          <legend class="hidden">{t('report.title')}</legend>
          {reasons.map(code => (
            <label class="choice" key={code}>
              <input type="radio" name="reason" checked={reason === code} onChange={() => setReason(code)} />
              <span>{t(`report.reason.${code}`)}</span>
            </label>
          ))}
        </fieldset>
        <label class="field">
          <span class="field__name">{t('report.text')}</span>
          <textarea rows={2} maxLength={500} dir="auto" value={text} onInput={event => setText(event.currentTarget.value)} />
        </label>
        <button class="button button--main" type="submit" disabled={!reason || busy}>{t('report.send')}</button>
      </form>
    </Sheet>
  );
}
