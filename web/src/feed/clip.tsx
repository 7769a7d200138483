// One clip of a feed: colour, poster and video over each other, its words, its rail.
import { useEffect, useRef, useState } from 'preact/hooks';
import { toggleLike } from '../acts';
import { Caption } from '../caption';
import { ago, languageName, t } from '../i18n';
import { dataSaver } from '../settings/device';
import { isDemo, nameOf } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { useStore } from '../store';
import type { Video } from '../types';
import { useVideo } from '../videos';
import { Player } from './player';
import { Rail } from './rail';
import { reasonOf } from './reason';
import { rolling } from './rolling';
import { muted } from './sound';
import { hurried, hurry } from './speed';
import { Tap } from './tap';
import { eagerness, isMounted } from './window';

export interface ClipActs {
  onComments: (id: string) => void;
  onOptions: (id: string) => void;
  onWhy: (id: string) => void;
  onSound: () => void;
  onFail: (id: string) => void;
  onBlocked: () => void;
}

interface Props { id: string; index: number; active: number; failed: boolean; paused: boolean; onTap: () => void; acts: ClipActs }

/** Taller than wide enough to fill a phone's screen with little lost at the sides. */
const isTall = (video: Video) => video.width / video.height <= 0.65;

function Words({ video, onWhy }: { video: Video; onWhy: () => void }) {
  const [open, setOpen] = useState(false);
  const long = video.caption.length > 90 || video.caption.split('\n').length > 2;
  return (
    <div class="words">
      <p class="words__author">
        <a href={`/@${video.author.handle}`}><bdi>{nameOf(video.author)}</bdi></a>
        <time dateTime={video.created}>{ago(video.created)}</time>
      </p>
      {video.caption && (
        <div class={`words__caption ${open ? 'is-open' : ''}`}>
          <p dir="auto" lang={video.language ?? undefined}><Caption text={video.caption} /></p>
          {long && <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? 'feed.less' : 'feed.more')}</button>}
        </div>
      )}
      <p class="words__chips">
        {video.reason && (
          <button class="chip" type="button" onClick={onWhy} aria-haspopup="dialog">
            <Icon name="info" />{reasonOf(video)}<span class="hidden">. {t('feed.why')}</span>
          </button>
        )}
        {isDemo(video.author) && <span class="chip chip--quiet">{t('feed.demo')}</span>}
        {video.language && <span class="chip chip--quiet" lang={video.language}>{languageName(video.language)}</span>}
      </p>
    </div>
  );
}

function Sound({ silent, onClick }: { silent: boolean; onClick: () => void }) {
  return (
    <button class={`sound ${silent ? 'sound--off' : ''}`} type="button" aria-label={t(silent ? 'feed.tap_sound' : 'feed.sound_off')} onClick={onClick}>
      <Icon name={silent ? 'muted' : 'sound'} />{silent && <span>{t('feed.tap_sound')}</span>}
    </button>
  );
}

export function Clip({ id, index, active, failed, paused, onTap, acts }: Props) {
  const video = useVideo(id);
  const box = useRef<HTMLElement>(null);
  const silent = useStore(muted);
  const saves = useStore(dataSaver);
  const fast = useStore(hurried);
  const started = useStore(rolling);
  const here = index === active;
  // The first clip's picture is its colour: its poster would come no sooner than its first frame, and delay that.
  const pictured = started || paused || failed;
  const near = here || (started && isMounted(index, active));

  useEffect(() => {
    if (video && near) box.current!.style.setProperty('--clip', /^#[0-9a-f]{6}$/i.test(video.color) ? video.color : '#1a262b');
  }, [video?.color, near]);

  if (!video) return <article class="clip" ref={box} />;
  const tall = isTall(video);
  const name = t('feed.clip', { name: nameOf(video.author) });
  const wantsSound = silent && video.has_audio && !paused;
  return (
    <article class={`clip ${tall ? 'clip--tall' : ''}`} ref={box} aria-label={name} inert={!here} data-id={id}>
      {near && (
        <div class="stage">
          <div class="stage__media">
            {pictured && !tall && <img class="clip__blur" src={video.poster} alt="" />}
            {pictured && <img class="clip__poster" src={video.poster} alt="" fetchpriority={here ? 'high' : 'low'} />}
            {!failed && (
              <Player video={video} active={here} paused={paused} eager={eagerness(index, active, saves)}
                onFail={() => acts.onFail(id)} onBlocked={acts.onBlocked} />
            )}
            {failed ? (
              <div class="clip__failed" role="status">
                <Icon name="film" /><strong>{t('feed.failed')}</strong><span>{t('feed.failed_next')}</span>
              </div>
            ) : (
              <Tap label={t(wantsSound ? 'feed.tap_sound' : paused ? 'feed.play' : 'feed.pause')}
                onTap={onTap} waits={!paused && !wantsSound} onLike={() => { if (!video.liked) toggleLike(video); }}
                onHold={on => hurried.set(on && !paused)}>
                {here && paused && <span class="clip__paused"><Icon name="play" /></span>}
              </Tap>
            )}
            <div class="clip__shade" />
            {here && fast && <p class="clip__hurry" role="status"><Icon name="hurry" />{t('feed.speed_times', { n: hurry })}</p>}
          </div>
          {video.has_audio && !failed && <Sound silent={silent} onClick={acts.onSound} />}
          <Words video={video} onWhy={() => acts.onWhy(id)} />
          <Rail video={video} onComments={() => acts.onComments(id)} onOptions={() => acts.onOptions(id)} />
        </div>
      )}
    </article>
  );
}
