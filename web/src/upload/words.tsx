// The words of a clip: its caption and its language.
import { language, languageName, number, t } from '../i18n';
import { captionLimit, contentLanguages } from '../limits';
import { me } from '../session';
import { Completing } from '../shell/completing';

export interface Words { caption: string; language: string }

export const isTooLong = (words: Words) => [...words.caption].length > captionLimit;
export const firstWords = (): Words => ({ caption: '', language: me.get()?.languages[0] ?? language().code });

export function WordFields({ words, onChange }: { words: Words; onChange: (next: Words) => void }) {
  const length = [...words.caption].length;
  return (
    <>
      <div class="field">
        <label class="field__name" for="words-caption">{t('upload.caption')}</label>
        <Completing id="words-caption" value={words.caption} placeholder={t('upload.caption_help')}
          onValue={caption => onChange({ ...words, caption })} />
        <span class={`field__count ${length > captionLimit ? 'is-over' : ''}`}>{number(length)} / {number(captionLimit)}</span>
      </div>
      <label class="field">
        <span class="field__name">{t('upload.language')}</span>
        <select value={words.language} onChange={event => onChange({ ...words, language: event.currentTarget.value })}>
          {contentLanguages.map(code => <option key={code} value={code}>{languageName(code)}</option>)}
          <option value="">{t('upload.language_none')}</option>
        </select>
      </label>
    </>
  );
}
