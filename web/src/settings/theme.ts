// Dark, light, or as the device; remembered in a cookie, since pages made by the server follow it too.
import { createStore } from '../store';

export const themes = ['auto', 'dark', 'light'] as const;
export type Theme = typeof themes[number];

const cookie = 'amanat_theme';

function remembered(): Theme {
  const found = document.cookie.match(new RegExp(`(?:^|; )${cookie}=(auto|dark|light)`))?.[1];
  return (found ?? document.documentElement.dataset.theme ?? 'auto') as Theme;
}

export const theme = createStore<Theme>(remembered());

export function chooseTheme(chosen: Theme): void {
  document.cookie = `${cookie}=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax`;
  theme.set(chosen);
  applyTheme();
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = theme.get();
}
