// A text field that completes #tags and @names: a list opens below the words, to be walked with the arrow keys or touched.
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from '../api';
import { t, tn } from '../i18n';
import type { Author, Hashtag } from '../types';
import { Avatar } from './avatar';
import { Icon } from './icons';
import { complete, tokenAt, type Token } from './token';

type Choice = { name: string; tag: Hashtag } | { name: string; person: Author };

/** A fast writer asks once. */
const pause = 140;
const most = 6;

async function choicesFor(token: Token): Promise<Choice[]> {
  if (token.kind === 'tag') return (await api.suggestTags(token.query)).items.map(tag => ({ name: tag.name, tag }));
  return (await api.suggestPeople(token.query)).items.map(person => ({ name: person.handle, person }));
}

function useChoices(token: Token | null): [Choice[], () => void] {
  const [choices, setChoices] = useState<Choice[]>([]);
  const key = token && `${token.kind} ${token.query}`;
  useEffect(() => {
    if (!token) return setChoices([]);
    let wanted = true;
    const timer = setTimeout(() => {
      choicesFor(token).then(found => { if (wanted) setChoices(found.slice(0, most)); })
        // without suggestions one writes the word oneself
        .catch(() => { if (wanted) setChoices([]); });
    }, pause);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  return [choices, () => setChoices([])];
}

interface Props {
  id: string;
  value: string;
  onValue: (value: string) => void;
  rows?: number;
  placeholder?: string;
  label?: string;
  /** Where the field itself is to be known. */
  field?: RefObject<HTMLTextAreaElement>;
  /** Enter, while no suggestion is chosen. */
  onEnter?: () => void;
}

export function Completing({ id, value, onValue, rows = 4, placeholder, label, field: known, onEnter }: Props) {
  const own = useRef<HTMLTextAreaElement>(null);
  const field = known ?? own;
  const [token, setToken] = useState<Token | null>(null);
  const [at, setAt] = useState(-1);
  const [choices, close] = useChoices(token);
  const caret = useRef<number | null>(null);
  const listId = `${id}-list`;
  const open = token !== null && choices.length > 0;

  useEffect(() => setAt(-1), [choices]);
  // After the words have changed the browser puts the caret at their end.  At once: the next key may be on its way.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current!.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const look = () => {
    const { value: text, selectionStart, selectionEnd } = field.current!;
    setToken(selectionStart === selectionEnd ? tokenAt(text, selectionStart) : null);
  };
  const shut = () => {
    setToken(null);
    close();
  };
  const take = (choice: Choice) => {
    if (!token) return;
    const next = complete(field.current!.value, token, choice.name);
    caret.current = next.caret;
    onValue(next.text);
    shut();
    field.current!.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (!open) {
      if (event.key === 'Enter' && !event.shiftKey && onEnter) {
        event.preventDefault();
        onEnter();
      }
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + choices.length + (at < 0 && step < 0 ? 1 : 0)) % choices.length);
    else if (event.key === 'Escape') shut();
    else if ((event.key === 'Enter' || event.key === 'Tab') && at >= 0) take(choices[at]!);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="completing">
      <textarea ref={field} id={id} rows={rows} dir="auto" value={value} placeholder={placeholder} aria-label={label} autocomplete="off"
        aria-autocomplete="list" aria-controls={open ? listId : undefined} aria-activedescendant={open && at >= 0 ? `${listId}-${at}` : undefined}
        onInput={event => { onValue(event.currentTarget.value); look(); }}
        onClick={look} onBlur={shut} onKeyDown={onKey}
        onKeyUp={event => { if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) look(); }} />
      {open && (
        <ul class="completing__list" id={listId} role="listbox" aria-label={t(token.kind === 'tag' ? 'complete.tags' : 'complete.people')}>
          {choices.map((choice, number) => (
            <li key={choice.name} id={`${listId}-${number}`} role="option" aria-selected={number === at}
              // not a click: the field would lose the caret first
              onPointerDown={event => event.preventDefault()} onClick={() => take(choice)}>
              {'person' in choice ? <Avatar person={choice.person} size="s" /> : <span class="completing__sign"><Icon name="hash" /></span>}
              <span><bdi>{'person' in choice ? choice.person.name || choice.name : choice.name}</bdi>
                <small>{'person' in choice ? <bdi dir="ltr">@{choice.name}</bdi> : tn('search.clips', choice.tag.videos)}</small></span>
            </li>
          ))}
        </ul>
      )}
      <span class="hidden" role="status">{open ? tn('complete.found', choices.length) : ''}</span>
    </div>
  );
}
