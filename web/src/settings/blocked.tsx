// The people one blocked.
import { useEffect, useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { Avatar, nameOf } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { Sheet } from '../shell/sheet';
import { Failed } from '../shell/states';
import { toast } from '../shell/toasts';
import type { Author } from '../types';

function List({ close }: { close: () => void }) {
  const [people, setPeople] = useState<Author[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [status, setStatus] = useState<'loading' | 'shown' | 'error'>('loading');
  const [error, setError] = useState<unknown>(null);
  const load = async (cursor: string | null) => {
    setStatus('loading');
    try {
      const page = await api.blocked(cursor);
      setPeople(old => [...old, ...page.items]);
      setNext(page.next);
      setStatus('shown');
    } catch (thrown) {
      setError(thrown);
      setStatus('error');
    }
  };
  useEffect(() => void load(null), []);
  const unblock = async (person: Author) => {
    try {
      await api.block(person.handle, false);
      setPeople(all => all.filter(other => other.id !== person.id));
      toast(t('act.unblocked_toast'));
    } catch (thrown) {
      toast(plainWords(thrown));
    }
  };
  return (
    <Sheet title={t('settings.blocked')} close={close} class="sheet--join">
      <div class="sheet__scroll">
        <ul class="rows">
          {people.map(person => (
            <li class="row row--still" key={person.id}>
              <Avatar person={person} size="s" />
              <span><bdi>{nameOf(person)}</bdi></span>
              <button class="button" type="button" onClick={() => void unblock(person)}>{t('act.unblock')}</button>
            </li>
          ))}
        </ul>
        {status === 'loading' && <div class="bones" role="status" aria-label={t('app.loading')}><i /><i /></div>}
        {status === 'error' && <Failed title={t('settings.error')} error={error} retry={() => void load(next)} />}
        {status === 'shown' && people.length === 0 && <p class="sheet__text">{t('settings.blocked_none')}</p>}
        {status === 'shown' && next && <button class="button button--wide" type="button" onClick={() => void load(next)}>{t('app.more')}</button>}
      </div>
    </Sheet>
  );
}

export function Blocked() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button class="row" type="button" onClick={() => setOpen(true)}><Icon name="block" /><span>{t('settings.blocked')}</span><Icon name="forward" /></button>
      {open && <List close={() => setOpen(false)} />}
    </>
  );
}
