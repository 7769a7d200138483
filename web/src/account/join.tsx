// Signing up in two steps and signing in, as a page and as a sheet over what somebody wanted to do.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, plainWords, Problem } from '../api';
import { boot } from '../boot';
import { countryName, language, languageName, t, tn } from '../i18n';
import { contentLanguages, countries, handlePattern, passwordLeast } from '../limits';
import { match, navigate } from '../router';
import { nowIs, wish } from '../session';
import { Icon, Seal } from '../shell/icons';
import { homePlace } from '../shell/nav';
import { Page } from '../shell/page';
import { Sheet } from '../shell/sheet';
import { nameOf } from '../shell/avatar';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Me } from '../types';

interface PasswordProps {
  name: string;
  value: string;
  fresh?: boolean;
  onInput: (value: string) => void;
  error?: string;
}

export function PasswordField({ name, value, fresh, onInput, error }: PasswordProps) {
  const [shown, setShown] = useState(false);
  const left = passwordLeast - [...value].length;
  const help = !fresh ? '' : value === '' ? t('join.password_help') : left > 0 ? tn('join.password_left', left) : t('join.password_ok');
  return (
    <div class="field">
      <label>
        <span class="field__name">{name}</span>
        <input type={shown ? 'text' : 'password'} required dir="ltr" value={value} autocomplete={fresh ? 'new-password' : 'current-password'}
          aria-invalid={Boolean(error)} onInput={event => onInput(event.currentTarget.value)} />
      </label>
      <button class="field__eye icon-button" type="button" aria-label={t(shown ? 'join.password_hide' : 'join.password_show')}
        onClick={() => setShown(!shown)}><Icon name="eye" /></button>
      {help && !error && <span class={`field__help ${fresh && value && left <= 0 ? 'is-good' : ''}`} role="status">{help}</span>}
      {error && <span class="field__error" role="alert">{error}</span>}
    </div>
  );
}

function HandleField({ value, onInput, help, error }: { value: string; onInput: (value: string) => void; help?: string; error?: string }) {
  return (
    <label class="field">
      <span class="field__name">{t('join.handle')}</span>
      <input type="text" required dir="ltr" value={value} autocomplete="username" autocapitalize="none" spellcheck={false} maxLength={30}
        aria-invalid={Boolean(error)} onInput={event => onInput(event.currentTarget.value.toLowerCase().replace(/^@/, ''))} />
      {help && !error && <span class="field__help">{help}</span>}
      {error && <span class="field__error" role="alert">{error}</span>}
    </label>
  );
}

type DoneWith = (person: Me) => void;

function SignIn({ done }: { done: DoneWith }) {
  const [handle, setHandle] = useState('');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      done((await api.signIn(handle, password)).account);
    } catch (thrown) {
      setError(plainWords(thrown));
      setBusy(false);
    }
  };
  return (
    <form class="form" onSubmit={send}>
      <HandleField value={handle} onInput={setHandle} />
      <PasswordField name={t('join.password')} value={password} onInput={setPassword} error={error} />
      <button class="button button--main button--wide" type="submit" disabled={busy || !handle || !password}>{t(busy ? 'join.signing_in' : 'join.sign_in')}</button>
    </form>
  );
}

export function LanguageChoice({ chosen, onChange }: { chosen: string[]; onChange: (codes: string[]) => void }) {
  return (
    <div class="pills">
      {contentLanguages.map(code => (
        <label class="pill" key={code}>
          <input type="checkbox" checked={chosen.includes(code)}
            onChange={event => onChange(event.currentTarget.checked ? [...chosen, code] : chosen.filter(other => other !== code))} />
          <span lang={code}>{languageName(code)}</span>
        </label>
      ))}
    </div>
  );
}

export function CountryChoice({ value, onChange }: { value: string; onChange: (code: string) => void }) {
  const named = countries.map(code => ({ code, name: countryName(code) })).sort((a, b) => a.name.localeCompare(b.name, language().code));
  return (
    <label class="field">
      <span class="field__name">{t('join.country')}</span>
      <select value={value} onChange={event => onChange(event.currentTarget.value)}>
        <option value="">{t('join.country_none')}</option>
        {named.map(({ code, name }) => <option key={code} value={code}>{name}</option>)}
      </select>
      <span class="field__help">{t('join.country_help')}</span>
    </label>
  );
}

const belongsToFirst = (code: string) => /^(handle|password|invitation)-/.test(code);

/** Whether a name is free; when in doubt it may be tried. */
async function isTaken(handle: string): Promise<boolean> {
  try {
    await api.profile(handle);
    return true;
  } catch {
    return false;
  }
}

function SignUp({ done }: { done: DoneWith }) {
  const [step, setStep] = useState<1 | 2>(1);
  const [handle, setHandle] = useState('');
  const [password, setPassword] = useState('');
  const [invitation, setInvitation] = useState('');
  const [languages, setLanguages] = useState([language().code]);
  const [country, setCountry] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<{ code: string; text: string } | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const turned = useRef(step);
  // Another step is another form: who writes goes on in it, and not at the top of the page.
  useEffect(() => {
    if (turned.current !== step) form.current!.querySelector('input')?.focus();
    turned.current = step;
  }, [step]);
  useEffect(() => { if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(); }, [problem]);
  /** What is being mended is not wrong any more until it is sent again. */
  const mending = (field: string, set: (value: string) => void) => (value: string) => {
    set(value);
    if (problem?.code.startsWith(field)) setProblem(null);
  };
  const refuse = (code: string) => setProblem({ code, text: t(`problem.${code}`) });
  const errorOf = (field: string) => problem?.code.startsWith(field) ? problem.text : '';

  const goOn = async () => {
    if (!handlePattern.test(handle)) return refuse('handle-invalid');
    if ([...password].length < passwordLeast) return refuse('password-weak');
    if (await isTaken(handle)) return refuse('handle-taken');
    setStep(2);
  };
  const create = async () => {
    try {
      const { account } = await api.signUp({
        handle, password, languages, ...(country && { country }), ...(invitation && { invitation: invitation.trim() }),
      });
      done(account);
    } catch (thrown) {
      const code = thrown instanceof Problem ? thrown.code : 'unknown';
      setProblem({ code, text: plainWords(thrown) });
      if (belongsToFirst(code)) setStep(1);
    }
  };
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    await (step === 1 ? goOn() : create());
    setBusy(false);
  };

  if (boot.node.sign_up === 'closed') return <p class="sheet__text">{t('join.closed')}</p>;
  return (
    <form class="form" ref={form} onSubmit={send} key={step}>
      <div class="steps" aria-label={t('join.step', { n: step })} role="img"><i class="is-on" /><i class={step === 2 ? 'is-on' : ''} /></div>
      {step === 1 ? <>
        <HandleField value={handle} onInput={mending('handle', setHandle)} help={t('join.handle_help')} error={errorOf('handle')} />
        <PasswordField name={t('join.password')} value={password} onInput={mending('password', setPassword)} fresh error={errorOf('password')} />
        {boot.node.sign_up === 'invitation' && (
          <label class="field">
            <span class="field__name">{t('join.invitation')}</span>
            <input type="text" required dir="ltr" value={invitation} autocomplete="off" onInput={event => setInvitation(event.currentTarget.value)} />
            <span class="field__help">{t('join.invitation_help')}</span>
            {errorOf('invitation') && <span class="field__error" role="alert">{errorOf('invitation')}</span>}
          </label>
        )}
        <button class="button button--main button--wide" type="submit" disabled={busy || !handle || !password}>{t(busy ? 'join.checking' : 'join.continue')}</button>
      </> : <>
        <fieldset class="choices">
          <legend class="field__name">{t('join.languages')}</legend>
          <p class="field__help">{t('join.languages_help')}</p>
          <LanguageChoice chosen={languages} onChange={setLanguages} />
        </fieldset>
        <CountryChoice value={country} onChange={setCountry} />
        <p class="form__note"><Icon name="shield" />{t('join.promise', { place: homePlace() })}</p>
        <div class="form__row">
          <button class="button" type="button" onClick={() => setStep(1)}>{t('app.back')}</button>
          <button class="button button--main" type="submit" disabled={busy}>{t(busy ? 'join.creating' : 'join.create')}</button>
        </div>
      </>}
      {problem && !belongsToFirst(problem.code) && <p class="field__error" role="alert">{problem.text}</p>}
    </form>
  );
}

interface JoinProps { kind: 'up' | 'in'; change: (kind: 'up' | 'in') => void; done: DoneWith }

function Join({ kind, change, done }: JoinProps) {
  return (
    <div class="join">
      {kind === 'up' ? <SignUp done={done} /> : <SignIn done={done} />}
      <button class="button button--quiet button--wide" type="button" onClick={() => change(kind === 'up' ? 'in' : 'up')}>
        {t(kind === 'up' ? 'join.have_account' : 'join.need_account')}
      </button>
    </div>
  );
}

function arrive(person: Me): void {
  nowIs(person);
  toast(t('join.welcome', { name: nameOf(person) }));
}

/** Where somebody was going when they were asked who they are. */
function goal(): string {
  const to = new URLSearchParams(location.search).get('to') ?? '/';
  return match(to) && !to.startsWith('//') ? to : '/';
}

export function JoinPage({ kind }: { kind: 'up' | 'in' }) {
  return (
    <Page title={t(kind === 'up' ? 'join.title' : 'join.sign_in_title')} narrow
      aside={<a class="icon-button" href="/settings" aria-label={t('nav.settings')}><Icon name="gear" /></a>}>
      <div class="join__lead"><Seal /><p>{t(kind === 'up' ? 'join.lead' : 'app.line')}</p></div>
      <Join kind={kind} change={next => navigate((next === 'up' ? '/sign-up' : '/sign-in') + location.search, { replace: true })}
        done={person => { arrive(person); navigate(goal(), { replace: true }); }} />
    </Page>
  );
}

/** Over what a signed-out person wanted to do; it is done afterwards. */
export function JoinSheet() {
  const wanted = useStore(wish);
  const [kind, setKind] = useState<'up' | 'in'>(wanted?.kind === 'again' ? 'in' : 'up');
  if (!wanted) return null;
  const close = () => wish.set(null);
  return (
    <Sheet title={t(kind === 'in' ? 'join.sign_in_title' : `join.sheet_${wanted.kind === 'again' ? 'any' : wanted.kind}`)} close={close} class="sheet--join">
      <div class="sheet__scroll">
        {kind === 'up' && <p class="sheet__text">{t('join.lead')}</p>}
        <Join kind={kind} change={setKind} done={person => { close(); arrive(person); wanted.then(); }} />
      </div>
    </Sheet>
  );
}
