// An author's captions: which languages there are, adding a WebVTT file, taking one away.
import { useRef, useState } from 'preact/hooks';
import { api, plainWords, Problem } from '../api';
import { language, languageName, t } from '../i18n';
import { contentLanguages } from '../limits';
import { Icon } from '../shell/icons';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';
import type { Video } from '../types';
import { remember } from '../videos';

export function CaptionsSheet({ video, close }: { video: Video; close: () => void }) {
  const [code, setCode] = useState(video.language ?? language().code);
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState<{ words: string; detail: string } | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const change = async (act: () => Promise<void>) => {
    setBusy(true);
    setWhy(null);
    try {
      await act();
      remember([await api.video(video.id)]);
      toast(t('app.saved'));
    } catch (thrown) {
      setWhy({ words: plainWords(thrown), detail: thrown instanceof Problem && thrown.code === 'captions-invalid' ? thrown.detail : '' });
    }
    setBusy(false);
  };
  return (
    <Sheet title={t('captions.edit')} close={close} class="sheet--card">
      <div class="form sheet__scroll">
        {video.tracks.length > 0 && (
          <ul>
            {video.tracks.map(each => (
              <li key={each} class="row">
                <Icon name="captions" /><span><bdi>{languageName(each)}</bdi></span>
                <button class="icon-button icon-button--quiet" type="button" disabled={busy} aria-label={t('captions.remove', { language: languageName(each) })}
                  onClick={() => void change(() => api.dropCaptions(video.id, each))}><Icon name="trash" /></button>
              </li>
            ))}
          </ul>
        )}
        <label class="field">
          <span class="field__name">{t('captions.language')}</span>
          <select value={code} onChange={event => setCode(event.currentTarget.value)}>
            {contentLanguages.map(each => <option key={each} value={each}>{languageName(each)}</option>)}
          </select>
        </label>
        <label class="button button--main button--wide">
          {t('captions.choose')}
          <input ref={input} class="hidden" type="file" accept=".vtt,text/vtt" disabled={busy} onChange={event => {
            const file = event.currentTarget.files?.[0];
            if (file) void change(() => api.setCaptions(video.id, code, file));
            event.currentTarget.value = '';
          }} />
        </label>
        {why ? <p class="field__error" role="alert">{why.words} {why.detail && <bdi dir="ltr">{why.detail}</bdi>}</p>
          : <p class="field__help">{t('captions.help')}</p>}
      </div>
    </Sheet>
  );
}
