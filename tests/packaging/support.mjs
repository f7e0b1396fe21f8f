// What the tests of packages share: the programs they run, and a transcript of what was typed and answered, for people to
// read: build/package/NAME.transcript.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const top = path.join(import.meta.dirname, '../..');
export const dist = path.join(top, 'dist');
export const version = /CARREL_VERSION "(.*)"/.exec(readFileSync(path.join(top, 'src/base/version.h'), 'utf8'))[1];
export const LIBRARY = '/var/lib/carrel/library.db';

/** Runs a program to its end: what it printed; an error with what it said when it fails. */
export const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export const native = run('dpkg', '--print-architecture').trim();
export const debOf = (own, architecture) => path.join(dist, `carrel_${own}_${architecture}.deb`);

/** Asks until the answer is true. Fails after so many seconds: they are a limit, not a measure. */
export async function until(question, seconds = 90) {
  for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${question}`);
  }
}

/** A transcript: `heading` begins a part, `typed` keeps a command with its answer. */
export function transcript(name) {
  const lines = [];
  const add = (text) => {
    lines.push(text);
    mkdirSync(path.join(top, 'build/package'), { recursive: true });
    writeFileSync(path.join(top, `build/package/${name}.transcript`), `${lines.join('\n')}\n`);
  };
  return {
    heading: (text) => add(`${lines.length ? '\n' : ''}# ${text}`),
    typed: (command, answer) => add([`$ ${command.join(' ')}`, ...answer.trim().split('\n').filter(Boolean)].join('\n')),
  };
}
