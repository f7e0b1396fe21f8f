// docs/api.md: every command in it that is marked as one that runs does run, and every address of the server is in it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { onLibrary, worked } from '../support/cli.mjs';
import { inChroot, makeHome, startServer, top } from '../support/server.mjs';

const page = readFileSync(join(top, 'docs/api.md'), 'utf8');
const SCRIPT_MS = 240_000; // of a build with sanitizers, on a machine with other work

/** What stands between the fences: ```sh runs, ``` is only shown. */
const blocks = (fence) => [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(([, kind]) => kind === fence).map(([, , text]) => text);

describe('docs/api.md', { skip: inChroot ? 'its paths are those of the whole machine' : false }, () => {
  let server;
  let answers; // [status, method, path] of each call, in their order
  before(async () => {
    const home = await makeHome();
    worked(await onLibrary(home, ['--seed', 'minimal']));
    server = await startServer({ home });
    const script = blocks('sh').join('\n')
      .replace(/^ROOT=.*$/m, `ROOT=${server.url}`)
      .replaceAll('/tmp/', `${server.directory}/`)
      .replace(/^SOCKET=.*$/m, `SOCKET=${home.library}.sock`);
    // A call writes its status where nothing else is written; what is not a call answers as it is told.
    const spy = String.raw`curl() { command curl -sS -w '%{stderr}%{http_code} %{method} %{url_effective}\n' "$@"; }`;
    const { stderr } = await promisify(execFile)('bash', ['-c', `${spy}\n${script}\ntrue`], { cwd: top, env: { ...process.env, TMPDIR: server.directory }, maxBuffer: 64 << 20, timeout: SCRIPT_MS });
    answers = [...stderr.matchAll(/^(\d{3}) ([A-Z]+) \w+:\/\/[^/]+(\/[^?\n]*)/gm)].map(([, status, method, path]) => [Number(status), method, path]);
  });
  after(() => server?.stop({ check: true }));

  test('every command that it says runs is done, from top to bottom', () => {
    assert.ok(answers.length > 250, `${answers.length} calls`);
    assert.deepEqual(answers.filter(([status]) => status < 200 || status > 299), []);
  });

  test('every address of the server is in it', async () => {
    const stdout = worked(await server.run(['--routes']));
    const shown = blocks('').join('\n').split('\n').filter((line) => line.startsWith('curl ')).map((line) => {
      const method = /-X ([A-Z]+)/.exec(line)?.[1] ?? (/--json|--data-binary| -d /.test(line) ? 'POST' : 'GET');
      const path = /(?:"\$(API|ROOT)|http:\/\/localhost)(\/[^"?\s]*)/.exec(line);
      return [method, (path[1] === 'API' ? '/api/v1' : '') + path[2]];
    });
    const called = [...answers.map(([, method, path]) => [method, path]), ...shown];
    const routes = stdout.trim().split('\n').map((line) => line.split(/\s+/)).map(([method, path]) => ({ method, path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`) }));
    const met = new Set();
    for (const [method, path] of called) {
      const fitting = routes.filter((route) => route.method === method && route.pattern.test(path));
      fitting.sort((one, other) => one.path.split('{').length - other.path.split('{').length); // as the router: literal before {id}
      assert.ok(fitting[0], `${method} ${path} is no address of the server`);
      met.add(fitting[0]);
    }
    const twin = ({ method, path }) => [['/borrowings', '/borrows'], ['/reservations', '/holds']].some(([old, now]) =>
      path.includes(old) && routes.some((route) => route.method === method && route.path === path.replace(old, now) && met.has(route)))
      || (method === 'PUT' && routes.some((route) => route.method === 'PATCH' && route.path === path && met.has(route)));
    assert.deepEqual(routes.filter((route) => !met.has(route) && !twin(route)).map(({ method, path }) => `${method} ${path}`), []);
  });
});
