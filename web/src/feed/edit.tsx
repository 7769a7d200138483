// Changing the words and the language of one's own clip.
import { useState } from 'preact/hooks';
import { api } from '../api';
import { languageName, number, t } from '../i18n';
import { captionLimit, contentLanguages } from '../limits';
import { SaveSheet } from '../shell/save_sheet';
import type { Video } from '../types';
import { remember } from '../videos';

export function EditClip({ video, close }: { video: Video; close: () => void }) {
  const [caption, setCaption] = useState(video.caption);
  const [spoken, setSpoken] = useState(video.language ?? '');
  const length = [...caption].length;
  const save = async () => {
    remember([await api.changeVideo(video.id, { caption: caption.trim(), language: spoken || null })]);
  };
  return (
    <SaveSheet title={t('act.edit_clip')} class="sheet--card" close={close} save={save} unfit={length > captionLimit}>
      <label class="field">
        <span class="field__name">{t('upload.caption')}</span>
        <textarea rows={4} dir="auto" value={caption} placeholder={t('upload.caption_help')} onInput={event => setCaption(event.currentTarget.value)} />
        <span class={`field__count ${length > captionLimit ? 'is-over' : ''}`}>{number(length)} / {number(captionLimit)}</span>
      </label>
      <label class="field">
        <span class="field__name">{t('upload.language')}</span>
        <select value={spoken} onChange={event => setSpoken(event.currentTarget.value)}>
          {contentLanguages.map(code => <option key={code} value={code}>{languageName(code)}</option>)}
          <option value="">{t('upload.language_none')}</option>
        </select>
      </label>
    </SaveSheet>
  );
}
