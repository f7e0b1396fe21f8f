// What stands in tools/ and packaging/ for people outside: the walk through a library's day, the collection, the manual page.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../support/catalogues.mjs';
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
    assert.deepEqual(JSON.parse(lend.request.body.raw), JSON.parse(document).paths['/api/v1/members'].post.requestBody.content['application/json'].example, 'a body to begin with');
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

// What it compiles is here already: `make` does nothing in this test, as other tests run the program that it would replace.
describe('working along', { skip: inChroot || !existsSync(join(top, 'build/carrel')) ? 'runs the program in build/' : false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-dev-'));
  let port;
  let dev;
  let ended;

  /** With headers of one's own, Host and Origin among them. */
  const ask = (method, path, headers = {}, body = '') => new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, headers: { Host: `127.0.0.1:${port}`, 'Content-Type': 'application/json', ...headers } }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: reply.statusCode, text }));
    });
    request.on('error', reject).end(body);
  });

  before(async () => {
    writeFileSync(join(folder, 'make'), '#!/bin/sh\n', { mode: 0o755 });
    port = await freePort();
    dev = spawn(process.execPath, [join(top, 'tools/dev.mjs')], {
      cwd: top, stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: `${folder}:${process.env.PATH}`, PORT: String(port), DEMO: join(folder, 'not/yet/there/library.db') } });
    ended = new Promise((resolve) => dev.once('exit', (code, signal) => resolve(code ?? signal)));
    await new Promise((resolve, reject) => {
      let said = '';
      dev.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk).includes(`http://127.0.0.1:${port}/`) && resolve());
      ended.then((code) => reject(new Error(`make dev ended with ${code}: ${said}`)));
    });
  });
  after(async () => {
    dev.kill('SIGTERM'); // its children end with it, whatever test was left out
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  test('begins where no demo library is yet, and serves a page that loads itself again', async () => {
    const page = await ask('GET', '/', { Accept: 'text/html' });
    assert.equal(page.status, 200);
    assert.match(page.text, /dev-reload/);
    assert.ok(JSON.parse((await ask('GET', '/api/v1/books')).text).meta.total > 0);
  });

  test('is no way round what refuses other sites', async () => {
    const body = JSON.stringify({ name: 'Amina Diallo' });
    assert.equal((await ask('POST', '/api/v1/members', { Origin: `http://127.0.0.1:${port}` }, body)).status, 201);
    assert.equal((await ask('POST', '/api/v1/members', { Origin: 'http://evil.example' }, body)).status, 403);
    assert.equal((await ask('GET', '/api/v1/members', { Host: `evil.example:${port}` })).status, 421);
  });

  test('leaves nothing running when it is ended', async () => {
    dev.kill('SIGTERM');
    assert.equal(await ended, 0);
    const { code, stdout } = await new Promise((resolve) => {
      const check = spawn(join(top, 'build/carrel'), ['--db', join(folder, 'not/yet/there/library.db'), '--check'], { stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      check.stdout.setEncoding('utf8').on('data', (chunk) => (said += chunk));
      check.once('close', (status) => resolve({ code: status, stdout: said }));
    });
    assert.equal(code, 0, stdout);
  });
});
