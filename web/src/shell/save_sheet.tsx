// A sheet with a form that is saved: it closes when that is done, and stays with a word of why when it is not.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { plainWords } from '../api';
import { t } from '../i18n';
import { Sheet } from './sheet';
import { toast } from './toasts';

interface Props {
  title: string;
  class: string;
  close: () => void;
  save: () => Promise<void>;
  /** What is written cannot be saved as it is. */
  unfit?: boolean;
  children: ComponentChildren;
}

export function SaveSheet({ title, class: look, close, save, unfit, children }: Props) {
  const [busy, setBusy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await save();
      toast(t('app.saved'));
      close();
    } catch (thrown) {
      toast(plainWords(thrown));
      setBusy(false);
    }
  };
  return (
    <Sheet title={title} close={close} class={look}>
      <form class="form sheet__scroll" onSubmit={send}>
        {children}
        <button class="button button--main button--wide" type="submit" disabled={busy || unfit}>{t('app.save')}</button>
      </form>
    </Sheet>
  );
}
