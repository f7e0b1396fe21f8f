// figures.mjs - for each architecture in dist/: how large, how fast it starts, how much memory it then has. A table for people,
// in Markdown. Those for other machines run under qemu-user: their times and memory are the emulator's as well.
//
//     make package-figures
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EMULATORS, debOf, native, packed, serve, tarballOf, unpack, version } from './support.mjs';

const ROUNDS = 7;
const mib = (bytes) => (bytes / 1024 / 1024).toFixed(1);
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const residentKib = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** Milliseconds from the start of the process to the answer of /health, and the memory it has then. */
async function start(command) {
  const begun = performance.now();
  const server = await serve(command[0], command.slice(1));
  await server.ask('GET', '/health');
  const ms = performance.now() - begun;
  const memory = residentKib(server.pid) * 1024;
  await server.stop();
  return { ms, memory };
}

console.log(`| MiB | program | .deb | .tar.gz | start to first answer, ms (median of ${ROUNDS}) | memory after the start |`);
console.log('|---|---|---|---|---|---|');
for (const architecture of packed()) {
  const folder = mkdtempSync(path.join(tmpdir(), `carrel-figures-${architecture}-`));
  const program = unpack(architecture, folder);
  const command = [...(architecture === native ? [] : [EMULATORS[architecture]]), program, '--db', path.join(folder, 'library.db'), '--listen', '127.0.0.1:0', '--auth', 'off', '--log-level', 'error'];
  await start(command); // makes the library
  const rounds = [];
  for (let i = 0; i < ROUNDS; i += 1) rounds.push(await start(command));
  const label = architecture === native ? architecture : `${architecture}, emulated`;
  const sizes = [program, debOf(version, architecture), tarballOf(architecture)].map((file) => mib(statSync(file).size));
  console.log(`| ${label} | ${sizes.join(' | ')} | ${median(rounds.map(({ ms }) => ms)).toFixed(0)} | ${mib(median(rounds.map(({ memory }) => memory)))} |`);
  rmSync(folder, { recursive: true, force: true });
}
