// The film laid out from its beginning to its end, with handles on it: for a part two, for a cover one.  Laid out in the
// direction that is read, so that in Arabic the beginning is on the right.
import { useEffect, useRef } from 'preact/hooks';
import { partAt } from '../feed/seek';
import { isRtl, number, t } from '../i18n';
import { drawStrip, type Film } from './film';
import type { Part } from './part';

const pictures = 9;
const fineStep = 0.1;
const coarseStep = 1;
const pageStep = 5;

/** "1:04.3": tenths count when a cut is chosen. */
export function fineClock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const two = (n: number) => new Intl.NumberFormat(document.documentElement.lang, { minimumIntegerDigits: 2, minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(n);
  return `${number(Math.floor(tenths / 600))}:${two((tenths % 600) / 10)}`;
}

/** Where a key leads from `now`; null: it means nothing here. */
function byKey(event: KeyboardEvent, now: number, low: number, high: number): number | null {
  const step = event.shiftKey ? coarseStep : fineStep;
  const [ahead, behind] = isRtl() ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
  switch (event.key) {
    case ahead: case 'ArrowUp': return now + step;
    case behind: case 'ArrowDown': return now - step;
    case 'PageUp': return now + pageStep;
    case 'PageDown': return now - pageStep;
    case 'Home': return low;
    case 'End': return high;
    default: return null;
  }
}

interface HandleProps {
  kind: 'from' | 'to' | 'cover';
  label: string;
  at: number;
  low: number;
  high: number;
  secondsAt: (x: number) => number;
  onMove: (seconds: number) => void;
  onDone: () => void;
}

function Handle({ kind, label, at, low, high, secondsAt, onMove, onDone }: HandleProps) {
  const held = useRef<number | null>(null);
  return (
    <div class={`strip__handle strip__handle--${kind}`} role="slider" tabIndex={0} aria-label={label} aria-valuemin={round(low)}
      aria-valuemax={round(high)} aria-valuenow={round(at)} aria-valuetext={fineClock(at)}
      onPointerDown={event => {
        if (event.button !== 0 || !event.isPrimary) return;
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus();
        // the finger keeps its distance: a touch alone moves nothing
        held.current = secondsAt(event.clientX) - at;
      }}
      onPointerMove={event => { if (held.current !== null) onMove(secondsAt(event.clientX) - held.current); }}
      onPointerUp={() => { held.current = null; onDone(); }}
      onPointerCancel={() => { held.current = null; onDone(); }}
      onKeyDown={event => {
        const to = byKey(event, at, low, high);
        if (to === null) return;
        event.preventDefault();
        onMove(to);
        onDone();
      }}>
      <i />
    </div>
  );
}

const round = (seconds: number) => Math.round(seconds * 10) / 10;

interface Props {
  film: Film;
  part: Part;
  /** Choosing a cover within the part instead of the part. */
  cover: number | null;
  onStart: (seconds: number) => void;
  onEnd: (seconds: number) => void;
  onBoth: (from: number) => void;
  onCover: (seconds: number) => void;
  /** The handle was let go. */
  onDone: () => void;
}

export function Strip({ film, part, cover, onStart, onEnd, onBoth, onCover, onDone }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const reel = useRef<HTMLDivElement>(null);
  const dragged = useRef<number | null>(null);
  const choosesCover = cover !== null;

  useEffect(() => {
    const stop = new AbortController();
    void drawStrip(film, [...reel.current!.querySelectorAll('canvas')], stop.signal);
    return () => stop.abort();
  }, [film]);

  const share = (seconds: number) => String(seconds / film.duration);
  useEffect(() => {
    const style = box.current!.style;
    style.setProperty('--from', share(part.from));
    style.setProperty('--to', share(part.to));
    style.setProperty('--cover', share(cover ?? part.from));
  });

  const secondsAt = (x: number) => {
    const { left, width } = reel.current!.getBoundingClientRect();
    return partAt(x, left, width, isRtl()) * film.duration;
  };
  return (
    <div ref={box} class={`strip ${choosesCover ? 'strip--cover' : ''}`}
      onPointerDown={event => {
        if (event.button !== 0 || !event.isPrimary) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragged.current = choosesCover ? 0 : secondsAt(event.clientX) - part.from;
        if (choosesCover) onCover(secondsAt(event.clientX));
      }}
      onPointerMove={event => {
        if (dragged.current === null) return;
        if (choosesCover) onCover(secondsAt(event.clientX));
        else onBoth(secondsAt(event.clientX) - dragged.current);
      }}
      onPointerUp={() => { if (dragged.current !== null) onDone(); dragged.current = null; }}
      onPointerCancel={() => { dragged.current = null; }}>
      <div ref={reel} class="strip__reel" aria-hidden="true">
        {Array.from({ length: pictures }, (_, at) => <canvas key={at} width={96} height={128} />)}
      </div>
      <div class="strip__shade strip__shade--before" />
      <div class="strip__shade strip__shade--after" />
      <div class="strip__frame" />
      {choosesCover
        ? <Handle kind="cover" label={t('cut.cover_at')} at={cover} low={part.from} high={part.to} secondsAt={secondsAt} onMove={onCover} onDone={onDone} />
        : <>
          <Handle kind="from" label={t('cut.start')} at={part.from} low={0} high={part.to} secondsAt={secondsAt} onMove={onStart} onDone={onDone} />
          <Handle kind="to" label={t('cut.end')} at={part.to} low={part.from} high={film.duration} secondsAt={secondsAt} onMove={onEnd} onDone={onDone} />
        </>}
    </div>
  );
}
