// How fast clips play: as chosen in the options, and twice as fast while one is held.
import { createStore } from '../store';

export const speeds = [0.5, 1, 1.5, 2];
export const speed = createStore(1);
export const hurried = createStore(false);
export const hurry = 2;
