// run-api.mjs — runs API test files, then says which operations of /openapi.json none of them has seen succeed.
//
//     node tests/support/run-api.mjs [FILE…]        no file: all of tests/api
//
// An operation counts as tested when a test has called it through `server.api()` and had a 2xx reply that the
// document allows. The list is made anew in every run, in a folder of its own, so that nothing old can stand in for a
// test; when only some of the files are run, it is not looked at. CARREL_CHROOT=1 without root is skipped, saying so.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { operationsOf } from './contract.mjs';

const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(top, 'tests/api');
const all = readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).sort().map((name) => join(folder, name));
const given = process.argv.slice(2).map((name) => resolve(name));
// These lay libraries, folders and backups of their own beside the one that is served, under names that an empty root
// does not have. What they show of the program, they show in the ordinary run; libraries' calls are the same in all files.
const OUTSIDE = ['journal', 'rescue', 'sealed', 'upgrade'];
const inChroot = process.env.CARREL_CHROOT === '1';
const files = given.length > 0 ? given : all.filter((name) => !inChroot || !OUTSIDE.some((one) => name.endsWith(`/${one}.test.mjs`)));
const isWhole = all.every((name) => files.includes(name));

if (inChroot && process.getuid() !== 0) {
  console.log('api: SKIPPED in an empty root folder: changing the root needs root (run it as root, or with sudo)');
  process.exit(0);
}

mkdirSync(join(top, 'build/test-coverage'), { recursive: true });
const records = mkdtempSync(join(top, 'build/test-coverage/run-'));
const env = { ...process.env, CARREL_TEST_COVERAGE: records };
delete env.NODE_TEST_CONTEXT;

const started = Date.now();
const tests = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=2', ...files], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => tests.kill(signal));
const code = await new Promise((done) => tests.once('close', (status) => done(status ?? 1)));
if (inChroot && given.length === 0) console.log(`api: in an empty root without ${OUTSIDE.join(', ')}`);
console.log(`api: ${files.length} of ${all.length} files, ${Math.round((Date.now() - started) / 1000)} s`);

/** The document of the very program that was tested. */
async function readDocument() {
  const { startServer } = await import('./server.mjs');
  const server = await startServer();
  const { document } = server.contract;
  await server.stop();
  return document;
}

function readRecords() {
  const succeeded = new Set();
  const called = new Set();
  for (const name of readdirSync(records)) {
    for (const [key, statuses] of Object.entries(JSON.parse(readFileSync(join(records, name), 'utf8')).operations)) {
      called.add(key);
      if (statuses.some((status) => status >= 200 && status < 300)) succeeded.add(key);
    }
  }
  return { succeeded, called };
}

async function findUntested() {
  const operations = operationsOf(await readDocument()).map((one) => one.key);
  const { succeeded, called } = readRecords();
  const missing = operations.filter((key) => !succeeded.has(key));
  for (const key of missing) console.error(`api: ${key} ${called.has(key) ? 'is called, but no test sees it succeed' : 'is not called by any test'}`);
  console.log(`api: ${operations.length - missing.length} of ${operations.length} operations of /openapi.json tested`);
  return missing.length > 0 || operations.length === 0;
}

if (!isWhole) console.log('api: not all files were run, so the coverage of /openapi.json was not looked at');
process.exitCode = (isWhole && (await findUntested())) || code !== 0 ? 1 : 0;
rmSync(records, { recursive: true });
