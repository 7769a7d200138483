// While the demo's clips are being made: an end is not the end, and an empty feed says how far it is.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api';
import { boot } from '../boot';
import { t } from '../i18n';
import type { VideoList } from '../lists';
import { Blank } from '../shell/states';
import { useStore } from '../store';
import type { Demo } from '../types';
import { rolling } from './rolling';

const everyMs = 1500;

/** Adds what was made meanwhile to a list that has come to its end.  null: nothing is being made; undefined: not known yet. */
export function useMaking(list: VideoList): Demo | null | undefined {
  const started = useStore(rolling);
  const ended = useStore(list.state, ({ status, ids }) => status === 'end' && (started || ids.length === 0));
  const [demo, setDemo] = useState<Demo | null | undefined>(boot.node.demo.length > 0 ? undefined : null);
  useEffect(() => {
    if (!ended || demo === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined, gone = false;
    const look = async () => {
      const now = document.hidden ? undefined : await api.demo().catch(() => undefined);
      if (now) await list.lookAgain();
      if (gone) return;
      if (now) setDemo(now.making ? now : null);
      if (!now || now.making) timer = setTimeout(look, everyMs);
    };
    void look();
    return () => { gone = true; clearTimeout(timer); };
  }, [ended, list]);
  return demo;
}

export function Making({ demo }: { demo: Demo }) {
  return (
    <Blank title={t('demo.making')} text={t('demo.making_text')}>
      <div class="making">
        <progress max={demo.wanted} value={demo.made} aria-label={t('demo.making')} />
        <p>{t('demo.made', { n: demo.made, all: demo.wanted })}</p>
      </div>
    </Blank>
  );
}
