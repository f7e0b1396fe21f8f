/* The service worker: pages that open while nobody answers. Built as a file of its own, /sw.js.
 *
 * It keeps the program's files, whose names change with their content, and the one page that begins with them; never
 * an answer of the API. A new program is a new worker with files of its own; it takes over when no page of the old
 * one is open, so that no page looks for files that have gone.
 */

/** Filled in by build.mjs: the names of the files, and what changes with any of them. */
declare const SHELL_FILES: string[];
declare const SHELL_VERSION: string;

interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends WorkerEvent {
  readonly request: Request;
  respondWith(reply: Promise<Response>): void;
}
interface Scope {
  addEventListener(type: 'install' | 'activate', listener: (event: WorkerEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

const scope = self as unknown as Scope;
const PREFIX = 'carrel-shell-';
const NAME = PREFIX + SHELL_VERSION;
const INDEX = '/index.html';
/** How long a page that is opened waits for the server. */
const PATIENCE_MS = 4000;

const files = new Set(SHELL_FILES);

async function dropOthers(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
}

async function keptFile(path: string): Promise<Response | undefined> {
  return (await caches.open(NAME)).match(path, { ignoreVary: true });
}

function soon(request: Request): Promise<Response> {
  return new Promise((done, failed) => {
    setTimeout(failed, PATIENCE_MS);
    fetch(request).then(done, failed);
  });
}

/** The server's, if it answers; a proxy without a server behind it does not count. */
async function openPage(request: Request): Promise<Response> {
  const reply = await soon(request).catch(() => undefined);
  if (reply && reply.status < 502) return reply;
  return (await keptFile(INDEX)) || reply || Response.error();
}

async function openFile(request: Request, path: string): Promise<Response> {
  return (await keptFile(path)) || fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([INDEX, ...SHELL_FILES]))));
scope.addEventListener('activate', (event) => event.waitUntil(dropOthers()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (files.has(pathname)) event.respondWith(openFile(request, pathname));
  else if (request.mode === 'navigate' && !/^\/api(\/|$)|\./.test(pathname)) event.respondWith(openPage(request));
});
