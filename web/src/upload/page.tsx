// A new clip, one thing at a time: choose or record it, cut it and choose its cover, say what it is, post it.  Below lies what is
// on its way already.
import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes, t } from '../i18n';
import { clipSecondsLimit } from '../limits';
import { asSomeone, me } from '../session';
import { Icon } from '../shell/icons';
import { Page } from '../shell/page';
import { Nobody, Spinner } from '../shell/states';
import { useStore } from '../store';
import { Chooser } from './choose';
import { Cut, type Cutting } from './cut';
import { Drafts } from './drafts';
import { closeFilm, openFilm, type Film } from './film';
import { firstPart, partInMs } from './part';
import { Recorder } from './record';
import { beginUpload, loadDrafts } from './work';
import { firstWords, isTooLong, WordFields } from './words';

/** undefined: the browser is still looking at it; null: it cannot show it. */
function useFilm(file: File): Film | null | undefined {
  const [film, setFilm] = useState<Film | null>();
  useEffect(() => {
    let opened: Film | null = null;
    let wanted = true;
    void openFilm(file).then(found => {
      opened = found;
      if (wanted) setFilm(found);
      else closeFilm(found);
    });
    return () => {
      wanted = false;
      closeFilm(opened);
    };
  }, [file]);
  return film;
}

function NoPreview({ file }: { file: File }) {
  return (
    <div class="nopreview">
      <span class="chooser__sign"><Icon name="film" /></span>
      <p class="nopreview__name"><bdi>{file.name}</bdi></p>
      <p>{bytes(file.size)}</p>
      <p class="nopreview__text">{t('cut.no_preview')}</p>
    </div>
  );
}

/** The chosen cover, or the beginning, beside the words. */
function Still({ film, at }: { film: Film; at: number }) {
  return <video class="still" src={`${film.url}#t=${at}`} muted playsInline preload="auto" aria-hidden="true" />;
}

interface ComposerProps { file: File; place: { at: number; of: number }; done: () => void; drop: () => void }

function Composer({ file, place, done, drop }: ComposerProps) {
  const film = useFilm(file);
  const [step, setStep] = useState<'cut' | 'words'>('cut');
  const [cutting, setCutting] = useState<Cutting | null>(null);
  const [words, setWords] = useState(firstWords);
  const [everyone, setEveryone] = useState(true);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => { if (film) setCutting({ part: firstPart(film.duration, clipSecondsLimit), cover: null }); }, [film]);
  useEffect(() => { head.current?.focus({ preventScroll: true }); window.scrollTo({ top: 0 }); }, [step]);

  const send = (event: Event) => {
    event.preventDefault();
    if (isTooLong(words)) return;
    asSomeone('upload', () => {
      const part = film && cutting ? partInMs(cutting.part, film.duration) : {};
      const cover = cutting?.cover != null ? { cover: Math.max(0, Math.round((cutting.cover - cutting.part.from) * 1000)) } : {};
      beginUpload(file, { caption: words.caption.trim(), language: words.language, publish: everyone, ...part, ...cover });
      done();
    });
  };
  const stepName = step === 'cut' ? t('cut.title') : t('upload.words');
  return (
    <form class="composer" onSubmit={send}>
      <header class="composer__head">
        <button class="icon-button" type="button" aria-label={step === 'cut' ? t('upload.other_file') : t('app.back')}
          onClick={step === 'cut' ? drop : () => setStep('cut')}><Icon name={step === 'cut' ? 'close' : 'back'} /></button>
        <h1 ref={head} tabIndex={-1}>{stepName}{place.of > 1 && <small>{t('upload.which', { at: place.at, of: place.of })}</small>}</h1>
        {step === 'cut'
          ? <button class="button button--main" type="button" disabled={film === undefined} onClick={() => setStep('words')}>{t('upload.next')}</button>
          : <span />}
      </header>
      <div class="steps" aria-hidden="true"><i class="is-on" /><i class={step === 'words' ? 'is-on' : ''} /></div>
      {step === 'cut' && (film === undefined ? <div class="composer__wait"><Spinner /></div>
        : film && cutting ? <Cut film={film} cutting={cutting} onChange={setCutting} /> : <NoPreview file={file} />)}
      {step === 'words' && (
        <div class="composer__words">
          <div class="form">
            <WordFields words={words} onChange={setWords} />
            {film && cutting && <Still film={film} at={cutting.cover ?? cutting.part.from} />}
            <fieldset class="choices">
              <legend class="field__name">{t('upload.who')}</legend>
              <label class="choice">
                <input type="radio" name="who" checked={everyone} onChange={() => setEveryone(true)} />
                <Icon name="globe" /><span>{t('upload.everyone')}<small>{t('upload.everyone_help')}</small></span>
              </label>
              <label class="choice">
                <input type="radio" name="who" checked={!everyone} onChange={() => setEveryone(false)} />
                <Icon name="lock" /><span>{t('upload.draft')}<small>{t('upload.draft_help')}</small></span>
              </label>
            </fieldset>
            <div class="composer__post">
              <button class="button button--main button--wide" type="submit" disabled={isTooLong(words)}>{t(everyone ? 'upload.post' : 'upload.keep')}</button>
            </div>
            <p class="form__note"><Icon name="shield" />{t('upload.stripped')}</p>
          </div>
        </div>
      )}
    </form>
  );
}

export function UploadPage() {
  const person = useStore(me);
  const [files, setFiles] = useState<File[]>([]);
  const [count, setCount] = useState(0);
  const [recording, setRecording] = useState(false);
  useEffect(() => {
    const load = () => void loadDrafts();
    load();
    addEventListener('online', load);
    return () => removeEventListener('online', load);
  }, [person?.id]);
  if (person === null) {
    return (
      <Page title={t('upload.title')}>
        <Nobody icon="film" title={t('join.sheet_upload')} text={t('join.lead')} />
      </Page>
    );
  }
  const take = (chosen: File[]) => {
    setFiles(chosen);
    setCount(chosen.length);
    setRecording(false);
  };
  const next = () => setFiles(files.slice(1));
  const [file] = files;
  return (
    <Page title={t('upload.title')}>
      {file ? <Composer key={count - files.length} file={file} place={{ at: count - files.length + 1, of: count }} done={next} drop={next} />
        : <Chooser onFiles={take} onRecord={() => setRecording(true)} />}
      {recording && <Recorder close={() => setRecording(false)} onClip={clip => take([clip])} />}
      {!file && <Drafts />}
    </Page>
  );
}
