// A value that components can follow.  Small on purpose: one value, one list of followers.
import { useEffect, useState } from 'preact/hooks';

export interface Store<T> {
  get(): T;
  set(value: T): void;
  update(change: (value: T) => T): void;
  subscribe(follower: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const followers = new Set<() => void>();
  const store: Store<T> = {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const follower of [...followers]) follower();
    },
    update: change => store.set(change(value)),
    subscribe(follower) {
      followers.add(follower);
      return () => { followers.delete(follower); };
    },
  };
  return store;
}

/** Renders again when the selected part changes (by identity). */
export function useStore<T, P = T>(store: Store<T>, select: (value: T) => P = value => value as unknown as P): P {
  const [, redraw] = useState<object>();
  const part = select(store.get());
  useEffect(() => {
    let seen = part;
    const check = () => {
      const now = select(store.get());
      if (Object.is(now, seen)) return;
      seen = now;
      redraw({});
    };
    check();
    return store.subscribe(check);
  });
  return part;
}
