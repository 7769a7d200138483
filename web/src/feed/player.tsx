// One <video>: plays while its clip is on screen, lets go of its data when it is taken away.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useStore } from '../store';
import type { Video } from '../types';
import { Spinner } from '../shell/states';
import { Scrub } from './scrub';
import { Captions } from './captions';
import { muted } from './sound';
import { hurried, hurry, speed } from './speed';
import { seen, Watch } from './views';
import type { Eagerness } from './window';

interface Props {
  video: Video;
  active: boolean;
  paused: boolean;
  eager: Eagerness;
  onFail: () => void;
  /** The browser starts nothing by itself, not even silently (a phone that saves power). */
  onBlocked: () => void;
}

async function start(element: HTMLVideoElement, { onFail, onBlocked }: Props): Promise<void> {
  try {
    await element.play();
  } catch (thrown) {
    const name = (thrown as DOMException).name;
    if (name === 'NotSupportedError') return onFail();
    if (name !== 'NotAllowedError') return;
    if (element.muted) return onBlocked();
    muted.set(true);
    element.muted = true;
    await element.play().catch(onBlocked);
  }
}

function usePageVisible(): boolean {
  const [visible, setVisible] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setVisible(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return visible;
}

/** A removed element keeps its buffers until its source is taken from it. */
function release(element: HTMLVideoElement): void {
  element.pause();
  element.removeAttribute('src');
  element.load();
}

export function Player(props: Props) {
  const { video, active, paused, eager, onFail } = props;
  const element = useRef<HTMLVideoElement>(null);
  const watch = useRef(new Watch());
  const gone = useRef(false);
  const [shown, setShown] = useState(false);
  const [waiting, setWaiting] = useState(false);
  const silent = useStore(muted);
  const chosen = useStore(speed);
  const fast = useStore(hurried);
  const visible = usePageVisible();
  const running = active && !paused && visible;

  useEffect(() => {
    const player = element.current!;
    return () => {
      gone.current = true;
      release(player);
    };
  }, []);

  useEffect(() => {
    element.current!.muted = silent;
  }, [silent]);

  // Loading sets the speed back to the default one.
  useEffect(() => {
    const player = element.current!;
    player.defaultPlaybackRate = player.playbackRate = active && fast ? hurry : chosen;
  }, [active, fast, chosen]);

  useEffect(() => {
    const player = element.current!;
    if (running) void start(player, props);
    else player.pause();
  }, [running]);

  useEffect(() => {
    if (!active) return;
    const player = element.current!;
    const log = watch.current;
    const leave = () => {
      seen(log.take(video.id), true);
      if (!player.paused) log.play();
    };
    addEventListener('pagehide', leave, { capture: true });
    return () => {
      removeEventListener('pagehide', leave, { capture: true });
      seen(log.take(video.id), gone.current);
      player.currentTime = 0;
    };
  }, [active, video.id]);

  const onTime = (event: Event) => {
    const { currentTime, duration } = event.currentTarget as HTMLVideoElement;
    watch.current.reached(currentTime, duration);
  };

  // Some decoders give sound and no picture, and no error: a clip without a picture is a failed one.
  const onData = (event: Event) => {
    if ((event.currentTarget as HTMLVideoElement).videoWidth === 0) onFail();
  };

  return (
    <>
      <video
        ref={element}
        class={`clip__video ${shown ? 'is-shown' : ''}`}
        src={video.src}
        preload={eager}
        loop
        playsInline
        muted={silent}
        tabIndex={-1}
        aria-hidden="true"
        disableRemotePlayback
        onLoadedData={onData}
        onPlaying={() => { setShown(true); setWaiting(false); watch.current.play(); }}
        onPause={() => watch.current.stop()}
        onWaiting={() => { setWaiting(true); watch.current.stop(); }}
        onTimeUpdate={onTime}
        onError={event => { if (event.currentTarget.hasAttribute('src')) onFail(); }}
      >
        {active && <Captions video={video} />}
      </video>
      {active && waiting && <Spinner />}
      {active && <Scrub player={element} length={video.duration_ms / 1000} onSeek={seconds => watch.current.sought(seconds)} />}
    </>
  );
}
