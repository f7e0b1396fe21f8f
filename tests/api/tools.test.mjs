// What stands in tools/ and packaging/ for people outside: the walk through a library's day, the collection, the manual page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { expect } from '../support/library.mjs';
import { setUp } from '../support/people.mjs';
import { inChroot, startServer, top } from '../support/server.mjs';

/** Runs a script of this repository to its end. */
function script(file, args, { env = {}, input = '' } = {}) {
  const child = spawn(process.execPath, [join(top, file), ...args], { cwd: top, env: { PATH: process.env.PATH, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

describe('the walk through a library’s day', () => {
  let server;
  let admin;
  before(async () => {
    server = await startServer({ auth: 'on' });
    admin = await setUp(server);
  });
  after(() => server.stop({ check: true }));

  test('passes with the key of an administrator, and leaves nothing in sight', async () => {
    const { key: token } = expect(await admin.post('/admin/api-keys', { name: 'demo', role: 'admin' }), 201);
    const { code, stdout } = await script('tools/api_demo.mjs', [server.url], { env: { TOKEN: token } });
    assert.equal(code, 0, stdout);
    const lines = stdout.split('\n').filter((line) => /^(PASS|FAIL)/.test(line));
    assert.ok(lines.length >= 18 && lines.every((line) => line.startsWith('PASS')), stdout);
    assert.equal(expect(await admin.get('/books'), 200).meta.total, 0);
    assert.equal(expect(await admin.get('/members'), 200).meta.total, 0);
  });

  test('fails, line by line, where it may not lend', async () => {
    const { code, stdout } = await script('tools/api_demo.mjs', [server.url]);
    assert.equal(code, 1);
    assert.match(stdout, /^PASS {2}health/m);
    assert.match(stdout, /^FAIL {2}create.*401/m);
  });
});

describe('from the program’s own words', () => {
  test('the collection has every operation of the API, each once', async () => {
    const server = await startServer();
    const document = (await server.http('GET', '/openapi.json')).text;
    await server.stop();
    const { code, stdout, stderr } = await script('tools/collection.mjs', [], { input: document });
    assert.equal(code, 0, stderr);
    const requests = JSON.parse(stdout).item.flatMap(({ item }) => item.map(({ request }) => `${request.method} ${request.url.raw}`));
    const operations = Object.entries(JSON.parse(document).paths).flatMap(([path, methods]) =>
      Object.entries(methods).filter(([, its]) => its.responses).map(([method]) => `${method.toUpperCase()} {{baseUrl}}${path.replace(/\{(\w+)\}/g, ':$1')}`));
    assert.deepEqual(requests.sort(), operations.sort());
    const lend = JSON.parse(stdout).item.flatMap(({ item }) => item).find(({ request }) => request.method === 'POST' && request.url.raw.endsWith('/members'));
    assert.equal(typeof JSON.parse(lend.request.body.raw).name, 'string', 'a body to begin with');
  });

  test('the manual page names every command and setting', { skip: inChroot ? 'runs the program beside the chroot' : false }, async () => {
    const { code, stdout, stderr } = await script('packaging/man.mjs', ['1.2.3']);
    assert.equal(code, 0, stderr);
    for (const flag of ['seed', 'backup', 'restore', 'check', 'salvage', 'listen', 'tls', 'library\\-name', 'mail\\-transport']) {
      assert.ok(stdout.includes(`.B \\-\\-${flag}`), flag);
    }
    assert.doesNotMatch(stdout, /^\.(?!TH|SH|B|TP|PP|I)/m, 'no other request');
  });
});
