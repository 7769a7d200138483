// The pictures of the interface: 24 by 24, drawn with the text's colour.

/** A seal with twelve lobes: the mark of Amanat, also a marigold. */
export const sealPath = 'M14.59 2.34A3 3 0 0 1 19.07 4.93A3 3 0 0 1 21.66 9.41A3 3 0 0 1 21.66 14.59A3 3 0 0 1 19.07 '
  + '19.07A3 3 0 0 1 14.59 21.66A3 3 0 0 1 9.41 21.66A3 3 0 0 1 4.93 19.07A3 3 0 0 1 2.34 14.59A3 3 0 0 1 2.34 '
  + '9.41A3 3 0 0 1 4.93 4.93A3 3 0 0 1 9.41 2.34A3 3 0 0 1 14.59 2.34z';

const paths = {
  home: 'M4 11.2 12 4l8 7.2V19a1.5 1.5 0 0 1-1.5 1.5H15V14H9v6.5H5.5A1.5 1.5 0 0 1 4 19z',
  people: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.6 3-5.6 6.5-5.6s6.1 2 6.5 5.6M16 4.9a3.5 3.5 0 0 1 0 6.3M18 14.9c2 .7 3.2 2.4 3.5 5.1',
  bell: 'M12 3.500a6 6 0 0 1 6 6c0 4.200 1 5.800 2 7H4c1-1.200 2-2.800 2-7a6 6 0 0 1 6-6zM9.800 19.500a2.300 2.300 0 0 0 4.400 0',
  at: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM16 8v5.500a2.300 2.300 0 0 0 4.600 0V12a8.600 8.600 0 1 0-3.400 6.800',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6',
  plus: 'M12 5v14M5 12h14',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  heart: 'M12 20.300C6.5 16.5 3 13.3 3 9.2 3 6.5 5.1 4.5 7.6 4.500c1.8 0 3.4.9 4.4 2.5 1-1.6 2.6-2.5 4.4-2.5 2.5 0 4.6 2 4.6 4.7 0 4.1-3.5 7.3-9 11.100z',
  comment: 'M12 4c5 0 9 3.2 9 7.500S17 19 12 19c-1 0-2-.1-2.9-.4L4.5 20.500l1-3.700C3.9 15.4 3 13.6 3 11.5 3 7.2 7 4 12 4z',
  bookmark: 'M6 4.500h12V20.500l-6-4.5-6 4.500z',
  share: 'M14 5.5 20.5 12 14 18.500V14.600c-5 0-8.3 1.3-10.5 4.400C4 13.5 7.5 9.6 14 9.200z',
  dots: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  sound: 'M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.500a7.8 7.8 0 0 1 0 11',
  muted: 'M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5',
  play: 'M8 5.500v13l10.5-6.500z',
  pause: 'M8 5.500v13M16 5.500v13',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  forward: 'm9.5 5.5 6.5 6.5-6.5 6.5',
  up: 'M5.5 14.5 12 8l6.5 6.5',
  down: 'M5.5 9.5 12 16l6.5-6.5',
  gear: 'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19.2 12c0-.5 0-.9-.1-1.300l2-1.6-2-3.4-2.4 1a7.4 7.4 0 0 0-2.2-1.300L14.1 3h-4l-.4 2.400A7.4 7.4 0 0 0 7.4 6.700l-2.4-1-2 3.4 2 1.600a8 8 0 0 0 0 2.600l-2 1.6 2 3.4 2.4-1c.6.6 1.4 1 2.2 1.300l.4 2.400h4l.4-2.400c.8-.3 1.5-.7 2.2-1.300l2.4 1 2-3.4-2-1.600c.1-.4.2-.8.2-1.300z',
  flag: 'M5.5 21V4M5.5 4.500c4-2 8 2.5 13 0v9c-5 2.5-9-2-13 0',
  shield: 'M12 3.2 19.5 6v5.500c0 4.6-3 7.8-7.5 9.3-4.5-1.5-7.5-4.7-7.5-9.300V6zM8.8 12l2.3 2.3 4.3-4.6',
  eye: 'M2.5 12C4.5 8 8 6 12 6s7.5 2 9.5 6c-2 4-5.5 6-9.5 6s-7.5-2-9.5-6zM12 14.700a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.400z',
  film: 'M4.5 4.500h15v15h-15zM9.8 8.500v7l5.7-3.500z',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  globe: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3.2 12h17.600M12 3c2.5 2.5 3.7 5.5 3.7 9S14.5 18.5 12 21c-2.5-2.5-3.7-5.5-3.7-9S9.5 5.5 12 3z',
  trash: 'M4.5 7h15M9.5 7V4.500h5V7M6.5 7l1 13.500h9l1-13.500M10.5 11v5.500M13.5 11v5.5',
  block: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.8 5.800l12.4 12.4',
  send: 'M4 12 20.5 4.5 16 20l-4.5-6zM11.5 14 20.5 4.5',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.600h.01',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.700l-1.6 1.600M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.700l1.6-1.6',
  pencil: 'M4.500 19.500l.9-4.200L15.800 4.900a1.8 1.8 0 0 1 2.600 0l.7.7a1.8 1.8 0 0 1 0 2.600L8.700 18.600zM13.700 7l3.300 3.3',
  code: 'm8.500 7.500-5 4.500 5 4.500M15.500 7.500l5 4.500-5 4.5M13.500 5.500l-3 13',
  hurry: 'M4.500 6v12l7.500-6zM12.500 6v12l7.500-6z',
  search: 'M10.8 17.600a6.8 6.8 0 1 0 0-13.600 6.8 6.8 0 0 0 0 13.600zM15.8 15.800l4.7 4.7',
  hash: 'M9.500 4 7.500 20M16.500 4l-2 16M4.500 9h16M3.500 15h16',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.500 2',
  cloud: 'M7 18.500a4.5 4.5 0 0 1-.5-9 6 6 0 0 1 11.5 1.5 3.8 3.8 0 0 1-.5 7.500zM12 17v-6M9.3 13.3 12 10.600l2.7 2.7',
} as const;

export type IconName = keyof typeof paths;

/** Arrows and the like turn round in right-to-left scripts; the rest must not. */
const pointing = new Set<IconName>(['back', 'forward', 'share', 'send', 'sound', 'muted', 'comment', 'flag', 'hurry']);
const solid = new Set<IconName>(['play', 'hurry']);

export function Icon({ name, filled, class: extra }: { name: IconName; filled?: boolean; class?: string }) {
  return (
    <svg class={`icon ${pointing.has(name) ? 'icon--pointing' : ''} ${extra ?? ''}`} viewBox="0 0 24 24" aria-hidden="true"
      fill={filled || solid.has(name) ? 'currentColor' : 'none'} stroke="currentColor" stroke-width={name === 'dots' ? 3.2 : 1.8}
      stroke-linecap="round" stroke-linejoin="round">
      <path d={paths[name]} />
    </svg>
  );
}

export function Seal({ class: extra }: { class?: string }) {
  return (
    <svg class={`seal ${extra ?? ''}`} viewBox="0 0 24 24" aria-hidden="true">
      <path class="seal__rim" d={sealPath} />
      <path class="seal__sign" d="M9.8 7.900v8.200a.5.5 0 0 0 .76.43l6.7-4.100a.5.5 0 0 0 0-.86l-6.7-4.100a.5.5 0 0 0-.76.43z" />
    </svg>
  );
}
