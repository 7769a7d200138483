// What the interface says, by key, in one language: tests name what a person reads, and the catalogue is the only place that knows.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { root } from '../system/server.mjs';

export function words(code) {
  const catalogue = JSON.parse(readFileSync(path.join(root, 'locale', `${code}.json`), 'utf8'));
  const say = (key, values = {}) => {
    if (!(key in catalogue)) throw new Error(`${code}.json has no ${key}`);
    return catalogue[key].replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? `{${name}}`);
  };
  return Object.assign(say, { code, dir: catalogue._meta.dir, has: (key) => key in catalogue });
}
