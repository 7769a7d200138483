// What was searched for lately: on this device and nowhere else.
import { createStore } from '../store';

const key = 'amanat_searches';
const most = 8;

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter(text => typeof text === 'string').slice(0, most) : [];
  } catch {
    return [];
  }
}

export const recent = createStore<string[]>(read());

function keep(searches: string[]): void {
  recent.set(searches);
  try {
    localStorage.setItem(key, JSON.stringify(searches));
  } catch {
    // A browser that keeps nothing: they last as long as the page.
  }
}

export const addRecent = (query: string) => {
  const text = query.trim();
  if (text) keep([text, ...recent.get().filter(other => other !== text)].slice(0, most));
};
export const dropRecent = (query: string) => keep(recent.get().filter(other => other !== query));
export const clearRecent = () => keep([]);
