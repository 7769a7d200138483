// Choosing a clip, its words and who may see it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { bytes, language, languageName, number, t } from '../i18n';
import { captionLimit, contentLanguages, uploadLimit } from '../limits';
import { asSomeone, me } from '../session';
import { Icon } from '../shell/icons';
import { Page } from '../shell/page';
import { Blank } from '../shell/states';
import { toast } from '../shell/toasts';
import { useStore } from '../store';
import { Drafts } from './drafts';
import { beginUpload, loadDrafts } from './work';

const endings = /\.(mp4|m4v|mov|webm|mkv|avi|3gp|3g2|ts|mts|gif|webp)$/i;

/** Whether it is worth sending; the server looks into it properly. */
function isAcceptable(file: File): boolean {
  const video = file.type.startsWith('video/') || file.type === 'image/gif' || file.type === 'image/webp' || endings.test(file.name);
  if (!video) toast(t('upload.not_video'));
  else if (file.size > uploadLimit) toast(t('upload.too_big', { size: bytes(uploadLimit) }));
  return video && file.size <= uploadLimit;
}

function Chooser({ onFile }: { onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file && isAcceptable(file)) onFile(file);
    if (input.current) input.current.value = '';
  };
  return (
    <label class={`chooser ${over ? 'is-over' : ''}`}
      onDragOver={event => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={event => { event.preventDefault(); setOver(false); take(event.dataTransfer?.files); }}>
      <span class="chooser__sign"><Icon name="film" /></span>
      <span class="button button--main">{t('upload.choose')}</span>
      <span class="chooser__or">{t(over ? 'upload.dropping' : 'upload.drop')}</span>
      <span class="chooser__help">{t('upload.lead', { size: bytes(uploadLimit) })}</span>
      <input ref={input} class="hidden" type="file" accept="video/*,image/gif,image/webp,.mkv,.mov" onChange={event => take(event.currentTarget.files)} />
    </label>
  );
}

function Preview({ file }: { file: File }) {
  const [url, setUrl] = useState('');
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <div class="preview">
      {url && <video src={url} muted loop autoplay playsInline aria-hidden="true" />}
      <p><bdi>{file.name}</bdi> · {bytes(file.size)}</p>
    </div>
  );
}

function Composer({ file, done }: { file: File; done: () => void }) {
  const person = useStore(me);
  const [caption, setCaption] = useState('');
  const [spoken, setSpoken] = useState(person?.languages[0] ?? language().code);
  const [everyone, setEveryone] = useState(true);
  const length = [...caption].length;
  const send = (event: Event) => {
    event.preventDefault();
    if (length > captionLimit) return;
    asSomeone('upload', () => {
      beginUpload(file, { caption: caption.trim(), language: spoken, publish: everyone });
      done();
    });
  };
  return (
    <form class="composer" onSubmit={send}>
      <div>
        <Preview file={file} />
        <button class="button button--wide" type="button" onClick={done}>{t('upload.other_file')}</button>
      </div>
      <div class="form">
        <label class="field">
          <span class="field__name">{t('upload.caption')}</span>
          <textarea rows={4} dir="auto" value={caption} placeholder={t('upload.caption_help')}
            onInput={event => setCaption(event.currentTarget.value)} />
          <span class={`field__count ${length > captionLimit ? 'is-over' : ''}`}>{number(length)} / {number(captionLimit)}</span>
        </label>
        <label class="field">
          <span class="field__name">{t('upload.language')}</span>
          <select value={spoken} onChange={event => setSpoken(event.currentTarget.value)}>
            {contentLanguages.map(code => <option key={code} value={code}>{languageName(code)}</option>)}
            <option value="">{t('upload.language_none')}</option>
          </select>
        </label>
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
        <button class="button button--main button--wide" type="submit" disabled={length > captionLimit}>{t(everyone ? 'upload.post' : 'upload.keep')}</button>
        <p class="form__note"><Icon name="shield" />{t('upload.stripped')}</p>
      </div>
    </form>
  );
}

export function UploadPage() {
  const person = useStore(me);
  const [file, setFile] = useState<File | null>(null);
  useEffect(() => {
    const load = () => void loadDrafts();
    load();
    addEventListener('online', load);
    return () => removeEventListener('online', load);
  }, [person?.id]);
  if (person === null) {
    return (
      <Page title={t('upload.title')}>
        <Blank icon="film" title={t('join.sheet_upload')} text={t('join.lead')}>
          <a class="button button--main" href="/sign-up">{t('join.title')}</a>
          <a class="button" href="/sign-in">{t('join.have_account')}</a>
        </Blank>
      </Page>
    );
  }
  return (
    <Page title={t('upload.title')}>
      {file ? <Composer key={file.name + file.size} file={file} done={() => setFile(null)} /> : <Chooser onFile={setFile} />}
      <Drafts />
    </Page>
  );
}
