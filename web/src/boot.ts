// What the server tells the page in <meta name="amanat-boot">: a strict policy allows no inline script.
import type { Me, Node } from './types';

export interface Boot {
  /** Plain names of built files to the hashed addresses that they are served from. */
  assets: Record<string, string>;
  node: Node;
  languages: string[];
  /** Who is signed in; absent when the page does not say. */
  me?: Me | null;
  /** The page was kept by the service worker: there is no network. */
  offline?: boolean;
}

const unknownNode: Node = {
  name: 'Amanat', place: '', jurisdiction: '', operator: '', sign_up: 'open', languages: ['en'], demands: 0, demo: [],
};

export function readBoot(text: string | null | undefined): Boot {
  const given = text ? JSON.parse(text) as Partial<Boot> : {};
  const node = { ...unknownNode, ...given.node };
  return { assets: given.assets ?? {}, node, languages: given.languages ?? node.languages, me: given.me, offline: given.offline };
}

export const boot = readBoot(
  typeof document === 'undefined' ? null
    : document.querySelector('meta[name=amanat-boot]')?.getAttribute('content'));

export const asset = (name: string): string => boot.assets[name] ?? `/assets/${name}`;
