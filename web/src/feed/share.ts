// Hands a link to the phone's own share sheet, or to the clipboard where there is none.
import { t } from '../i18n';
import { toast } from '../shell/toasts';

export async function copyLink(path: string): Promise<void> {
  const url = new URL(path, location.href).href;
  try {
    await navigator.clipboard.writeText(url);
    toast(t('act.link_copied'));
  } catch {
    toast(t('act.link_failed', { url }), 10);
  }
}

export async function share(path: string, text: string): Promise<void> {
  const touch = matchMedia('(pointer: coarse)').matches;
  if (!touch || !navigator.share) return copyLink(path);
  try {
    await navigator.share({ url: new URL(path, location.href).href, text });
  } catch (thrown) {
    if ((thrown as DOMException).name !== 'AbortError') await copyLink(path);
  }
}
