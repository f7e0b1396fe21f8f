// http.mjs — the server as a web server: one small answer as often as it can, beside nginx; idle clients.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { api, fetchText, folder, median, noise, pause, round, row, run, seconds, times } from '../lib.mjs';

const ROUNDS = 3;
const IDLE_CLIENTS = 500;
const IDLE_FOR_MS = 1500; // longer than HTTP_KEEP_ALIVE_BUSY_MS: they do nothing, and for a while

export const wrk = (url, ...headers) => Number(run('wrk', ['-t', '1', '-c', '8', '-d', `${Math.max(1, Math.ceil(seconds / 2))}s`, ...headers.flatMap((line) => ['-H', line]), url]).match(/Requests\/sec:\s+([\d.]+)/)[1]);

const freePort = () => new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => done(port)); });
});

/** nginx with these bytes in its memory. */
async function startNginx(body) {
  const home = join(folder, 'nginx');
  const port = await freePort();
  const quoted = body.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('$', '');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'nginx.conf'), `daemon off; pid ${home}/pid; error_log ${home}/error.log; worker_processes auto;
events { worker_connections 256; }
http { access_log off; keepalive_requests 1000000; server { listen 127.0.0.1:${port}; default_type application/json; location / { return 200 '${quoted}'; } } }\n`);
  const nginx = spawn('nginx', ['-c', join(home, 'nginx.conf'), '-p', home], { stdio: 'ignore' });
  process.on('exit', () => nginx.kill());
  await pause(500);
  return { nginx, url: `http://127.0.0.1:${port}/` };
}

/** Turn and turn about, for the machine is not equally quick all the time. */
export async function besideNginx(server) {
  const book = (await api(server, '/books?limit=1')).data[0];
  const url = `${server.url}api/v1/books/${book.id}`;
  const { nginx, url: floorUrl } = await startNginx(await fetchText(url));
  const turns = Array.from({ length: ROUNDS }, () => ({ ours: wrk(url), floor: wrk(floorUrl) }));
  nginx.kill();
  const ours = turns.map((turn) => turn.ours);
  const floor = turns.map((turn) => turn.floor);
  row('GET /books/{id}, 8 keep-alive connections', `${round(median(ours), 0)}/s, ${noise(ours)} (median of ${ROUNDS} turns)`, '≥ 50 % of nginx', `nginx ${round(median(floor), 0)}/s ${noise(floor)}`,
    `${round(median(turns.map((turn) => turn.ours / turn.floor)) * 100, 0)} %`, { turns });
}

/** Asks once and then stays, as a browser does. */
const idler = (server) => new Promise((done) => {
  const socket = net.connect(server.port, '127.0.0.1', () => { socket.write('GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'); });
  socket.once('data', () => done(socket));
  socket.on('error', () => done(socket));
});

export async function idleClients(server) {
  const ask = () => times(server, ['/books?limit=20'], seconds / 2);
  const turns = [];
  for (let i = 0; i < ROUNDS; i++) {
    const alone = ask();
    const sockets = await Promise.all(Array.from({ length: IDLE_CLIENTS }, () => idler(server)));
    await pause(IDLE_FOR_MS);
    const crowded = ask();
    sockets.forEach((socket) => socket.destroy());
    await pause(500);
    turns.push({ alone: alone.p99_ms, crowded: crowded.p99_ms, reconnects: crowded.reconnects });
  }
  const alone = turns.map((turn) => turn.alone);
  row(`p99 of others beside ${IDLE_CLIENTS} idle clients`, `${round(median(turns.map((turn) => turn.crowded)), 2)} ms (median of ${ROUNDS} turns; ${turns.map((turn) => turn.reconnects).join(', ')} reconnects)`, 'as alone, ± 20 %', `alone ${round(median(alone), 2)} ms ${noise(alone)}`,
    round(median(turns.map((turn) => turn.crowded / turn.alone)), 2), { turns });
}
