// The second step: which part of the clip, and which picture stands for it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, t } from '../i18n';
import { clipSecondsLimit } from '../limits';
import { Icon } from '../shell/icons';
import type { Film } from './film';
import { moveBoth, moveEnd, moveStart, type Part } from './part';
import { fineClock, Strip } from './strip';

export interface Cutting { part: Part; /** Seconds into the file; null: the server takes what looks best. */ cover: number | null }

/** Who wants little motion starts the film themselves. */
const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

interface Props { film: Film; cutting: Cutting; onChange: (next: Cutting) => void }

export function Cut({ film, cutting, onChange }: Props) {
  const { part } = cutting;
  const [mode, setMode] = useState<'part' | 'cover'>('part');
  const [stopped, setStopped] = useState(false);
  const player = useRef<HTMLVideoElement>(null);
  const now = useRef<HTMLElement>(null);
  const cover = cutting.cover ?? part.from;

  const look = (seconds: number) => {
    const video = player.current!;
    video.pause();
    video.currentTime = Math.min(seconds, film.duration - 0.05);
  };
  const play = () => {
    setStopped(false);
    // a handle that is moved meanwhile interrupts it: no reason to show a button
    void player.current?.play().catch((thrown: DOMException) => { if (thrown.name === 'NotAllowedError') setStopped(true); });
  };
  const toggle = () => {
    if (player.current!.paused) play();
    else {
      player.current!.pause();
      setStopped(true);
    }
  };
  const change = (next: Part, at: number) => {
    // A cover that was cut away goes back to its place within.
    const kept = cutting.cover === null ? null : Math.min(Math.max(cutting.cover, next.from), next.to);
    onChange({ part: next, cover: kept });
    look(at);
  };
  const chooseCover = (seconds: number) => {
    const at = Math.min(Math.max(seconds, part.from), Math.max(part.to - 0.05, part.from));
    onChange({ part, cover: at });
    look(at);
  };

  useEffect(() => {
    const video = player.current!;
    const follow = () => {
      if (!video.paused && (video.currentTime >= part.to || video.currentTime < part.from - 0.2)) video.currentTime = part.from;
      now.current?.style.setProperty('--part', String((video.currentTime - part.from) / (part.to - part.from)));
    };
    const ended = () => {
      video.currentTime = part.from;
      play();
    };
    video.addEventListener('timeupdate', follow);
    video.addEventListener('ended', ended);
    return () => {
      video.removeEventListener('timeupdate', follow);
      video.removeEventListener('ended', ended);
    };
  }, [part.from, part.to]);
  useEffect(() => {
    if (mode === 'cover') look(cover);
    else if (calm()) setStopped(true);
    else play();
  }, [mode]);

  const length = part.to - part.from;
  return (
    <div class="cut">
      <button class={`cut__stage ${film.width > film.height ? 'cut__stage--wide' : ''}`} type="button" onClick={toggle} disabled={mode === 'cover'}
        aria-label={t(mode === 'cover' ? 'cut.cover' : stopped ? 'feed.play' : 'feed.pause')}>
        <video ref={player} src={film.url} muted playsInline aria-hidden="true" />
        {mode === 'cover' && <span class="cut__badge"><Icon name="picture" />{t('cut.cover')}</span>}
        {mode === 'part' && stopped && <span class="cut__play"><Icon name="play" /></span>}
        {mode === 'part' && <span class="cut__now" aria-hidden="true"><i ref={now} /></span>}
      </button>
      <div class="segments" role="group" aria-label={t('cut.title')}>
        <button type="button" aria-pressed={mode === 'part'} onClick={() => setMode('part')}>{t('cut.trim')}</button>
        <button type="button" aria-pressed={mode === 'cover'} onClick={() => setMode('cover')}>{t('cut.cover')}</button>
      </div>
      <Strip film={film} part={part} cover={mode === 'cover' ? cover : null}
        onStart={at => { const next = moveStart(part, at, clipSecondsLimit); change(next, next.from); }}
        onEnd={at => { const next = moveEnd(part, at, film.duration, clipSecondsLimit); change(next, next.to); }}
        onBoth={from => { const next = moveBoth(part, from, film.duration); change(next, next.from); }}
        onCover={chooseCover}
        onDone={() => {
          if (mode === 'cover') return;
          player.current!.currentTime = part.from;
          if (!stopped) play();
        }} />
      <p class="cut__times" role="status">
        {mode === 'cover' ? t('cut.cover_help')
          : <><b><bdi>{fineClock(part.from)}</bdi> – <bdi>{fineClock(part.to)}</bdi></b><span>{t('cut.length', { length: fineClock(length) })}</span></>}
      </p>
      {film.duration > clipSecondsLimit && mode === 'part' && (
        <p class="cut__note"><Icon name="info" />{t('cut.too_long', { all: clock(film.duration), most: clock(clipSecondsLimit) })}</p>
      )}
    </div>
  );
}
