// Short messages that come and go.
import { createStore, useStore } from '../store';

interface Message { id: number; text: string }

const messages = createStore<Message[]>([]);
let last = 0;

export function toast(text: string, seconds = 4): void {
  const id = ++last;
  messages.update(all => [...all.filter(message => message.text !== text), { id, text }].slice(-2));
  setTimeout(() => messages.update(all => all.filter(message => message.id !== id)), seconds * 1000);
}

export function Toasts() {
  const all = useStore(messages);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {all.map(message => <div class="toast" key={message.id}>{message.text}</div>)}
    </div>
  );
}
