// The clip's whole surface as a button: tap to pause, twice to like, hold to hurry.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../shell/icons';
import { Press, type PressActs } from './press';

interface Props {
  label: string;
  onTap: () => void;
  /** Whether a tap would stop something that a second tap must not stop. */
  waits: boolean;
  onLike: () => void;
  onHold: (on: boolean) => void;
  children?: ComponentChildren;
}

interface Heart { id: number; x: number; y: number; tilt: number }

const heartMs = 900;

function Hearts({ hearts }: { hearts: Heart[] }) {
  return (
    <>
      {hearts.map(({ id, x, y, tilt }) => (
        <span key={id} class="heart" aria-hidden="true" ref={element => {
          element?.style.setProperty('left', `${x}px`);
          element?.style.setProperty('top', `${y}px`);
          element?.style.setProperty('--tilt', `${tilt}deg`);
        }}><Icon name="heart" filled /></span>
      ))}
    </>
  );
}

export function Tap({ label, onTap, waits, onLike, onHold, children }: Props) {
  const box = useRef<HTMLButtonElement>(null);
  const [hearts, setHearts] = useState<Heart[]>([]);
  const count = useRef(0);
  const now = useRef<PressActs>(null!);
  now.current = {
    tap: onTap,
    waits: () => waits,
    hold: onHold,
    again(clientX, clientY) {
      const { left, top } = box.current!.getBoundingClientRect();
      const id = ++count.current;
      const heart = { id, x: clientX - left, y: clientY - top, tilt: [-14, 9, -5, 15][id % 4]! };
      setHearts(old => [...old.slice(-4), heart]);
      setTimeout(() => setHearts(old => old.filter(other => other.id !== id)), heartMs);
      onLike();
    },
  };
  const press = useRef<Press>();
  press.current ??= new Press({
    tap: () => now.current.tap(), waits: () => now.current.waits(), hold: on => now.current.hold(on),
    again: (x, y) => now.current.again(x, y),
  });
  useEffect(() => () => press.current!.end(), []);
  return (
    <>
      <button ref={box} class="clip__tap" type="button" aria-label={label}
        onPointerDown={event => {
          if (event.button !== 0 || !event.isPrimary) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          press.current!.down(event.clientX, event.clientY, event.timeStamp);
        }}
        onPointerMove={event => press.current!.move(event.clientX, event.clientY)}
        onPointerUp={event => press.current!.up(event.clientX, event.clientY, event.timeStamp)}
        onPointerCancel={() => press.current!.cancel()}
        onContextMenu={event => event.preventDefault()}
        onClick={event => { if (event.detail === 0) onTap(); }}>
        {children}
      </button>
      <Hearts hearts={hearts} />
    </>
  );
}
