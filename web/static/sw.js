// The service worker: the app opens without a network.  It keeps the files of the app, whose names change with their
// content, and the page that starts it as nobody in particular gets it.  It never touches /api, /media or what a page
// says about a person.
const store = 'amanat-1';
const start = '/';
const ours = /^\/($|(following|upload|sign-in|sign-up|me|settings|search|inbox|desk)$|@[^/]+$|v\/\d+$|tag\/[^/]+$)/;

const filesOf = page => new Set(page.match(/\/assets\/[\w./-]+\.(?:js|css|json|svg)\b/g));

async function keep() {
  const answer = await fetch(start, { credentials: 'omit', cache: 'no-store' });
  if (!answer.ok) return;
  const page = await answer.text();
  const files = filesOf(page);
  const cache = await caches.open(store);
  await Promise.all([...files].map(async file => { if (!await cache.match(file)) await cache.add(file); }));
  const headers = new Headers();
  for (const name of ['content-type', 'content-security-policy']) headers.set(name, answer.headers.get(name));
  // Whether somebody is signed in is not known without a network: the page must not say that nobody is.
  await cache.put(start, new Response(page.replace('&quot;me&quot;:null', '&quot;offline&quot;:true'), { headers }));
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== start && !files.has(pathname)) await cache.delete(url);
  }
}

/** A page that names files which are not kept is of a newer version. */
async function follow(page) {
  const cache = await caches.open(store);
  for (const file of filesOf(page)) {
    if (!await cache.match(file)) return keep();
  }
}

async function open(event) {
  try {
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(answer.clone().text().then(follow).catch(() => {}));
    return answer;
  } catch (thrown) {
    const kept = await caches.match(start);
    if (!kept) throw thrown;
    return kept;
  }
}

const file = async request => await caches.match(request) ?? fetch(request);

addEventListener('install', event => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && ours.test(pathname)) event.respondWith(open(event));
  else if (pathname.startsWith('/assets/')) event.respondWith(file(request));
});
