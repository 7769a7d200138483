// The chosen file as this browser sees it: its length and its pictures, for choosing a part and a cover.  Nothing is sent for
// them.  A browser that cannot decode the file says so by null; the server may still be able to.

export interface Film { url: string; duration: number; width: number; height: number }

const patience = 8000;

function happens(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (then: () => void) => {
      clearTimeout(timer);
      video.removeEventListener(event, done);
      video.removeEventListener('error', failed);
      then();
    };
    const done = () => end(resolve);
    const failed = () => end(() => reject(new Error(event)));
    const timer = setTimeout(failed, patience);
    video.addEventListener(event, done);
    video.addEventListener('error', failed);
  });
}

function player(url: string): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.preload = 'auto';
  video.src = url;
  return video;
}

/** Lets go of what a decoder holds. */
function close(video: HTMLVideoElement): void {
  video.removeAttribute('src');
  video.load();
}

async function seek(video: HTMLVideoElement, seconds: number): Promise<void> {
  const there = happens(video, 'seeked');
  video.currentTime = seconds;
  await there;
}

/** A recording's file does not know how long it is until somebody goes to its end. */
async function measure(video: HTMLVideoElement): Promise<number> {
  if (Number.isFinite(video.duration)) return video.duration;
  await seek(video, 1e7);
  return Number.isFinite(video.duration) ? video.duration : video.currentTime;
}

/** The film that lies at an address. */
export async function filmAt(url: string): Promise<Film | null> {
  const video = player(url);
  try {
    await happens(video, 'loadeddata');
    const duration = await measure(video);
    // Some decoders show sound alone, and no error.
    if (!video.videoWidth || !(duration > 0)) throw new Error('no picture');
    return { url, duration, width: video.videoWidth, height: video.videoHeight };
  } catch {
    return null;
  } finally {
    close(video);
  }
}

/** Its `url` lives until closeFilm(). */
export async function openFilm(file: Blob): Promise<Film | null> {
  const url = URL.createObjectURL(file);
  const film = await filmAt(url);
  if (!film) URL.revokeObjectURL(url);
  return film;
}

export const closeFilm = (film: Film | null) => { if (film) URL.revokeObjectURL(film.url); };

/** Fills a canvas with the middle of the picture. */
function draw(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
  const { width, height } = canvas;
  const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
  const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
  canvas.getContext('2d')?.drawImage(video, (width - w) / 2, (height - h) / 2, w, h);
  canvas.classList.add('is-drawn');
}

/** Pictures from beginning to end, one a canvas, until told to stop. */
export async function drawStrip(film: Film, canvases: HTMLCanvasElement[], stop: AbortSignal): Promise<void> {
  const video = player(film.url);
  try {
    await happens(video, 'loadeddata');
    for (const [at, canvas] of canvases.entries()) {
      if (stop.aborted) return;
      await seek(video, film.duration * (at + 0.5) / canvases.length);
      draw(video, canvas);
    }
  } catch {
    // what could not be drawn stays plain: the handles work without
  } finally {
    close(video);
  }
}
