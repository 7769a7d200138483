// The bar below a clip: shows how far it is, and leads to any moment of it by finger, mouse or key.
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, isRtl, t } from '../i18n';
import { partAt, seekByKey } from './seek';

interface Props { player: RefObject<HTMLVideoElement>; length: number; onSeek: (seconds: number) => void }

const keyStep = 1;

export function Scrub({ player, length, onSeek }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const drag = useRef<{ played: boolean } | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const duration = () => player.current?.duration || length;

  const show = (seconds: number) => {
    const element = bar.current!;
    element.style.setProperty('--part', String(Math.min(seconds / duration(), 1)));
    element.setAttribute('aria-valuenow', String(Math.round(seconds)));
    element.setAttribute('aria-valuetext', t('feed.position_of', { now: clock(seconds), all: clock(duration()) }));
  };

  useEffect(() => {
    const video = player.current!;
    const follow = () => { if (!drag.current) show(video.currentTime); };
    show(video.currentTime);
    video.addEventListener('timeupdate', follow);
    return () => video.removeEventListener('timeupdate', follow);
  }, []);

  const goTo = (seconds: number) => {
    onSeek(seconds);
    player.current!.currentTime = seconds;
    show(seconds);
  };
  const secondsAt = (event: PointerEvent) => {
    const { left, width } = bar.current!.getBoundingClientRect();
    return Math.min(partAt(event.clientX, left, width, isRtl()) * duration(), duration() - 0.1);
  };
  const follow = (event: PointerEvent, last = false) => {
    if (!drag.current) return;
    const seconds = secondsAt(event);
    setHeld(seconds);
    if (last || !player.current!.seeking) goTo(seconds);
    else show(seconds);
  };
  const letGo = () => {
    const was = drag.current;
    drag.current = null;
    setHeld(null);
    if (was?.played) void player.current?.play().catch(() => undefined);
  };
  return (
    <div ref={bar} class={`scrub ${held !== null ? 'is-held' : ''}`} role="slider" tabIndex={0}
      aria-label={t('feed.position')} aria-valuemin={0} aria-valuemax={Math.round(length)} aria-valuenow={0}
      onPointerDown={event => {
        if (event.button !== 0 || !event.isPrimary) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { played: !player.current!.paused };
        player.current!.pause();
        follow(event);
      }}
      onPointerMove={event => follow(event)}
      onPointerUp={event => { follow(event, true); letGo(); }}
      onPointerCancel={letGo}
      onKeyDown={event => {
        const to = seekByKey(event.key, player.current!.currentTime, duration(), isRtl(), keyStep);
        if (to === null) return;
        event.preventDefault();
        event.stopPropagation();
        goTo(to);
      }}>
      {held !== null && <span class="scrub__time" aria-hidden="true"><b>{clock(held)}</b> / {clock(duration())}</span>}
      <div class="scrub__line"><div /></div>
    </div>
  );
}
