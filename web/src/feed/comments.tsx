// The comments of a clip.
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, plainWords } from '../api';
import { t, tn } from '../i18n';
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
import { sought } from './sought';
import { Thread } from './thread';

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
  /** A thread's first comment takes its replies along. */
  const remove = async (comment: Comment) => {
    try {
      await api.deleteComment(comment.id);
      setItems(old => old.filter(other => other.id !== comment.id));
      countBy(video.id, -1 - comment.replies);
      toast(t('comments.deleted'));
      return true;
    } catch (thrown) {
      toast(plainWords(thrown));
      return false;
    }
  };
  return { items, next, status, error, load, add, remove };
}

/** Whom the next comment answers, and who is told when it is there. */
interface Answering { to: Comment; posted: (reply: Comment) => void }

interface WriterProps { video: Video; answering: Answering | null; stopAnswering: () => void; onPosted: (comment: Comment) => void }

function Writer({ video, answering, stopAnswering, onPosted }: WriterProps) {
  const person = useStore(me);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const begins = /^@[a-z0-9_.]+ /;
    setText(old => answering ? `@${answering.to.author.handle} ${old.replace(begins, '')}` : old.replace(begins, ''));
    if (!answering) return;
    field.current?.focus();
    requestAnimationFrame(() => field.current?.setSelectionRange(field.current.value.length, field.current.value.length));
  }, [answering]);
  const left = longest - [...text].length;
  const send = (event?: Event) => {
    event?.preventDefault();
    if (!text.trim() || left < 0 || busy) return;
    asSomeone('comment', async () => {
      setBusy(true);
      try {
        if (answering) answering.posted(await api.reply(answering.to.id, text.trim()));
        else onPosted(await api.comment(video.id, text.trim()));
        setText('');
        stopAnswering();
      } catch (thrown) {
        toast(plainWords(thrown));
      }
      setBusy(false);
    });
  };
  if (!person) {
    return (
      <div class="writer">
        <button class="button button--wide" type="button" onClick={() => asSomeone('comment', () => undefined)}>{t('comments.placeholder')}</button>
      </div>
    );
  }
  return (<>
    {answering && (
      <div class="answering">
        <span>{t('comments.answering', { name: nameOf(answering.to.author) })}</span>
        <button class="icon-button icon-button--quiet" type="button" aria-label={t('comments.stop_answering')} onClick={stopAnswering}><Icon name="close" /></button>
      </div>
    )}
    <form class="writer" onSubmit={send}>
      <Avatar person={person} size="s" />
      <label class="writer__field">
        <span class="hidden">{t('comments.placeholder')}</span>
        <Completing id="comment-text" field={field} rows={1} value={text} placeholder={t('comments.placeholder')} onValue={setText} onEnter={send} />
        {left < 100 && <span class={`writer__left ${left < 0 ? 'is-over' : ''}`} role="status">{tn('comments.left', left)}</span>}
      </label>
      <button class="icon-button icon-button--main" type="submit" aria-label={t('comments.post')} disabled={!text.trim() || left < 0 || busy}>
        <Icon name="send" />
      </button>
    </form>
  </>);
}

export function Comments({ video, close }: { video: Video; close: () => void }) {
  const { items, next, status, error, load, add, remove } = useComments(video);
  const person = useStore(me);
  const list = useRef<HTMLDivElement>(null);
  const [answering, setAnswering] = useState<Answering | null>(null);
  const mayDelete = (comment: Comment) =>
    comment.own || (person != null && (person.id === video.author.id || person.role !== 'member'));
  const answer = (to: Comment, posted: (reply: Comment) => void) => asSomeone('comment', () => setAnswering({
    to, posted: reply => { posted(reply); countBy(video.id, 1); },
  }));
  useEffect(() => () => sought.set(null), []);
  return (
    <Sheet title={tn('count.comments', video.counts.comments)} close={close} panel class="sheet--comments">
      <div class="sheet__scroll" ref={list} tabIndex={0}>
        {items.length > 0 && (
          <ul class="comments">
            {items.map(comment => (
              <Thread key={comment.id} comment={comment} acts={{ mayDelete, remove, answer }} onDelete={() => void remove(comment)} />
            ))}
          </ul>
        )}
        {status === 'loading' && <div class="bones" role="status" aria-label={t('app.loading')}><i /><i /><i /></div>}
        {status === 'error' && <Failed title={t('comments.error')} error={error} retry={() => void load(next)} />}
        {status === 'shown' && items.length === 0 && <Blank icon="comment" title={t('comments.empty')} text={t('comments.empty_text')} />}
        {status === 'shown' && next && <button class="button button--wide" type="button" onClick={() => void load(next)}>{t('comments.more')}</button>}
      </div>
      <Writer video={video} answering={answering} stopAnswering={() => setAnswering(null)}
        onPosted={comment => { add(comment); list.current?.scrollTo({ top: 0 }); }} />
    </Sheet>
  );
}
