// How clips behave on this device alone; nothing of it is told to the server.
import { createStore, type Store } from '../store';

function remembered(name: string, initial: boolean): Store<boolean> {
  const key = `amanat.${name}`;
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(key);
  } catch { /* storage is forbidden here: the choice lasts as long as the page */ }
  const store = createStore(kept === null ? initial : kept === '1');
  store.subscribe(() => {
    try {
      localStorage.setItem(key, store.get() ? '1' : '0');
    } catch { /* as above */ }
  });
  return store;
}

const savesAnyway = () => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData ?? false;
const likesItCalm = () => typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Load only the clip on screen. */
export const dataSaver = remembered('data-saver', savesAnyway());
/** Start clips by themselves. */
export const autoplay = remembered('autoplay', !likesItCalm());
