// What the tests of the command line share: libraries at rest, and how a command ends well or says no.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { expect, lend, makeMember } from './library.mjs';
import { makeHome, run, startServer } from './server.mjs';

/** Two titles, and a row without one. */
export const CATALOGUE = 'title,author,isbn\r\nCLI One,A. B.,9780306406157\r\nCLI Two,C. D.,439023483\r\n,Nobody,\r\n';

/** Ended with this status and one line on standard error that says what is wrong; nothing on standard output. */
export function saysNo(result, code, pattern) {
  assert.deepEqual([result.code, result.signal], [code, null], JSON.stringify(result));
  assert.match(result.stderr, /^carrel: [^\n]+\n$/, `one line: ${JSON.stringify(result.stderr)}`);
  assert.match(result.stderr, pattern);
}

export function worked(result) {
  assert.deepEqual([result.code, result.signal], [0, null], JSON.stringify(result));
  return result.stdout;
}

/** Homes of one test file, all removed at its end. */
const homes = [];
export async function home() {
  const one = await makeHome();
  homes.push(one);
  return one;
}
after(() => Promise.all(homes.map((one) => one.remove())));

/** A library at rest with some books, members and one loan. */
export async function restingLibrary() {
  const server = await startServer({ home: await home(), seedCsv: 'title,author,copies\nResting One,A. B.,2\nResting Two,C. D.,1\nResting Three,E. F.,3\n' });
  const member = await makeMember(server, { name: 'Resting Reader' });
  const [book] = expect(await server.get('/books?q=one'), 200).data;
  await lend(server, book, member);
  await server.stop({ keep: true });
  return server.home;
}

export async function totals(server) {
  const of = async (path) => expect(await server.get(`${path}?limit=1`), 200).meta.total;
  return { books: await of('/books'), members: await of('/members'), copies: await of('/copies'), borrows: await of('/borrows') };
}

export const onLibrary = (at, args, options) => run(at, ['--db', at.library, ...args], options);
