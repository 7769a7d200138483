// What the feed has learned of a person, in plain words, and how it forgets.
import { useEffect, useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { signals } from '../feed/signals';
import { languageName, t, tn } from '../i18n';
import { me } from '../session';
import { ask } from '../shell/ask';
import { Icon, type IconName } from '../shell/icons';
import { homePlace } from '../shell/nav';
import { Sheet } from '../shell/sheet';
import { Failed } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Interest } from '../types';

const icons: Record<Interest['type'], IconName> = { creator: 'person', hashtag: 'hash', language: 'globe' };
const names: Record<Interest['type'], (name: string) => string> = {
  creator: name => `@${name}`, hashtag: name => `#${name}`, language: languageName,
};
const nameOf = ({ type, name }: Interest) => names[type](name);

function leaning({ score }: Interest): string {
  const size = Math.abs(score);
  if (size < 300) return t('learned.hardly');
  if (score > 0) return t(size >= 3000 ? 'learned.loved' : 'learned.liked');
  return t(size >= 3000 ? 'learned.unwanted' : 'learned.skipped');
}

/** How it came to be known: the strongest of what was done. */
function because(interest: Interest): string {
  if (interest.held_back) return t('learned.held');
  if (interest.asked) return t('learned.asked');
  if (interest.enjoyed) return t('learned.enjoyed');
  return interest.watched ? t('learned.watched') : '';
}

function Row({ interest, onForget }: { interest: Interest; onForget: () => void }) {
  const share = Math.min(1, Math.abs(interest.score) / 5000);
  const why = because(interest);
  return (
    <li class="row row--still learned">
      <Icon name={icons[interest.type]} />
      <span>
        <bdi>{nameOf(interest)}</bdi>
        <small>{leaning(interest)}{why && ` · ${why}`}</small>
        <i class={`learned__bar ${interest.score < 0 ? 'is-less' : ''}`} aria-hidden="true"
          ref={bar => bar?.style.setProperty('--share', String(share))} />
      </span>
      <button class="icon-button icon-button--quiet" type="button" aria-label={t('learned.forget_name', { name: nameOf(interest) })} onClick={onForget}>
        <Icon name="close" />
      </button>
    </li>
  );
}

function forgetAll(then: () => void): void {
  ask({
    title: t('learned.forget_ask'), text: t('learned.forget_text'), yes: t('learned.forget_all'),
    async then() {
      try {
        if (me.get()) await api.forgetInterests({ everything: true });
        signals.forget();
        toast(t('learned.forgotten'));
        then();
      } catch (thrown) {
        toast(plainWords(thrown));
      }
    },
  });
}

/** Signed out: this window's own memory. */
function InWindow({ close }: { close: () => void }) {
  const count = signals.told().length;
  return (
    <>
      <p class="sheet__text">{count ? tn('learned.window', count) : t('learned.window_none')}</p>
      {count > 0 && <button class="button button--danger button--wide" type="button" onClick={() => forgetAll(close)}>{t('learned.forget_all')}</button>}
    </>
  );
}

function OfAccount({ close }: { close: () => void }) {
  const [items, setItems] = useState<Interest[]>();
  const [error, setError] = useState<unknown>();
  const load = () => {
    setError(undefined);
    api.interests().then(page => setItems(page.items), setError);
  };
  useEffect(load, []);
  const forget = async (interest: Interest) => {
    try {
      await api.forgetInterests({ type: interest.type, name: interest.name });
      setItems(all => all?.filter(other => other !== interest));
    } catch (thrown) {
      toast(plainWords(thrown));
    }
  };
  if (error) return <Failed title={t('settings.error')} error={error} retry={load} />;
  if (!items) return <div class="bones" role="status" aria-label={t('app.loading')}><i /><i /><i /></div>;
  if (items.length === 0) return <p class="sheet__text">{t('learned.none')}</p>;
  return (
    <>
      <ul class="rows">{items.map(interest => (
        <Row key={`${interest.type}:${interest.name}`} interest={interest} onForget={() => void forget(interest)} />
      ))}</ul>
      <button class="button button--danger button--wide" type="button" onClick={() => forgetAll(close)}>{t('learned.forget_all')}</button>
    </>
  );
}

export function LearnedSheet({ close }: { close: () => void }) {
  const person = useStore(me);
  return (
    <Sheet title={t('learned.title')} close={close} class="sheet--card">
      <div class="sheet__scroll">
        <p class="sheet__text">{t('learned.lead', { place: homePlace() })}</p>
        {person ? <OfAccount close={close} /> : <InWindow close={close} />}
      </div>
    </Sheet>
  );
}

export function Learned() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="row" type="button" onClick={() => setOpen(true)}><Icon name="sparkle" /><span>{t('learned.title')}</span><Icon name="forward" /></button>
      {open && <LearnedSheet close={() => setOpen(false)} />}
    </>
  );
}
