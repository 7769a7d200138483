// Changing a draft's words, and the picture that stands for it.
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api';
import { t } from '../i18n';
import { SaveSheet } from '../shell/save_sheet';
import type { Draft } from '../types';
import { filmAt, type Film } from './film';
import { Strip } from './strip';
import { replaceDraft } from './work';
import { isTooLong, WordFields } from './words';

function CoverField({ film, cover, onChange }: { film: Film; cover: number; onChange: (seconds: number) => void }) {
  const at = Math.min(cover, film.duration);
  return (
    <div class="field">
      <span class="field__name">{t('cut.cover')}</span>
      <video class="still" src={film.url} muted playsInline preload="auto" aria-hidden="true"
        ref={element => { if (element && Math.abs(element.currentTime - at) > 0.02) element.currentTime = at; }} />
      <Strip film={film} part={{ from: 0, to: film.duration }} cover={at} onStart={() => undefined} onEnd={() => undefined} onBoth={() => undefined}
        onCover={seconds => onChange(Math.min(Math.max(seconds, 0), film.duration - 0.05))} onDone={() => undefined} />
    </div>
  );
}

export function EditDraft({ draft, close }: { draft: Draft; close: () => void }) {
  const [words, setWords] = useState({ caption: draft.caption, language: draft.language ?? '' });
  const [cover, setCover] = useState(draft.cover_ms);
  const [film, setFilm] = useState<Film | null>(null);
  useEffect(() => { if (draft.src) void filmAt(draft.src).then(setFilm); }, []);

  const save = async () => {
    let next = await api.changeDraft(draft.id, { caption: words.caption.trim(), language: words.language || null });
    if (cover !== null && cover !== draft.cover_ms) next = await api.changeCover(draft.id, cover);
    replaceDraft(next);
  };
  return (
    <SaveSheet title={t('upload.edit')} class="sheet--card" close={close} save={save} unfit={isTooLong(words)}>
      {film && <CoverField film={film} cover={(cover ?? 0) / 1000} onChange={seconds => setCover(Math.round(seconds * 1000))} />}
      <WordFields words={words} onChange={setWords} />
    </SaveSheet>
  );
}
