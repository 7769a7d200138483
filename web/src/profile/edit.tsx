// One's own name, words, languages and picture.
import { useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { LanguageChoice } from '../account/join';
import { number, t } from '../i18n';
import { bioLimit, nameLimit } from '../limits';
import { me } from '../session';
import { Avatar } from '../shell/avatar';
import { SaveSheet } from '../shell/save_sheet';
import { toast } from '../shell/toasts';
import { useStore } from '../store';

function Picture() {
  const person = useStore(me)!;
  const [busy, setBusy] = useState(false);
  const take = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    try {
      me.set(await api.changeAvatar(file));
    } catch (thrown) {
      toast(plainWords(thrown));
    }
    setBusy(false);
  };
  return (
    <div class="picture">
      <Avatar person={person} size="l" />
      <label class="button">
        {t(busy ? 'profile.avatar_busy' : 'profile.avatar_change')}
        <input class="hidden" type="file" accept="image/jpeg,image/png,image/webp,image/gif" disabled={busy}
          aria-label={t('profile.avatar')} onChange={event => void take(event.currentTarget.files?.[0])} />
      </label>
    </div>
  );
}

export function EditProfile({ close }: { close: () => void }) {
  const person = useStore(me)!;
  const [name, setName] = useState(person.name);
  const [bio, setBio] = useState(person.bio);
  const [languages, setLanguages] = useState(person.languages);
  const save = async () => {
    me.set(await api.changeMe({ name: name.trim(), bio: bio.trim(), languages }));
  };
  return (
    <SaveSheet title={t('profile.edit')} class="sheet--join" close={close} save={save}>
      <Picture />
      <label class="field">
        <span class="field__name">{t('profile.name')}</span>
        <input type="text" dir="auto" maxLength={nameLimit} value={name} onInput={event => setName(event.currentTarget.value)} />
      </label>
      <label class="field">
        <span class="field__name">{t('profile.bio')}</span>
        <textarea rows={3} dir="auto" maxLength={bioLimit} value={bio} onInput={event => setBio(event.currentTarget.value)} />
        <span class="field__count">{number([...bio].length)} / {number(bioLimit)}</span>
      </label>
      <fieldset class="choices">
        <legend class="field__name">{t('profile.languages')}</legend>
        <LanguageChoice chosen={languages} onChange={setLanguages} />
      </fieldset>
    </SaveSheet>
  );
}
