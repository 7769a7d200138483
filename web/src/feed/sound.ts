// Browsers start a clip by itself only when it is silent; one tap turns the sound on for all of them.
import { createStore } from '../store';

export const muted = createStore(true);
