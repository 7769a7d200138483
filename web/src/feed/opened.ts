// What is being shared or reported: a sheet is shown while one stands.  Apart from the sheets, which are loaded when opened.
import { asSomeone } from '../session';
import { createStore } from '../store';
import type { ReportKind } from '../types';

export interface Shared { path: string; text: string; isClip: boolean }

export const shared = createStore<Shared | null>(null);

export const shareClip = (id: string, caption: string) => shared.set({ path: `/v/${id}`, text: caption, isClip: true });
export const shareTag = (path: string, text: string) => shared.set({ path, text, isClip: false });
export const shareProfile = (handle: string, name: string) => shared.set({ path: `/@${handle}`, text: name, isClip: false });

export const reported = createStore<{ kind: ReportKind; id: string } | null>(null);

export function openReport(kind: ReportKind, id: string): void {
  asSomeone('report', () => reported.set({ kind, id }));
}
