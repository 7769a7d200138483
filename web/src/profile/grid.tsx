// Posters of a list of clips, three in a row, more as one scrolls.
import { useEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { compact, t } from '../i18n';
import { generation, listOf } from '../lists';
import { isDemo, nameOf } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { Failed } from '../shell/states';
import { useStore } from '../store';
import { useVideo } from '../videos';

function Tile({ id, from }: { id: string; from: string }) {
  const video = useVideo(id);
  if (!video) return null;
  return (
    <li>
      <a class="tile" href={`/v/${id}`} data-from={from}
        ref={element => element?.style.setProperty('--clip', video.color)}>
        <img src={video.poster} alt={video.caption || t('feed.clip', { name: nameOf(video.author) })} loading="lazy" />
        {!from.startsWith('profile:') && isDemo(video.author) && <span class="chip chip--demo">{t('feed.demo')}</span>}
        <span class="tile__count" aria-hidden="true"><Icon name="play" />{compact(video.counts.views)}</span>
      </a>
    </li>
  );
}

export function Grid({ listKey, empty }: { listKey: string; empty: ComponentChildren }) {
  useStore(generation);
  const list = listOf(listKey);
  const { ids, status, error } = useStore(list.state);
  const foot = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (list.state.get().status === 'new') void list.loadMore();
  }, [list]);

  useEffect(() => {
    if (status !== 'more') return;
    const watcher = new IntersectionObserver(seen => {
      if (seen.some(entry => entry.isIntersecting)) void list.loadMore();
    }, { rootMargin: '600px' });
    watcher.observe(foot.current!);
    return () => watcher.disconnect();
  }, [status, ids.length, list]);

  if (status === 'end' && ids.length === 0) return <>{empty}</>;
  return (
    <>
      <ul class="grid" aria-busy={status === 'loading'}>
        {ids.map(id => <Tile key={id} id={id} from={listKey} />)}
        {(status === 'loading' || status === 'new') && [0, 1, 2, 3, 4, 5].map(n => <li key={`bone${n}`}><div class="tile tile--bone" /></li>)}
      </ul>
      {status === 'error' && <Failed title={t('feed.error')} error={error} retry={() => void list.loadMore()} />}
      <div ref={foot} />
    </>
  );
}
