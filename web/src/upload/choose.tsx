// The first step: a clip from the device, dropped, or from the camera.
import { useRef, useState } from 'preact/hooks';
import { bytes, t } from '../i18n';
import { uploadLimit } from '../limits';
import { Icon } from '../shell/icons';
import { toast } from '../shell/toasts';

const endings = /\.(mp4|m4v|mov|webm|mkv|avi|3gp|3g2|ts|mts|gif|webp)$/i;

/** Whether it is worth sending; the server looks into it properly. */
function isAcceptable(file: File): boolean {
  const video = file.type.startsWith('video/') || file.type === 'image/gif' || file.type === 'image/webp' || endings.test(file.name);
  if (!video) toast(t('upload.not_video'));
  else if (file.size === 0) toast(t('upload.fail.empty'));
  else if (file.size > uploadLimit) toast(t('upload.too_big', { size: bytes(uploadLimit) }));
  return video && file.size > 0 && file.size <= uploadLimit;
}

export const canRecord = () => typeof MediaRecorder !== 'undefined' && !!navigator.mediaDevices?.getUserMedia;

export function Chooser({ onFiles, onRecord }: { onFiles: (files: File[]) => void; onRecord: () => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (list: FileList | null | undefined) => {
    const files = [...list ?? []].filter(isAcceptable);
    if (files.length) onFiles(files);
    if (input.current) input.current.value = '';
  };
  return (
    <div class="begin">
      <label class={`chooser ${over ? 'is-over' : ''}`}
        onDragOver={event => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={event => { event.preventDefault(); setOver(false); take(event.dataTransfer?.files); }}>
        <span class="chooser__sign"><Icon name="film" /></span>
        <span class="button button--main">{t('upload.choose')}</span>
        <span class="chooser__or">{t(over ? 'upload.dropping' : 'upload.drop')}</span>
        <span class="chooser__help">{t('upload.lead', { size: bytes(uploadLimit) })}</span>
        <input ref={input} class="hidden" type="file" multiple accept="video/*,image/gif,image/webp,.mkv,.mov" onChange={event => take(event.currentTarget.files)} />
      </label>
      {canRecord() && <button class="begin__record" type="button" onClick={onRecord}><span><Icon name="camera" /></span>{t('record.start')}</button>}
    </div>
  );
}
