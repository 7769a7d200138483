// A comment and the replies that hang on it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { Caption } from '../caption';
import { ago, t, tn } from '../i18n';
import { Avatar, nameOf } from '../shell/avatar';
import { Icon } from '../shell/icons';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import type { Comment } from '../types';
import { openReport } from './report';
import { sought } from './sought';

interface Acts {
  mayDelete: (comment: Comment) => boolean;
  remove: (comment: Comment) => Promise<boolean>;
  answer: (comment: Comment, posted: (reply: Comment) => void) => void;
}

function Row({ comment, first, acts, onAnswer, onDelete }: {
  comment: Comment; first?: Comment; acts: Acts; onAnswer: () => void; onDelete: () => void;
}) {
  const row = useRef<HTMLDivElement>(null);
  const isSought = useStore(sought, now => now?.comment === comment.id);
  useEffect(() => { if (isSought) row.current!.scrollIntoView({ block: 'center' }); }, [isSought]);
  const answers = first && comment.answers && comment.answers !== first.author.handle ? comment.answers : null;
  return (
    <div class={`comment ${isSought ? 'is-sought' : ''}`} ref={row}>
      <a href={`/@${comment.author.handle}`} aria-label={t('act.profile_of', { name: nameOf(comment.author) })}>
        <Avatar person={comment.author} size="s" />
      </a>
      <div class="comment__body">
        <p class="comment__head">
          <a href={`/@${comment.author.handle}`}><bdi>{nameOf(comment.author)}</bdi></a>
          {answers && <span class="comment__answers">{t('comments.to')} <bdi dir="ltr">@{answers}</bdi></span>}
          <time dateTime={comment.created}>{ago(comment.created)}</time>
        </p>
        <p class="comment__text" dir="auto"><Caption text={comment.text} /></p>
        <button class="comment__reply" type="button" aria-label={t('comments.reply_to', { name: nameOf(comment.author) })} onClick={onAnswer}>{t('comments.reply')}</button>
      </div>
      {acts.mayDelete(comment)
        ? <button class="icon-button icon-button--quiet" type="button" aria-label={t('app.delete')} onClick={onDelete}><Icon name="trash" /></button>
        : <button class="icon-button icon-button--quiet" type="button" aria-label={t('act.report')} onClick={() => openReport('comment', comment.id)}><Icon name="flag" /></button>}
    </div>
  );
}

function useReplies(first: Comment) {
  const [items, setItems] = useState<Comment[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [status, setStatus] = useState<'shut' | 'loading' | 'open'>('shut');
  const add = (more: Comment[]) => setItems(old => [...old, ...more.filter(one => !old.some(other => other.id === one.id))]);
  const load = async (cursor: string | null) => {
    setStatus('loading');
    try {
      const page = await api.replies(first.id, cursor);
      add(page.items);
      setNext(page.next);
      setStatus('open');
    } catch (thrown) {
      toast(plainWords(thrown));
      setStatus(items.length ? 'open' : 'shut');
    }
  };
  return { items, setItems, next, status, setStatus, load, add };
}

export function Thread({ comment, acts, onDelete }: { comment: Comment; acts: Acts; onDelete: () => void }) {
  const { items, setItems, next, status, setStatus, load, add } = useReplies(comment);
  const [gone, setGone] = useState(0);
  const count = Math.max(comment.replies - gone, items.length);
  useEffect(() => { if (sought.get()?.thread === comment.id) void load(null); }, []);
  const answer = (to: Comment) => acts.answer(to, reply => {
    if (status === 'shut' && count > 0) void load(null).then(() => add([reply]));
    else {
      add([reply]);
      setStatus('open');
    }
  });
  const remove = async (reply: Comment) => {
    if (!await acts.remove(reply)) return;
    setItems(old => old.filter(other => other.id !== reply.id));
    setGone(n => n + 1);
  };
  return (
    <li class="thread">
      <Row comment={comment} acts={acts} onAnswer={() => answer(comment)} onDelete={onDelete} />
      {status !== 'shut' && (
        <div class="thread__replies">
          <ul>
            {items.map(reply => (
              <li key={reply.id}><Row comment={reply} first={comment} acts={acts} onAnswer={() => answer(reply)} onDelete={() => void remove(reply)} /></li>
            ))}
          </ul>
          {status === 'loading' && <div class="bones" role="status" aria-label={t('app.loading')}><i /></div>}
          {status === 'open' && next && <button class="thread__more" type="button" onClick={() => void load(next)}>{t('comments.more_replies')}</button>}
          {status === 'open' && !next && <button class="thread__more" type="button" aria-expanded onClick={() => setStatus('shut')}>{t('comments.hide_replies')}</button>}
        </div>
      )}
      {status === 'shut' && count > 0 && (
        <button class="thread__more" type="button" aria-expanded={false} onClick={() => void (items.length ? setStatus('open') : load(null))}>{tn('comments.replies', count)}</button>
      )}
    </li>
  );
}
