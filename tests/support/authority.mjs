// authority.mjs — servers with `--tls auto`: the test's client must know the authority before it can say a word.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { makeHome, run, startServer } from './server.mjs';

export const authorityOf = (home) => {
  const pem = readFileSync(home.path('library.db.tls/ca.pem'), 'utf8');
  return pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----'));
};

/** The first start makes the authority: it is made by a start that fails afterwards. */
export async function startSecure(home, options = {}) {
  const given = home ?? (await makeHome());
  if (statSync(given.path('library.db.tls/ca.pem'), { throwIfNoEntry: false }) === undefined) {
    const failed = await run(given, ['--db', given.library, '--tls', 'auto', '--auth', 'off', '--listen', '127.0.0.1:0', '--redirect-listen', '192.0.2.1:0']);
    assert.equal(failed.code, 1, failed.stderr);
    assert.match(failed.stderr, /cannot listen on 192\.0\.2\.1:0: .*--redirect-listen/);
  }
  return startServer({ home: given, ca: authorityOf(given), ...options, args: ['--tls', 'auto', ...(options.args ?? [])] });
}
