// A list that is read page by page and lives as long as its screen.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../types';

export interface Pages<T> {
  items: T[];
  status: 'loading' | 'more' | 'end' | 'error';
  error?: unknown;
  loadMore: () => void;
}

/** Begins again whenever `key` changes; an answer that comes after that is dropped. */
export function usePages<T>(key: string, load: (cursor: string | null) => Promise<Page<T>>): Pages<T> {
  const [state, setState] = useState<{ key: string; items: T[]; next: string | null; status: Pages<T>['status']; error?: unknown }>(
    { key, items: [], next: null, status: 'loading' });
  const wanted = useRef(key);
  wanted.current = key;
  const fetchPage = async (items: T[], cursor: string | null) => {
    setState({ key, items, next: cursor, status: 'loading' });
    try {
      const page = await load(cursor);
      if (wanted.current === key) setState({ key, items: [...items, ...page.items], next: page.next, status: page.next ? 'more' : 'end' });
    } catch (error) {
      if (wanted.current === key) setState({ key, items, next: cursor, status: 'error', error });
    }
  };
  useEffect(() => void fetchPage([], null), [key]);
  const now = state.key === key ? state : { items: [], next: null, status: 'loading' as const, error: undefined };
  return { items: now.items, status: now.status, error: now.error, loadMore: () => void fetchPage(now.items, now.next) };
}
