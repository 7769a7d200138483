// Language, appearance, and what belongs to the account.
import { boot } from '../boot';
import { chooseLanguage, language, languageName, t } from '../i18n';
import { navigate } from '../router';
import { me, signOut } from '../session';
import { Icon } from '../shell/icons';
import { Page } from '../shell/page';
import { Doors } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore, type Store } from '../store';
import { Blocked } from './blocked';
import { DeleteAccount } from './delete';
import { autoplay, dataSaver } from './device';
import { Learned } from './learned';
import { ChangePassword } from './password';
import { Sessions } from './sessions';
import { chooseTheme, theme, themes } from './theme';

function Language() {
  return (
    <section class="group">
      <h2>{t('settings.language')}</h2>
      <div class="segments" role="group" aria-label={t('settings.language')}>
        {boot.languages.map(code => (
          <button key={code} type="button" lang={code} aria-pressed={language().code === code} onClick={() => void chooseLanguage(code)}>{languageName(code)}</button>
        ))}
      </div>
      {!language().reviewed && <p class="group__note">{t('settings.unreviewed')}</p>}
    </section>
  );
}

function Appearance() {
  const now = useStore(theme);
  return (
    <section class="group">
      <h2>{t('settings.appearance')}</h2>
      <div class="segments" role="group" aria-label={t('settings.appearance')}>
        {themes.map(each => (
          <button key={each} type="button" aria-pressed={now === each} onClick={() => chooseTheme(each)}>{t(`settings.${each}`)}</button>
        ))}
      </div>
    </section>
  );
}

function Switch({ store, text, help }: { store: Store<boolean>; text: string; help: string }) {
  const on = useStore(store);
  return (
    <label class="row">
      <span>{text}<small>{help}</small></span>
      <input class="switch" type="checkbox" role="switch" checked={on} onChange={event => store.set(event.currentTarget.checked)} />
    </label>
  );
}

function Playing() {
  return (
    <section class="group">
      <h2>{t('settings.playing')}</h2>
      <Switch store={autoplay} text={t('settings.autoplay')} help={t('settings.autoplay_help')} />
      <Switch store={dataSaver} text={t('settings.data_saver')} help={t('settings.data_saver_help')} />
    </section>
  );
}

async function leave(): Promise<void> {
  if (!await signOut()) return;
  toast(t('join.signed_out'));
  navigate('/');
}

export function SettingsPage() {
  const person = useStore(me);
  return (
    <Page title={t('settings.title')} back narrow>
      <Language />
      <Appearance />
      <Playing />
      <section class="group">
        <Learned />
        <a class="row" href="/letter"><Icon name="shield" /><span>{t('settings.letter')}</span><Icon name="forward" /></a>
        {person?.role === 'operator' && <a class="row" href="/desk"><Icon name="flag" /><span>{t('desk.title')}</span><Icon name="forward" /></a>}
      </section>
      {person ? <>
        <section class="group">
          <h2>{t('settings.sessions')}</h2>
          <Sessions />
        </section>
        <section class="group">
          <h2>{t('settings.account')}</h2>
          <ChangePassword />
          <Blocked />
          <button class="row" type="button" onClick={() => void leave()}><Icon name="person" /><span>{t('settings.sign_out')}</span></button>
          <DeleteAccount />
        </section>
      </> : (
        <section class="group">
          <p class="group__note">{t('settings.signed_out_lead')}</p>
          <div class="group__doors"><Doors /></div>
        </section>
      )}
    </Page>
  );
}
