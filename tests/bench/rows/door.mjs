// door.mjs — what signing in costs each request: the same library behind two servers, one of them with --auth off.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, binary, folder, loadWith, median, noise, round, row, run, seconds, start, stop } from '../lib.mjs';
import { wrk } from './http.mjs';
import { pairs } from './writing.mjs';

const TURNS = 3;
const CLIENTS = 32;
const PASSWORD = 'paper harbour lights';

/** Seconds of CPU that the server has used. Its ratio is steadier than that of rates where others use the machine. */
const cpuSeconds = ({ child }) => readdirSync(`/proc/${child.pid}/task`)
  .reduce((sum, task) => sum + Number(readFileSync(`/proc/${child.pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e9;

async function post(server, path, headers, body) {
  const reply = await fetch(`${server.url}api/v1${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`POST ${path}: ${reply.status} ${await reply.text()}`);
  return { cookie: reply.headers.getSetCookie()[0]?.split(';')[0], ...await reply.json() };
}

/** The headers of somebody who has signed in, in each of the ways there are. */
async function signIn(server, file) {
  const made = spawnSync(binary, ['--db', file, '--create-admin', 'Bench'], { input: `${PASSWORD}\n`, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const login = (want) => post(server, '/auth/login', {}, { name: 'Bench', password: PASSWORD, want });
  const session = await login('session');
  const pair = await login('token');
  const own = { Cookie: session.cookie, 'X-CSRF-Token': session.csrf_token };
  const madeKey = await post(server, '/admin/api-keys', own, { name: 'Bench', role: 'librarian' });
  return {
    session: [`Cookie: ${session.cookie}`],
    writing: Object.entries(own).map(([name, value]) => `${name}: ${value}`),
    jwt: [`Authorization: Bearer ${pair.access_token}`],
    key: [`Authorization: Bearer ${madeKey.key}`],
  };
}

/** Each of these once in every turn: the rate, and the CPU time of one request. */
export function inTurns(ways) {
  const figures = Object.fromEntries(Object.keys(ways).map((name) => [name, { rates: [], cpu_us: [] }]));
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [name, { server, ask }] of Object.entries(ways)) {
      const before = cpuSeconds(server);
      const { rate, done } = ask();
      figures[name].rates.push(rate);
      figures[name].cpu_us.push((cpuSeconds(server) - before) / done * 1e6);
    }
  }
  return figures;
}

/** "session 0.98 (CPU 1.01), …": beside the first of them. */
function besideFirst(figures) {
  const [first, ...others] = Object.entries(figures);
  const ratio = (what, figure) => round(median(figure[what].map((value, i) => value / first[1][what][i])), 2);
  return others.map(([name, figure]) => `${name} ${ratio('rates', figure)} (CPU ${ratio('cpu_us', figure)})`).join(', ');
}

const rates = (figures) => Object.entries(figures).map(([name, { rates: all }]) => `${name} ${round(median(all), 0)}/s`);

export function tell(work, target, figures) {
  const [first, ...others] = rates(figures);
  row(work, others.join(', '), target, `${first} ${noise(Object.values(figures)[0].rates)}`, besideFirst(figures), { figures });
}

export async function door() {
  const files = { off: join(folder, 'door-off.db'), on: join(folder, 'door-on.db') };
  run(binary, ['--db', files.off, '--seed', 'minimal']);
  copyFileSync(files.off, files.on);
  const off = await start(files.off);
  const on = await start(files.on, 'on');
  const people = await signIn(on, files.on);
  const book = (await api(off, '/books?limit=1')).data[0];
  const get = (server, headers = []) => ({ server, ask: () => {
    const rate = wrk(`${server.url}api/v1/books/${book.id}`, ...headers);
    return { rate, done: rate * Math.max(1, Math.ceil(seconds / 2)) };
  } });
  tell(`GET /books/{id}, signed in (${TURNS} turns)`, 'as with auth off, ± 3 %', inTurns({ 'auth off': get(off), session: get(on, people.session), JWT: get(on, people.jwt), key: get(on, people.key) }));
  const file = await pairs(off, 'door-pairs');
  const lend = (server, headers = []) => ({ server, ask: () => {
    const lent = loadWith(headers, 'lend', server.port, CLIENTS, seconds / 2, file);
    if (lent.refused + lent.broken) throw new Error(`${lent.refused} refused, ${lent.broken} broken`);
    return { rate: lent.per_second, done: lent.done };
  } });
  tell(`lend and return, ${CLIENTS} clients, signed in`, 'as with auth off, ± 3 %', inTurns({ 'auth off': lend(off), session: lend(on, people.writing) }));
  await stop(off);
  await stop(on);
}
