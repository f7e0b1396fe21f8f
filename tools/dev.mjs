// dev.mjs - works along: pages come from build/assets on the disk and are built anew when they change, the program is compiled
// and started anew when C or SQL changes, and the browser loads again by itself.
//
//     make dev [DEMO=…] [PORT=8000]
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, existsSync, watch } from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const top = path.join(import.meta.dirname, '..');
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

async function start() {
  if (server) {
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

function sendFile(file, reply) {
  reply.writeHead(200, { 'Content-Type': TYPES[path.extname(file)] ?? 'application/octet-stream', 'Cache-Control': 'no-store' });
  createReadStream(file).pipe(reply);
}

async function sendPage(reply) {
  const page = await import('node:fs/promises').then((fs) => fs.readFile(path.join(assets, 'index.html'), 'utf8'));
  reply.writeHead(200, { 'Content-Type': TYPES['.html'], 'Cache-Control': 'no-store' });
  reply.end(page + RELOAD);
}

function pass(request, reply) {
  const headers = { ...request.headers, host: behind.host, ...(request.headers.origin ? { origin: behind.origin } : {}) };
  const asked = http.request({ host: behind.hostname, port: behind.port, method: request.method, path: request.url, headers }, (answer) => {
    reply.writeHead(answer.statusCode, answer.headers);
    answer.pipe(reply);
  });
  asked.on('error', () => reply.writeHead(502).end('Carrel is being started anew.'));
  request.pipe(asked);
}

http.createServer((request, reply) => {
  const { pathname } = new URL(request.url, 'http://here');
  const file = path.join(assets, path.normalize(pathname));
  if (pathname === '/dev-reload') {
    reply.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).write(':\n\n');
    listeners.add(reply);
    request.on('close', () => listeners.delete(reply));
  } else if (pathname !== '/' && path.extname(pathname) && existsSync(file)) sendFile(file, reply);
  else if ((request.headers.accept ?? '').includes('text/html') && !/^\/(api|oai|sru|health|metrics|openapi)/.test(pathname)) sendPage(reply);
  else pass(request, reply);
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/  (pages from ${path.relative(top, assets)})`));

/** Many files are written at once: one look after the last. */
function whenChanged(folder, act) {
  let timer = null;
  watch(folder, { recursive: true }, (kind, name) => {
    if (name && /node_modules|~$|\.swp$/.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(act, 200);
  });
}

if (!build()) process.exit(1);
if (!existsSync(demo)) spawnSync(path.join(top, 'build/carrel'), ['--db', demo, '--seed', 'minimal'], { stdio: 'inherit' });
await start();
const pages = spawn('npm', ['run', '--silent', 'watch'], { cwd: path.join(top, 'assets'), stdio: 'inherit' });
whenChanged(assets, reload);
const compile = async () => {
  if (build()) await start().then(reload, (error) => console.error(error.message));
};
whenChanged(path.join(top, 'src'), compile);
whenChanged(path.join(top, 'schema.sql'), compile);
process.on('SIGINT', () => {
  pages.kill();
  server.kill('SIGTERM');
  server.once('exit', () => process.exit(0));
});
