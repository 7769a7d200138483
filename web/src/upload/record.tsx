// Recording a clip.  Camera and microphone are asked for when this opens, that is when the person pressed "Record", and let go
// of when it closes.
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock, number, t } from '../i18n';
import { clipSecondsLimit } from '../limits';
import { Icon } from '../shell/icons';

const types: [string, string][] = [
  ['video/mp4;codecs="avc1.64001f,mp4a.40.2"', 'mp4'], ['video/webm;codecs=h264,opus', 'webm'], ['video/webm;codecs=vp9,opus', 'webm'],
  ['video/webm', 'webm'], ['video/mp4', 'mp4'],
];
const timers = [0, 3, 10];
type Facing = 'user' | 'environment';
type Stage = 'asking' | 'ready' | 'counting' | 'recording' | 'review' | 'refused';

const stopAll = (stream: MediaStream | null) => { for (const track of stream?.getTracks() ?? []) track.stop(); };

const openCamera = (facing: Facing) => navigator.mediaDevices.getUserMedia({
  audio: true, video: { facingMode: facing, width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
});

/** In plain words, by the name that browsers give the refusal. */
function refusalOf(thrown: unknown): string {
  const name = thrown instanceof DOMException ? thrown.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return t('record.not_allowed');
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return t('record.no_camera');
  if (name === 'NotReadableError' || name === 'AbortError') return t('record.camera_busy');
  return t('record.failed');
}

interface Props { close: () => void; onClip: (clip: File) => void }

export function Recorder({ close, onClip }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const view = useRef<HTMLVideoElement>(null);
  const stream = useRef<MediaStream | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const [stage, setStage] = useState<Stage>('asking');
  const [facing, setFacing] = useState<Facing>('user');
  const [timer, setTimer] = useState(0);
  const [left, setLeft] = useState(0);
  const [taken, setTaken] = useState(0);
  const [why, setWhy] = useState('');
  const [clip, setClip] = useState<{ file: File; url: string } | null>(null);

  const look = async (wanted: Facing) => {
    stopAll(stream.current);
    setStage('asking');
    try {
      const opened = await openCamera(wanted);
      if (!dialog.current?.open) return stopAll(opened);
      stream.current = opened;
      setStage('ready');
    } catch (thrown) {
      setWhy(refusalOf(thrown));
      setStage('refused');
    }
  };
  useEffect(() => {
    dialog.current!.showModal();
    void look(facing);
    return () => {
      recorder.current?.state === 'recording' && recorder.current.stop();
      stopAll(stream.current);
      dialog.current?.close();
    };
  }, []);
  useEffect(() => () => { if (clip) URL.revokeObjectURL(clip.url); }, [clip]);
  useEffect(() => {
    const video = view.current;
    if (!video) return;
    if (stage === 'review' && clip) {
      video.srcObject = null;
      video.src = clip.url;
    } else if (stream.current && video.srcObject !== stream.current) {
      video.removeAttribute('src');
      video.srcObject = stream.current;
    }
    void video.play().catch(() => undefined);
  }, [stage, clip]);

  const record = () => {
    const [type, ending] = types.find(([name]) => MediaRecorder.isTypeSupported(name)) ?? ['', 'webm'];
    const made = new MediaRecorder(stream.current!, { mimeType: type || undefined, videoBitsPerSecond: 4_000_000 });
    const parts: Blob[] = [];
    made.ondataavailable = event => { if (event.data.size) parts.push(event.data); };
    made.onstop = () => {
      const plain = made.mimeType.split(';')[0]!;
      const file = new File(parts, `${t('record.name')} ${new Date().toISOString().slice(0, 19).replace(/:/g, '.')}.${ending}`, { type: plain });
      stopAll(stream.current);
      stream.current = null;
      setClip({ file, url: URL.createObjectURL(file) });
      setStage('review');
    };
    recorder.current = made;
    made.start(1000);
    setTaken(0);
    setStage('recording');
  };
  const stop = () => { if (recorder.current?.state === 'recording') recorder.current.stop(); };

  useEffect(() => {
    if (stage !== 'counting') return undefined;
    const tick = setTimeout(() => left > 1 ? setLeft(left - 1) : record(), 1000);
    return () => clearTimeout(tick);
  }, [stage, left]);
  useEffect(() => {
    if (stage !== 'recording') return undefined;
    const begun = performance.now();
    const tick = setInterval(() => {
      const seconds = (performance.now() - begun) / 1000;
      setTaken(seconds);
      dialog.current?.style.setProperty('--taken', String(Math.min(1, seconds / clipSecondsLimit)));
      if (seconds >= clipSecondsLimit) stop();
    }, 100);
    return () => {
      clearInterval(tick);
      dialog.current?.style.setProperty('--taken', '0');
    };
  }, [stage]);

  const press = () => {
    if (stage === 'recording') return stop();
    if (stage === 'counting') return setStage('ready');
    if (timer === 0) return record();
    setLeft(timer);
    setStage('counting');
  };
  const turn = () => {
    const other = facing === 'user' ? 'environment' : 'user';
    setFacing(other);
    void look(other);
  };
  const again = () => {
    setClip(null);
    void look(facing);
  };
  const live = stage === 'ready' || stage === 'counting' || stage === 'recording';
  return (
    <dialog ref={dialog} class="recorder" aria-label={t('record.title')} onCancel={event => { event.preventDefault(); close(); }}>
      {stage !== 'refused' && <video ref={view} class={`recorder__view ${facing === 'user' && live ? 'is-mirrored' : ''}`} muted={live} playsInline loop aria-hidden="true" />}
      <div class="recorder__top">
        <button class="icon-button icon-button--over" type="button" aria-label={t('app.close')} onClick={close}><Icon name="close" /></button>
        {stage === 'recording' && <span class="recorder__time" role="timer"><i />{clock(taken)}<small>/ {clock(clipSecondsLimit)}</small></span>}
        {stage === 'ready' && <button class="icon-button icon-button--over" type="button" aria-label={t('record.turn')} onClick={turn}><Icon name="turn" /></button>}
      </div>
      {stage === 'counting' && <p class="recorder__count" role="status" key={left}>{number(left)}</p>}
      {stage === 'asking' && <p class="recorder__word" role="status">{t('record.asking')}</p>}
      {stage === 'refused' && (
        <div class="recorder__refused" role="alert">
          <span class="chooser__sign"><Icon name="camera" /></span>
          <p>{why}</p>
          <button class="button button--main" type="button" onClick={() => void look(facing)}>{t('app.retry')}</button>
        </div>
      )}
      {live && (
        <div class="recorder__bottom">
          {stage === 'ready' && (
            <div class="recorder__timer" role="group" aria-label={t('record.timer')}>
              {timers.map(seconds => (
                <button key={seconds} type="button" aria-pressed={timer === seconds} onClick={() => setTimer(seconds)}>
                  {seconds ? t('record.seconds', { seconds }) : t('record.at_once')}
                </button>
              ))}
            </div>
          )}
          <button class={`recorder__button ${stage === 'recording' ? 'is-on' : ''}`} type="button" onClick={press}
            aria-label={t(stage === 'recording' ? 'record.stop' : stage === 'counting' ? 'app.cancel' : 'record.start')}><i /></button>
        </div>
      )}
      {stage === 'review' && clip && (
        <div class="recorder__bottom recorder__bottom--review">
          <button class="button" type="button" onClick={again}>{t('record.again')}</button>
          <button class="button button--main" type="button" onClick={() => onClip(clip.file)}>{t('record.use')}</button>
        </div>
      )}
    </dialog>
  );
}
