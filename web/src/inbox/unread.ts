// How many notifications have something new: what the bell shows.  Apart from the rest, so that the first load has nothing but the number.
import { createStore } from '../store';

export const unread = createStore(0);
