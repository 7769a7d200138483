// make preview LOCALE=ar: the built server with a small demo, speaking one language, and beside it a page with every key of that
// catalogue: the English text, the translation, its plural forms, and what is wrong with them.  The page reads the catalogue anew
// each time it is loaded; the app's own texts are built in, so that `make preview` again shows a changed one there.
//
//   node tools/preview.mjs LOCALE [--table]      --table: no server, the table as text
import http from 'node:http';
import { base, examine, first, pluralForms, readCatalogues } from './catalogues.mjs';
import { demoServer } from '../tests/browser/demo.mjs';

const code = process.argv[2] ?? first;
const names = [...readCatalogues().keys()];
if (!names.includes(code)) {
  console.error(`There is no locale/${code}.json; there are: ${names.join(', ')}`);
  process.exit(2);
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const formsOf = (texts, key) => Object.keys(texts).filter((each) => base(each) === key).map((each) => [each.split('#')[1] ?? '', texts[each]]);
const list = (forms) => forms.map(([form, text]) => `${form && `<b>${form}</b> `}<bdi>${escaped(text).replace(/\{\w+\}/g, '<code>$&</code>')}</bdi>`).join('<br>') || '·';

function tablePage() {
  const { meta, english, texts, keys, marks } = examine(code);
  const wrong = keys.filter((key) => marks.get(key).length > 0);
  const row = (key) => `<tr id="${key}"${marks.get(key).length ? ' class="wrong"' : ''}><th scope="row"><a href="#${key}">${key}</a></th>
<td lang="en">${list(formsOf(english, key))}</td><td lang="${code}" dir="${meta.dir}">${list(formsOf(texts, key))}</td>
<td>${marks.get(key).map((mark) => `<mark>${mark}</mark>`).join(' ')}</td></tr>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${code}: ${keys.length} keys, ${wrong.length} marked</title>
<style>
:root { color-scheme: light dark; font: 16px/1.55 system-ui, sans-serif; --line: #8883; }
body { max-inline-size: 84rem; margin: 2rem auto; padding-inline: 1.25rem; }
h1 { font: 700 1.6rem/1.3 ui-serif, "Noto Serif", Georgia, serif; margin-block-end: .25rem; }
p { color: #888; margin-block: 0 1.5rem; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { padding: .6rem .75rem; border-block-end: 1px solid var(--line); text-align: start; vertical-align: top; }
thead th { position: sticky; inset-block-start: 0; background: Canvas; }
tbody th { font: 500 .8125rem/1.7 ui-monospace, monospace; white-space: nowrap; }
a { color: inherit; text-decoration: none; }
td b { font: 600 .75rem/1 system-ui; color: #888; }
code { font: .875em ui-monospace, monospace; color: #b0720a; }
mark { padding: .1rem .5rem; border-radius: 1rem; background: #c4462e; color: #fff; font-size: .8125rem; }
.wrong { background: #c4462e14; }
tr:target { background: #f2b54433; }
</style>
<h1>${escaped(meta.name)} (${code})</h1>
<p>${keys.length} keys, ${wrong.length} marked${wrong.length ? `: ${wrong.map((key) => `<a href="#${key}"><u>${key}</u></a>`).join(', ')}` : ''}.
Plural forms: ${pluralForms(code).join(', ')}. ${meta.reviewed ? 'Reviewed by a native speaker.' : 'Not yet reviewed by a native speaker.'}</p>
<table><thead><tr><th>key</th><th>English</th><th>${escaped(meta.name)}</th><th>marks</th></tr></thead><tbody>
${keys.map(row).join('\n')}
</tbody></table></html>`;
}

function tableText() {
  const { english, texts, keys, marks } = examine(code);
  const told = (forms) => forms.map(([form, text]) => (form ? `${form}: ${text}` : text)).join(' | ');
  for (const key of keys) console.log([key, told(formsOf(english, key)), told(formsOf(texts, key)), marks.get(key).join(' ')].join('\t'));
}

if (process.argv.includes('--table')) {
  tableText();
} else {
  const page = http.createServer((request, answer) => answer.setHeader('content-type', 'text/html; charset=utf-8').end(tablePage()));
  await new Promise((resolve) => page.listen(0, '127.0.0.1', resolve));
  console.log(`The catalogue:  http://127.0.0.1:${page.address().port}/`);
  console.log('A small demo is being made ...');
  const server = await demoServer(6);
  console.log(`The app:        ${server.url}/?lang=${code}`);
  console.log(`The letter:     ${server.url}/letter?lang=${code}`);
  console.log(`Sign in as ${server.guest.handle}, password ${server.guest.password}. Ctrl+C ends both and removes the demo.`);
  const end = async () => {
    page.close();
    await server.stop();
    process.exit(0);
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  setInterval(() => {}, 1 << 30);                        // the server's handles do not keep this process up
}
