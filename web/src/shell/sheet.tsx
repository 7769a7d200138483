// A sheet from below on a phone, a panel at the side or a card in the middle on a wide screen.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { Icon } from './icons';
import { Toasts } from './toasts';

export const wide = () => matchMedia('(min-width: 1000px)').matches;

interface Props {
  title: string;
  close: () => void;
  /** A panel stays beside the clip on a wide screen and leaves the rest usable. */
  panel?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** Follows a downward drag on the sheet's head; far or fast enough, it closes. */
function useDrag(dialog: { current: HTMLDialogElement | null }, close: () => void) {
  const start = useRef<{ y: number; time: number } | null>(null);
  const shift = (y: number) => dialog.current?.style.setProperty('--drag', `${Math.max(0, y)}px`);
  return {
    onPointerDown(event: PointerEvent) {
      if (wide() || (event.target as Element).closest('button')) return;
      start.current = { y: event.clientY, time: event.timeStamp };
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      dialog.current?.classList.add('is-dragged');
    },
    onPointerMove(event: PointerEvent) {
      if (start.current) shift(event.clientY - start.current.y);
    },
    onPointerUp(event: PointerEvent) {
      if (!start.current) return;
      const way = event.clientY - start.current.y;
      const speed = way / Math.max(1, event.timeStamp - start.current.time);
      start.current = null;
      dialog.current?.classList.remove('is-dragged');
      if (way > 120 || (way > 30 && speed > 0.6)) close();
      else shift(0);
    },
    onPointerCancel() {
      start.current = null;
      dialog.current?.classList.remove('is-dragged');
      shift(0);
    },
  };
}

const longestLeave = 400;       // ms: a window that nobody sees moves nothing

/** Goes as it came, then is gone.  The finger may have it half way down. */
async function goAway(dialog: HTMLDialogElement, close: () => void): Promise<void> {
  if (dialog.classList.contains('is-leaving')) return;
  dialog.classList.add('is-leaving');
  const moves = dialog.getAnimations().map(move => move.finished.catch(() => undefined));
  await Promise.race([Promise.all(moves), new Promise(done => setTimeout(done, longestLeave))]);
  if (dialog.isConnected) close();              // else another is there by now
  dialog.classList.remove('is-leaving');
}

export function Sheet({ title, close: gone, panel, class: extra, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = () => void goAway(dialog.current!, gone);
  const drag = useDrag(dialog, close);
  useEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement as HTMLElement | null;
    if (panel && wide()) element.show();
    else element.showModal();
    return () => {
      element.close();
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={`sheet ${panel ? 'sheet--panel' : ''} ${extra ?? ''}`}
      aria-label={title}
      onCancel={event => { event.preventDefault(); close(); }}
      onKeyDown={event => { if (event.key === 'Escape') { event.stopPropagation(); close(); } }}
      onClick={event => { if (event.target === event.currentTarget) close(); }}
    >
      <div class="sheet__body">
        <header class="sheet__head" {...drag}>
          <h2 class="sheet__title">{title}</h2>
          <button class="icon-button" type="button" aria-label={t('app.close')} onClick={close}><Icon name="close" /></button>
        </header>
        {children}
      </div>
      <Toasts />
    </dialog>
  );
}
