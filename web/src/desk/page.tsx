// The desk of demands: what came, until when an answer is due, and what the desk may do about it.
import { useEffect, useState } from 'preact/hooks';
import { ask, plainWords } from '../api';
import { countryName, language, number, t } from '../i18n';
import { me } from '../session';
import { Icon } from '../shell/icons';
import { Page } from '../shell/page';
import { Sheet } from '../shell/sheet';
import { Blank, Failed, Spinner } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Page as ListPage } from '../types';
import { bases, isPressing, kinds, left, outcomes, standing, ways, type Demand } from './words';

const root = '/desk/demands';

function useMinutes(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const dayOf = (time: string) => new Date(time).toLocaleDateString(language().code, { dateStyle: 'medium', timeZone: 'UTC' });

/* --- filing --- */

interface SelectProps { name: string; value: string; words: readonly string[]; say: (word: string) => string; onChange: (word: string) => void }

function Choice({ name, value, words, say, onChange }: SelectProps) {
  return (
    <label class="field">
      <span class="field__name">{name}</span>
      <select value={value} onChange={event => onChange(event.currentTarget.value)} required>
        <option value="" disabled>{t('desk.choose')}</option>
        {words.map(word => <option key={word} value={word}>{say(word)}</option>)}
      </select>
    </label>
  );
}

interface LineProps { name: string; help?: string; value: string; type?: string; pattern?: string; max?: number; required?: boolean; onInput: (text: string) => void }

function Line({ name, help, value, type, pattern, max, required, onInput }: LineProps) {
  return (
    <label class="field">
      <span class="field__name">{name}</span>
      <input type={type ?? 'text'} value={value} pattern={pattern} maxLength={max} required={required} dir={type === 'date' || pattern ? 'ltr' : 'auto'} autocomplete="off"
        onInput={event => onInput(event.currentTarget.value)} />
      {help && <span class="field__help">{help}</span>}
    </label>
  );
}

const blank = { asker: '', kind: '', basis: '', accounts: '', subjects: '', named: '', authority: '', reference: '', text: '', silence: '', uncounted: false };
const list = (text: string) => text.split(/[\s,،]+/).filter(Boolean);

function Filing({ close, filed }: { close: () => void; filed: (demand: Demand) => void }) {
  const [form, setForm] = useState(blank);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const put = (part: Partial<typeof blank>) => setForm(old => ({ ...old, ...part }));
  const ofThings = form.kind === 'removal' || form.kind === 'availability';
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      const { asker, kind, basis, authority, reference, text, silence, uncounted } = form;
      const body = {
        asker: asker.toUpperCase(), kind, basis, authority, reference, text, silence: silence || null, uncounted: Boolean(silence) && uncounted,
        accounts: ofThings ? [] : list(form.accounts), subjects: ofThings ? list(form.subjects) : [], named: Number(form.named) || 0,
      };
      filed(await ask<Demand>('POST', root, { body, patient: true }));
      close();
    } catch (thrown) {
      setError(plainWords(thrown));
      setBusy(false);
    }
  };
  return (
    <Sheet title={t('desk.file')} close={close}>
      <form class="form sheet__scroll" onSubmit={send}>
        <p class="form__note"><Icon name="shield" /><span>{t('desk.file_lead')}</span></p>
        <Line name={t('desk.asker')} help={/^[a-z]{2}$/i.test(form.asker) ? countryName(form.asker.toUpperCase()) : t('desk.asker_help')} value={form.asker}
          pattern="[A-Za-z]{2}" max={2} required onInput={asker => put({ asker })} />
        <Choice name={t('desk.kind')} value={form.kind} words={kinds} say={word => t(`desk.kind.${word}`)} onChange={kind => put({ kind })} />
        <Choice name={t('desk.basis')} value={form.basis} words={bases} say={word => t(`desk.basis.${word}`)} onChange={basis => put({ basis })} />
        {ofThings
          ? <Line name={t('desk.subjects')} help={t('desk.subjects_help')} value={form.subjects} required onInput={subjects => put({ subjects })} />
          : <Line name={t('desk.accounts')} help={t('desk.accounts_help')} value={form.accounts} onInput={accounts => put({ accounts })} />}
        <Line name={t('desk.named')} help={t('desk.named_help')} value={form.named} type="number" onInput={named => put({ named })} />
        <Line name={t('desk.authority')} value={form.authority} max={200} onInput={authority => put({ authority })} />
        <Line name={t('desk.reference')} value={form.reference} max={200} onInput={reference => put({ reference })} />
        <label class="field">
          <span class="field__name">{t('desk.text')}</span>
          <textarea rows={4} maxLength={20_000} dir="auto" value={form.text} onInput={event => put({ text: event.currentTarget.value })} />
          <span class="field__help">{t('desk.text_help')}</span>
        </label>
        <Line name={t('desk.silence')} help={t('desk.silence_help')} value={form.silence} type="date" onInput={silence => put({ silence })} />
        {form.silence && (
          <label class="row">
            <span>{t('desk.uncounted')}<small>{t('desk.uncounted_help')}</small></span>
            <input class="switch" type="checkbox" role="switch" checked={form.uncounted} onChange={event => put({ uncounted: event.currentTarget.checked })} />
          </label>
        )}
        {error && <p class="field__error" role="alert">{error}</p>}
        <button class="button button--main button--wide" type="submit" disabled={busy}>{t('desk.file_do')}</button>
      </form>
    </Sheet>
  );
}

/* --- one demand --- */

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return <div class="fact"><dt>{name}</dt><dd><bdi>{children}</bdi></dd></div>;
}

/** A step, its day and its entry; a person may have been told by no entry, and an entry may wait. */
function Step({ name, on, at }: { name: string; on: string | null; at: number | null }) {
  if (on === null && at === null) return null;
  return (
    <Fact name={name}>
      {on && dayOf(on)}{on && at !== null && ' · '}
      {at !== null && <a href={`/ledger/entry/${at}`} target="_blank" rel="noreferrer">{t('desk.entry', { n: number(at) })}</a>}
    </Fact>
  );
}

function Facts({ demand }: { demand: Demand }) {
  return (
    <dl class="facts">
      <Fact name={t('desk.asker')}>{countryName(demand.asker)}</Fact>
      <Fact name={t('desk.kind')}>{t(`desk.kind.${demand.kind}`)}</Fact>
      <Fact name={t('desk.basis')}>{t(`desk.basis.${demand.basis}`)}</Fact>
      <Fact name={t('desk.named_short')}>{number(demand.accounts)}</Fact>
      {demand.authority && <Fact name={t('desk.authority')}>{demand.authority}</Fact>}
      {demand.reference && <Fact name={t('desk.reference')}>{demand.reference}</Fact>}
      {demand.text && <Fact name={t('desk.text')}>{demand.text}</Fact>}
      {demand.silence && <Fact name={t('desk.silence')}>{dayOf(demand.silence)}</Fact>}
      {demand.held_until && <Fact name={t('desk.held_until')}>{dayOf(demand.held_until)}</Fact>}
      <Step name={t('desk.entry.received')} on={demand.received} at={demand.entries.received} />
      <Step name={t('desk.entry.told')} on={demand.told} at={demand.entries.told} />
      <Step name={t('desk.entry.authenticated')} on={demand.authenticated} at={demand.entries.authenticated} />
      <Step name={t('desk.entry.decided')} on={demand.decided} at={demand.entries.decided} />
    </dl>
  );
}

interface ActProps { demand: Demand; changed: (demand: Demand) => void }

function Acts({ demand, changed }: ActProps) {
  const [how, setHow] = useState('');
  const [outcome, setOutcome] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const act = async (what: string, body?: unknown) => {
    setBusy(true);
    setError('');
    try {
      changed(await ask<Demand>('POST', `${root}/${demand.demand}/${what}`, { body, patient: true }));
    } catch (thrown) {
      setError(plainWords(thrown));
    } finally {
      setBusy(false);
    }
  };
  const open = demand.state === 'received' || demand.state === 'authenticated';
  return (
    <div class="form">
      {demand.state === 'received' && (
        <div class="desk__act">
          <Choice name={t('desk.how')} value={how} words={ways} say={word => t(`desk.how.${word}`)} onChange={setHow} />
          <button class="button" type="button" disabled={busy || !how} onClick={() => void act('authenticate', { how })}>{t('desk.authenticate')}</button>
        </div>
      )}
      {open && (
        <div class="desk__act">
          <Choice name={t('desk.decide')} value={outcome} words={outcomes} say={word => t(`desk.outcome.${word}`)} onChange={setOutcome} />
          <label class="field">
            <span class="field__name">{t('desk.reason')}</span>
            <textarea rows={2} maxLength={20_000} dir="auto" value={reason} onInput={event => setReason(event.currentTarget.value)} />
            <span class="field__help">{t('desk.reason_help')}</span>
          </label>
          <button class="button button--main" type="button" disabled={busy || !outcome} onClick={() => void act('decide', { outcome, reason })}>{t('desk.decide_do')}</button>
        </div>
      )}
      {demand.silence && !demand.told && demand.state !== 'hidden' && (
        <button class="button" type="button" disabled={busy} onClick={() => void act('silence', { until: null })}>{t('desk.tell_now')}</button>
      )}
      {demand.held_until && Date.parse(demand.held_until) > Date.now() && (
        <button class="button" type="button" disabled={busy} onClick={() => void act('release')}>{t('desk.release')}</button>
      )}
      {error && <p class="field__error" role="alert">{error}</p>}
    </div>
  );
}

function One({ demand, changed, close }: ActProps & { close: () => void }) {
  const address = `/api/v1${root}/${demand.demand}`;
  return (
    <Sheet title={standing(demand)} close={close}>
      <div class="sheet__scroll desk__one">
        <Facts demand={demand} />
        <div class="desk__papers">
          <a class="button" href={`${address}/receipt`} target="_blank" rel="noreferrer">{t('desk.receipt')}</a>
          {demand.state !== 'hidden' && <a class="button" href={`${address}/answer`} target="_blank" rel="noreferrer">{t('desk.answer')}</a>}
        </div>
        <Acts demand={demand} changed={changed} />
      </div>
    </Sheet>
  );
}

/* --- the list --- */

function Row({ demand, now, open }: { demand: Demand; now: number; open: () => void }) {
  return (
    <li>
      <button class="row desk__row" type="button" onClick={open}>
        <span class="desk__state" aria-hidden="true" dir="ltr">{demand.asker}</span>
        <span>
          {t('desk.line', { asker: countryName(demand.asker), kind: t(`desk.kind.${demand.kind}`) })}
          <small>{standing(demand)}</small>
        </span>
        {demand.due && <span class={`desk__clock ${isPressing(demand.due, now) ? 'is-pressing' : ''}`}>{left(demand.due, now)}</span>}
        <Icon name="forward" />
      </button>
    </li>
  );
}

function useDemands() {
  const [items, setItems] = useState<Demand[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = async (cursor: string | null) => {
    setError(null);
    try {
      const page = await ask<ListPage<Demand>>('GET', cursor ? `${root}?cursor=${cursor}` : root);
      setItems(old => cursor && old ? [...old, ...page.items] : page.items);
      setNext(page.next);
    } catch (thrown) {
      setError(thrown);
    }
  };
  const put = (demand: Demand) => setItems(old => {
    const known = old?.some(other => other.demand === demand.demand);
    return known ? old!.map(other => other.demand === demand.demand ? demand : other) : [demand, ...old ?? []];
  });
  useEffect(() => void load(null), []);
  return { items, next, error, load, put };
}

function Desk() {
  const { items, next, error, load, put } = useDemands();
  const [filing, setFiling] = useState(false);
  const [shown, setShown] = useState('');
  const now = useMinutes();
  const one = items?.find(demand => demand.demand === shown);
  if (error && !items) return <Failed title={t('desk.error')} error={error} retry={() => void load(null)} />;
  if (!items) return <Spinner />;
  return (
    <>
      <p class="group__note desk__lead">{t('desk.lead')}</p>
      <button class="button button--main button--wide" type="button" onClick={() => setFiling(true)}>{t('desk.file')}</button>
      {items.length === 0 && <Blank title={t('desk.none')} text={t('desk.none_text')} />}
      <ul class="rows desk__list">{items.map(demand => <Row key={demand.demand} demand={demand} now={now} open={() => setShown(demand.demand)} />)}</ul>
      {next && <button class="button button--wide" type="button" onClick={() => void load(next)}>{t('desk.more')}</button>}
      {filing && <Filing close={() => setFiling(false)} filed={demand => { put(demand); toast(standing(demand)); setShown(demand.demand); }} />}
      {one && !filing && <One key={one.demand} demand={one} changed={put} close={() => setShown('')} />}
    </>
  );
}

export function DeskPage() {
  const person = useStore(me);
  return (
    <Page title={t('desk.title')} back narrow>
      {person?.role === 'operator' ? <Desk /> : person === undefined ? <Spinner /> : <Blank icon="shield" title={t('desk.closed')} text={t('desk.closed_text')} />}
    </Page>
  );
}
