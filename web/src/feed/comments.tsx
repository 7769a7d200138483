// The comments of a clip.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { ago, t, tn } from '../i18n';
import { asSomeone, me } from '../session';
import { Avatar, nameOf } from '../shell/avatar';
import { Completing } from '../shell/completing';
import { Icon } from '../shell/icons';
import { Sheet } from '../shell/sheet';
import { Blank, Failed } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Comment, Video } from '../types';
import { changeVideo } from '../videos';
import { openReport } from './report';

const longest = 500;

const countBy = (id: string, by: number) => changeVideo(id, video =>
  ({ counts: { ...video.counts, comments: Math.max(0, video.counts.comments + by) } }));

function useComments(video: Video) {
  const [items, setItems] = useState<Comment[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [status, setStatus] = useState<'loading' | 'shown' | 'error'>('loading');
  const [error, setError] = useState<unknown>();

  const load = async (cursor: string | null) => {
    setStatus('loading');
    try {
      const page = await api.comments(video.id, cursor);
      setItems(old => {
        const had = new Set(old.map(comment => comment.id));
        return [...old, ...page.items.filter(comment => !had.has(comment.id))];
      });
      setNext(page.next);
      setStatus('shown');
    } catch (thrown) {
      setError(thrown);
      setStatus('error');
    }
  };
  useEffect(() => void load(null), []);

  const add = (comment: Comment) => {
    setItems(old => [comment, ...old]);
    countBy(video.id, 1);
  };
  const remove = async (comment: Comment) => {
    try {
      await api.deleteComment(comment.id);
      setItems(old => old.filter(other => other.id !== comment.id));
      countBy(video.id, -1);
      toast(t('comments.deleted'));
    } catch (thrown) {
      toast(plainWords(thrown));
    }
  };
  return { items, next, status, error, load, add, remove };
}

function Row({ comment, mayDelete, onDelete }: { comment: Comment; mayDelete: boolean; onDelete: () => void }) {
  return (
    <li class="comment">
      <a href={`/@${comment.author.handle}`} aria-label={t('act.profile_of', { name: nameOf(comment.author) })}>
        <Avatar person={comment.author} size="s" />
      </a>
      <div class="comment__body">
        <p class="comment__head">
          <a href={`/@${comment.author.handle}`}><bdi>{nameOf(comment.author)}</bdi></a>
          <time dateTime={comment.created}>{ago(comment.created)}</time>
        </p>
        <p class="comment__text" dir="auto">{comment.text}</p>
      </div>
      {mayDelete
        ? <button class="icon-button icon-button--quiet" type="button" aria-label={t('app.delete')} onClick={onDelete}><Icon name="trash" /></button>
        : <button class="icon-button icon-button--quiet" type="button" aria-label={t('act.report')} onClick={() => openReport('comment', comment.id)}><Icon name="flag" /></button>}
    </li>
  );
}

function Writer({ video, onPosted }: { video: Video; onPosted: (comment: Comment) => void }) {
  const person = useStore(me);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const left = longest - [...text].length;
  const send = (event?: Event) => {
    event?.preventDefault();
    if (!text.trim() || left < 0 || busy) return;
    asSomeone('comment', async () => {
      setBusy(true);
      try {
        onPosted(await api.comment(video.id, text.trim()));
        setText('');
      } catch (thrown) {
        toast(plainWords(thrown));
      }
      setBusy(false);
    });
  };
  if (!person) {
    return (
      <div class="writer">
        <button class="button button--wide" type="button" onClick={() => asSomeone('comment', () => undefined)}>{t('comments.placeholder_signed_out')}</button>
      </div>
    );
  }
  return (
    <form class="writer" onSubmit={send}>
      <Avatar person={person} size="s" />
      <label class="writer__field">
        <span class="hidden">{t('comments.placeholder')}</span>
        <Completing id="comment-text" rows={1} value={text} placeholder={t('comments.placeholder')} onValue={setText} onEnter={send} />
        {left < 100 && <span class={`writer__left ${left < 0 ? 'is-over' : ''}`} role="status">{tn('comments.left', left)}</span>}
      </label>
      <button class="icon-button icon-button--main" type="submit" aria-label={t('comments.post')} disabled={!text.trim() || left < 0 || busy}>
        <Icon name="send" />
      </button>
    </form>
  );
}

export function Comments({ video, close }: { video: Video; close: () => void }) {
  const { items, next, status, error, load, add, remove } = useComments(video);
  const person = useStore(me);
  const list = useRef<HTMLDivElement>(null);
  const mayDelete = (comment: Comment) =>
    comment.own || (person != null && (person.id === video.author.id || person.role !== 'member'));
  return (
    <Sheet title={tn('count.comments', video.counts.comments)} close={close} panel class="sheet--comments">
      <div class="sheet__scroll" ref={list} tabIndex={0}>
        {items.length > 0 && (
          <ul class="comments">
            {items.map(comment => <Row key={comment.id} comment={comment} mayDelete={mayDelete(comment)} onDelete={() => void remove(comment)} />)}
          </ul>
        )}
        {status === 'loading' && <div class="bones" role="status" aria-label={t('app.loading')}><i /><i /><i /></div>}
        {status === 'error' && <Failed title={t('comments.error')} error={error} retry={() => void load(next)} />}
        {status === 'shown' && items.length === 0 && <Blank icon="comment" title={t('comments.empty')} text={t('comments.empty_text')} />}
        {status === 'shown' && next && <button class="button button--wide" type="button" onClick={() => void load(next)}>{t('comments.more')}</button>}
      </div>
      <Writer video={video} onPosted={comment => { add(comment); list.current?.scrollTo({ top: 0 }); }} />
    </Sheet>
  );
}
