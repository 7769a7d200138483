// Loads modules of the client, which are TypeScript, into Node: as one bundle, so that they share their classes.
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

export async function loadSource(...names) {
  const { outputFiles } = await build({
    stdin: {
      contents: names.map(name => `export * from './${name}';`).join('\n'),
      resolveDir: fileURLToPath(new URL('../../web/src', import.meta.url)),
    },
    bundle: true, format: 'esm', platform: 'neutral', mainFields: ['module', 'main'], write: false, logLevel: 'silent',
    jsx: 'automatic', jsxImportSource: 'preact',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
