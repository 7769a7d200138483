// Short messages that come and go.
import { createStore, useStore } from '../store';

interface Act { text: string; then: () => void }
interface Message { id: number; text: string; act?: Act }

const messages = createStore<Message[]>([]);
let last = 0;

const drop = (id: number) => messages.update(all => all.filter(message => message.id !== id));

/** `act`: what can still be done about it, such as undoing it.  It is not said again without it. */
export function toast(text: string, seconds = 4, act?: Act): void {
  if (!act && messages.get().some(message => message.text === text && message.act)) return;
  const id = ++last;
  messages.update(all => [...all.filter(message => message.text !== text), { id, text, act }].slice(-2));
  setTimeout(() => drop(id), seconds * 1000);
}

export function Toasts() {
  const all = useStore(messages);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {all.map(({ id, text, act }) => (
        <div class={`toast ${act ? 'toast--act' : ''}`} key={id}>
          {text}
          {act && <button class="toast__act" type="button" onClick={() => { drop(id); act.then(); }}>{act.text}</button>}
        </div>
      ))}
    </div>
  );
}
