// The captions of the clip on screen, when the person wants them; the choice is remembered on this device.
import { useEffect, useRef } from 'preact/hooks';
import { root } from '../api';
import { language } from '../i18n';
import { me } from '../session';
import { createStore, useStore } from '../store';
import type { Video } from '../types';

const key = 'amanat-captions';
/** A share of the picture's height: above the clip's words. */
const line = 58;

export const captionsOn = createStore(localStorage.getItem(key) === '1');
captionsOn.subscribe(() => localStorage.setItem(key, captionsOn.get() ? '1' : '0'));

/** The one that this person reads best. */
export function bestTrack(tracks: string[], wanted: (string | null | undefined)[]): string | undefined {
  return wanted.find(code => code && tracks.includes(code)) ?? tracks[0];
}

export function Captions({ video }: { video: Video }) {
  const on = useStore(captionsOn);
  const track = useRef<HTMLTrackElement>(null);
  const code = bestTrack(video.tracks, [language().code, ...me.get()?.languages ?? [], video.language]);
  useEffect(() => { if (track.current) track.current.track.mode = 'showing'; }, [on, code]);
  if (!on || !code) return null;
  const place = (event: Event) => {
    for (const cue of (event.currentTarget as HTMLTrackElement).track.cues ?? []) {
      (cue as VTTCue).snapToLines = false;
      (cue as VTTCue).line = line;
    }
  };
  return <track ref={track} kind="captions" srclang={code} src={`${root}/videos/${video.id}/captions/${code}`} default onLoad={place} />;
}
