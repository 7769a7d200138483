// When a session was used: the server notes only the hour, so that nobody can be followed by the minute.
import { ago, t } from '../i18n';

const hour = 3_600_000;

export const lastUsed = (time: string, now = Date.now()): string =>
  now - Date.parse(time) < hour ? t('settings.session_used_now') : t('settings.session_used', { when: ago(time, now) });
