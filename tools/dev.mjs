// dev.mjs - works along: pages come from build/assets on the disk and are built anew when they change, the program is compiled
// and started anew when C or SQL changes, and the browser loads again by itself.
//
//     make dev [DEMO=…] [PORT=8000]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const top = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const assets = path.join(top, 'build/assets');
const demo = process.env.DEMO || path.join(top, 'build/demo/library.db');
const port = Number(process.env.PORT || 8000);
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.webmanifest': 'application/manifest+json' };
/** Told to every open page: load again. */
const RELOAD = "<script type=module>new EventSource('/dev-reload').onmessage = () => location.reload()</script>";

let server = null;
let behind = null;
const listeners = new Set();
const reload = () => listeners.forEach((reply) => reply.write('data: now\n\n'));

function build() {
  return spawnSync('make', ['--no-print-directory', '-j2', 'all'], { cwd: top, stdio: 'inherit' }).status === 0;
}

/** Stops the one that runs, and starts the one that was built. */
async function start() {
  if (server && server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  server = spawn(path.join(top, 'build/carrel'), ['--db', demo, '--auth', 'off', '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  behind = new URL(await new Promise((resolve, reject) => {
    server.stdout.once('data', (text) => resolve(String(text).split('\n')[0]));
    server.once('exit', (code) => reject(new Error(`carrel ended with ${code}`)));
  }));
}

/** Whole or not at all: the folder is written anew while pages are asked for. */
async function send(file, reply, more = '') {
  const bytes = await readFile(file).catch(() => null);
  if (bytes === null) return reply.writeHead(503).end('The pages are being built anew.');
  reply.writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'Cache-Control': 'no-store' });
  reply.write(bytes);
  return reply.end(more);
}

function pass(request, reply) {
  const ownOrigin = request.headers.origin === `http://${request.headers.host}`; // another one stays, and is refused behind
  const headers = { ...request.headers, host: behind.host, ...(ownOrigin ? { origin: behind.origin } : {}) };
  const asked = http.request({ host: behind.hostname, port: behind.port, method: request.method, path: request.url, headers }, (answer) => {
    reply.writeHead(answer.statusCode, answer.headers);
    answer.pipe(reply);
  });
  asked.on('error', () => reply.writeHead(502).end('Carrel is being started anew.'));
  request.pipe(asked);
}

/** The names that a browser may call this by: the server behind it would refuse others, and must not be kept from it. */
const names = [`127.0.0.1:${port}`, `localhost:${port}`];

const front = http.createServer((request, reply) => {
  if (!names.includes(request.headers.host)) {
    reply.writeHead(421).end();
    return;
  }
  const { pathname } = new URL(request.url, 'http://here');
  const file = path.join(assets, path.normalize(pathname));
  if (pathname === '/dev-reload') {
    reply.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).write(':\n\n');
    listeners.add(reply);
    request.on('close', () => listeners.delete(reply));
  } else if (pathname !== '/' && path.extname(pathname) && existsSync(file)) send(file, reply);
  else if ((request.headers.accept ?? '').includes('text/html') && !/^\/(api|oai|sru|health|metrics|openapi)/.test(pathname)) send(path.join(assets, 'index.html'), reply, RELOAD);
  else pass(request, reply);
});

/** Many files are written at once: one look after the last. Gives back what ends it. */
function whenChanged(folder, act) {
  let timer = null;
  const watcher = watch(folder, { recursive: true }, (kind, name) => {
    if (name && /node_modules|~$|\.swp$/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(act, 200);
  });
  watcher.on('error', () => {}); // what it looked at went away while it looked
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

if (!build()) process.exit(1);
mkdirSync(path.dirname(demo), { recursive: true });
if (!existsSync(demo)) spawnSync(path.join(top, 'build/carrel'), ['--db', demo, '--seed', 'minimal'], { stdio: 'inherit' });
await start();
front.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/  (pages from ${path.relative(top, assets)})`));
const pages = spawn(process.execPath, ['build.mjs', '--watch'], { cwd: path.join(top, 'assets'), stdio: 'inherit' });
let endLook = whenChanged(assets, reload);
/** One after the other: two servers cannot have one library. */
let work = Promise.resolve();
const compile = () => {
  work = work.then(async () => {
    const built = build();
    endLook();
    if (existsSync(assets)) endLook = whenChanged(assets, reload); // `make` may have made the folder anew
    if (built) await start().then(reload, (error) => console.error(error.message));
  });
};
whenChanged(path.join(top, 'src'), compile);
whenChanged(path.join(top, 'schema.sql'), compile);
const end = () => {
  pages.kill();
  if (server.exitCode !== null || server.signalCode !== null) process.exit(0);
  server.once('exit', () => process.exit(0));
  server.kill('SIGTERM');
};
process.on('SIGINT', end);
process.on('SIGTERM', end);
