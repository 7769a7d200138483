// Passing a clip or a person on: the device's own sharing, the link, a code for other sites, a QR code.
import { useMemo } from 'preact/hooks';
import { api, plainWords } from '../api';
import { t } from '../i18n';
import { qrModules, qrPath } from '../qr';
import { Icon } from '../shell/icons';
import { MenuItem } from '../shell/menu';
import { Sheet } from '../shell/sheet';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import { shared } from './opened';
import { noteShared } from './views';

export { shareClip, shareProfile, shareTag } from './opened';

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(t('act.link_failed', { url: text }), 10);
  }
}

async function copyEmbed(url: string): Promise<void> {
  try {
    await copy((await api.embed(url)).html, t('share.embed_copied'));
  } catch (thrown) {
    toast(plainWords(thrown));
  }
}

async function shareByDevice(url: string, text: string): Promise<void> {
  try {
    await navigator.share({ url, text });
  } catch (thrown) {
    if ((thrown as DOMException).name !== 'AbortError') await copy(url, t('act.link_copied'));
  }
}

function Code({ url }: { url: string }) {
  const drawn = useMemo(() => {
    const modules = qrModules(url);
    return modules && qrPath(modules);
  }, [url]);
  if (!drawn) return null;
  return (
    <figure class="qr">
      <svg viewBox={`0 0 ${drawn.side} ${drawn.side}`} role="img" aria-label={t('share.qr')} shape-rendering="crispEdges"><path d={drawn.path} /></svg>
      <figcaption>{t('share.qr_help')}</figcaption>
    </figure>
  );
}

export function Sharer() {
  const about = useStore(shared);
  if (!about) return null;
  const close = () => shared.set(null);
  const url = new URL(about.path, location.href).href;
  const then = (act: Promise<void>) => {
    if (about.isClip) noteShared(about.path.slice('/v/'.length));
    void act;
    close();
  };
  return (
    <Sheet title={t(about.isClip ? 'share.clip' : 'share.profile')} close={close} class="sheet--card">
      <div class="sheet__scroll">
        <Code url={url} />
        <div class="link">
          <span class="link__text" dir="ltr">{url.replace(/^https?:\/\//, '')}</span>
          <button class="button button--main" type="button" onClick={() => then(copy(url, t('act.link_copied')))}><Icon name="link" />{t('share.copy')}</button>
        </div>
        <ul class="menu">
          {'share' in navigator && <MenuItem icon="share" text={t('share.device')} onClick={() => then(shareByDevice(url, about.text))} />}
          {about.isClip && <MenuItem icon="code" text={t('share.embed')} onClick={() => then(copyEmbed(url))} />}
        </ul>
      </div>
    </Sheet>
  );
}
