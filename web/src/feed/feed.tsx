// The vertical feed: one clip a screen, snapped; keys, sound, and what comes when a list ends or fails.
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { toggleLike } from '../acts';
import { isRtl, t } from '../i18n';
import type { VideoList } from '../lists';
import { lazy } from '../lazy';
import { autoplay } from '../settings/device';
import { Icon } from '../shell/icons';
import { Failed } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import { videoOf } from '../videos';
import { Clip, type ClipActs } from './clip';
import type { OpenSheet } from './sheets';
import { rollSoon } from './rolling';
import { seekByKey } from './seek';
import { muted } from './sound';
import { sought, takeSought } from './sought';
import { WheelStepper } from './wheel';
import { indexAt, nextIndex, wantsMore } from './window';

const FeedSheets = lazy(async () => (await import('./sheets')).FeedSheets, { soon: true, waiting: null });

interface Props {
  list: VideoList;
  /** Shown when the list has come and holds nothing. */
  empty: ComponentChildren;
  /** Shown after the last clip. */
  end?: (toTop: () => void) => ComponentChildren;
  failed?: (error: unknown, retry: () => void) => ComponentChildren;
  onActive?: (id: string) => void;
}

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const keyStep = 3;        // seconds

/** Moves the playing clip by a key; false for other keys. */
function seek(box: Element, key: string): boolean {
  const video = box.querySelector<HTMLVideoElement>('.clip:not([inert]) video');
  const to = key.startsWith('Arrow') && video ? seekByKey(key, video.currentTime, video.duration || 0, isRtl(), keyStep) : null;
  if (to !== null) video!.currentTime = to;
  return to !== null;
}

/** Keys belong to the feed unless somebody is typing or a sheet is open; one that is on its way out is not. */
function isForFeed(event: KeyboardEvent): boolean {
  const target = event.target as Element;
  return !event.ctrlKey && !event.metaKey && !event.altKey
    && (target.closest('dialog.is-leaving') !== null || !target.closest('input, textarea, select, dialog'));
}

export function Feed({ list, empty, end, failed: onListFailed, onActive }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const { ids, status, error, show } = useStore(list.state);
  const [active, setActive] = useState(list.at);
  const [paused, setPaused] = useState(!autoplay.get());
  const [failed, setFailed] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<OpenSheet | null>(null);
  const asked = useRef(takeSought());
  const silent = useStore(muted);
  const slots = ids.length + (end && status === 'end' && ids.length > 0 ? 1 : 0);

  useEffect(() => {
    if (status === 'new') void list.loadMore();
    const box = scroller.current;
    if (box && list.at > 0) box.scrollTop = list.at * box.clientHeight;
  }, [list]);

  useEffect(() => {
    if (!show) return;
    const box = scroller.current!;
    box.scrollTo({ top: ids.indexOf(show) * box.clientHeight, behavior: 'instant' });
    list.shown();
  }, [show]);

  useEffect(() => {
    if (status === 'more' && wantsMore(active, ids.length)) void list.loadMore();
  }, [active, ids.length, status]);

  useEffect(() => {
    list.at = active;
    setPaused(!autoplay.get());
    const id = ids[active];
    if (id) onActive?.(id);
    setOpen(now => now && now.kind === 'comments' && id ? { kind: 'comments', id } : null);
    if (id && asked.current) {
      sought.set(asked.current);
      asked.current = null;
      setOpen({ kind: 'comments', id });
    }
  }, [active, ids[active]]);

  const goTo = (index: number) => {
    const box = scroller.current;
    box?.scrollTo({ top: index * box.clientHeight, behavior: calm() ? 'instant' : 'smooth' });
  };
  const step = (way: 1 | -1) => goTo(nextIndex(active, way, slots, index => failed.has(ids[index] ?? '')));

  // The first tap gives sound; from then on a tap pauses and plays.
  const onTap = () => {
    const video = videoOf(ids[active] ?? '');
    if (silent && !paused && video?.has_audio) muted.set(false);
    else setPaused(!paused);
  };

  useEffect(() => {
    if (!failed.has(ids[active] ?? '')) return;
    const timer = setTimeout(() => { if (active < slots - 1) step(1); }, 1500);
    return () => clearTimeout(timer);
  }, [failed, active, slots]);

  // In the layout phase, as below: a key or a notch that comes before the next picture must not count from the clip before.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isForFeed(event)) return;
      const onButton = (event.target as Element).closest('button, a');
      const keys: Record<string, () => void> = {
        ArrowDown: () => step(1), j: () => step(1), PageDown: () => step(1),
        ArrowUp: () => step(-1), k: () => step(-1), PageUp: () => step(-1),
        m: () => acts.onSound(),
        l: () => { const video = videoOf(ids[active] ?? ''); if (video) toggleLike(video); },
        ...(!onButton && { ' ': () => setPaused(!paused) }),
      };
      const act = keys[event.key];
      if (!act && !seek(scroller.current!, event.key)) return;
      event.preventDefault();
      act?.();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  });

  const wheel = useRef(new WheelStepper());
  useLayoutEffect(() => {
    const box = scroller.current!;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || (event.target as Element).closest('.is-open')) return;
      event.preventDefault();
      const way = wheel.current.push(event.deltaY, event.deltaMode, event.timeStamp);
      if (way) step(way);
    };
    box.addEventListener('wheel', onWheel, { passive: false });
    return () => box.removeEventListener('wheel', onWheel);
  });

  const acts: ClipActs = {
    onComments: id => setOpen(now => now?.kind === 'comments' ? null : { kind: 'comments', id }),
    onOptions: id => setOpen({ kind: 'options', id }),
    onWhy: id => setOpen({ kind: 'why', id }),
    onSound() {
      muted.set(!silent);
      toast(t(silent ? 'feed.sound_on' : 'feed.sound_off'), 1.5);
    },
    onBlocked: () => setPaused(true),
    onFail: id => setFailed(old => new Set(old).add(id)),
  };

  const first = ids.length === 0;
  useEffect(() => { if (!first) rollSoon(paused); }, [first]);
  const retry = () => void list.loadMore();
  return (
    <div class={`feed ${open?.kind === 'comments' ? 'has-panel' : ''}`}>
      <div class="feed__scroller" ref={scroller} tabIndex={0}
        onScroll={event => {
          const box = event.currentTarget;
          const index = indexAt(box.scrollTop, box.clientHeight, slots);
          if (index !== active) setActive(index);
        }}>
        {!first && (
          <div class="feed__clips" role="feed" aria-label={t('feed.list')} aria-busy={status === 'loading'}>
            {ids.map((id, index) => (
              <Clip key={id} id={id} index={index} active={active} failed={failed.has(id)} paused={index === active && paused}
                onTap={onTap} acts={acts} />
            ))}
          </div>
        )}
        {first && (status === 'loading' || status === 'more' || status === 'new') && <FeedSkeleton />}
        {first && status === 'end' && <div class="clip clip--blank">{empty}</div>}
        {status === 'error' && (
          <div class="clip clip--blank">{onListFailed?.(error, retry) ?? <Failed title={t('feed.error')} error={error} retry={retry} />}</div>
        )}
        {!first && status === 'end' && end && <div class="clip clip--blank">{end(() => goTo(0))}</div>}
      </div>
      {!first && (
        <div class="feed__steps">
          <button class="icon-button" type="button" aria-label={t('feed.previous')} disabled={active === 0} onClick={() => step(-1)}><Icon name="up" /></button>
          <button class="icon-button" type="button" aria-label={t('feed.next')} disabled={active >= slots - 1} onClick={() => step(1)}><Icon name="down" /></button>
        </div>
      )}
      {open && <FeedSheets open={open} setOpen={setOpen} />}
    </div>
  );
}

function FeedSkeleton() {
  return (
    <div class="clip" role="status" aria-label={t('app.loading')}>
      <div class="stage stage--skeleton">
        <div class="bone bone--line" /><div class="bone bone--text" /><div class="bone bone--chip" />
        <div class="bone-rail"><i /><i /><i /><i /></div>
      </div>
    </div>
  );
}
