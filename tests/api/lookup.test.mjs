// Looking titles up in other libraries' catalogues: what becomes of their records, and of those that misbehave.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { freePort, marcXml, sruAnswer, sruDiagnostic, startRaw, startStub, startZtest } from '../support/catalogues.mjs';
import { authorityOf, startSecure } from '../support/authority.mjs';
import { assertHas, expect, invalid, makeBook, refused, UNKNOWN_ID } from '../support/library.mjs';
import { makePeople } from '../support/people.mjs';
import { isInstrumented, makeHome, startServer } from '../support/server.mjs';

const ISBN = '9780140449136';
const IDIOT = { title: 'The idiot', author: 'Dostoevsky, Fyodor', isbn: ISBN };

let server;
let closing;
before(async () => {
  server = await startServer();
  closing = [];
});
after(async () => {
  for (const one of closing) await one.close();
  await server.stop({ check: true });
});

const kept = (stub) => {
  closing.push(stub);
  return stub;
};
const sru = async (handler, tls) => kept(await startStub(handler, tls));
const xml = (text) => (request, response) => response.setHeader('Content-Type', 'application/xml').end(text);

/** Does something with these targets and no others: [kind, address] each. Gives back what `act` does. */
async function withTargets(targets, act, on = server) {
  const made = [];
  for (const [i, [kind, address]] of targets.entries()) {
    made.push(expect(await on.post('/lookup/targets', { name: `Target ${i + 1}`, kind, address }), 201));
  }
  try {
    return await act(made);
  } finally {
    for (const one of made) expect(await on.delete(`/lookup/targets/${one.id}`), 204);
  }
}

const ask = async (query, on = server) => expect(await on.get(`/lookup?${new URLSearchParams(query)}`), 200);
const outcome = ({ targets }) => targets.map((one) => one.error);

describe('catalogues to ask', () => {
  test('none is there in a new library, and then nothing is asked', async () => {
    assert.deepEqual(expect(await server.get('/lookup/targets'), 200).data, []);
    assert.deepEqual(await ask({ isbn: ISBN }), { records: [], targets: [] });
  });

  test('are entered, changed, listed in the order they came, and removed', async () => {
    const one = expect(await server.post('/lookup/targets', { name: 'Library of Congress', kind: 'z3950', address: 'z3950.example.org:210/LCDB' }), 201);
    assertHas(one, { name: 'Library of Congress', kind: 'z3950', address: 'z3950.example.org:210/LCDB', enabled: true, position: 1, version: 1 });
    const two = expect(await server.post('/lookup/targets', { name: 'Sruthi', kind: 'sru', address: 'https://example.org/sru', enabled: false }), 201);
    assert.equal(two.position, 2);
    const changed = expect(await server.put(`/lookup/targets/${one.id}`, { enabled: false, position: 7 }, { 'If-Match': '"1"' }), 200);
    assertHas(changed, { enabled: false, position: 7, version: 2, name: 'Library of Congress' });
    refused(await server.put(`/lookup/targets/${one.id}`, { enabled: true }, { 'If-Match': '"1"' }), 412, 'PRECONDITION_FAILED', /Library of Congress/);
    assert.deepEqual(expect(await server.get('/lookup/targets'), 200).data.map((row) => row.name), ['Library of Congress', 'Sruthi']);
    assert.deepEqual(expect(await server.get(`/lookup/targets/${one.id}`), 200), changed);
    assert.deepEqual((await ask({ title: 'nobody is asked' })).targets, [], 'what is not enabled is not asked');
    for (const { id } of [one, two]) expect(await server.delete(`/lookup/targets/${id}`), 204);
    refused(await server.get(`/lookup/targets/${one.id}`), 404, 'TARGET_NOT_FOUND');
    refused(await server.delete(`/lookup/targets/${UNKNOWN_ID}`), 404, 'TARGET_NOT_FOUND');
    refused(await server.put(`/lookup/targets/${UNKNOWN_ID}`, { enabled: true }), 404, 'TARGET_NOT_FOUND');
    refused(await server.post(`/lookup/targets/${UNKNOWN_ID}/test`), 404, 'TARGET_NOT_FOUND');
    const log = expect(await server.get('/admin/audit-logs?entity=lookup_target'), 200).data.map((row) => row.action);
    assert.deepEqual(log.slice(0, 2), ['lookup_target.deleted', 'lookup_target.deleted']);
    assert.ok(log.includes('lookup_target.added') && log.includes('lookup_target.updated'));
  });

  test('need an address of their kind and a name of their own', async () => {
    const make = (more) => server.post('/lookup/targets', { name: 'One', kind: 'sru', address: 'https://example.org/sru', ...more });
    for (const address of ['example.org/sru', 'ftp://example.org/', 'https://user:secret@example.org/', 'https://exa mple.org/', 'https://example.org:0/', 'http://', 'http://[::1/']) {
      invalid(await make({ address }), ['address']);
    }
    for (const address of ['example.org', 'https://example.org/x', 'example.org:99999/x', 'example.org:210/', ':210/x']) invalid(await make({ kind: 'z3950', address }), ['address']);
    invalid(await make({ kind: 'carrier pigeon' }), ['kind']);
    invalid(await server.post('/lookup/targets', {}), ['name', 'kind', 'address']);
    const one = expect(await make(), 201);
    refused(await make({ name: 'ONE' }), 409, 'DUPLICATE_TARGET', /“One”/);
    invalid(await server.put(`/lookup/targets/${one.id}`, { kind: 'z3950' }), ['address']);
    expect(await server.delete(`/lookup/targets/${one.id}`), 204);
  });

  test('are twenty at most', async () => {
    await withTargets(Array.from({ length: 20 }, () => ['sru', 'http://127.0.0.1:1/']), async () => {
      refused(await server.post('/lookup/targets', { name: 'One more', kind: 'sru', address: 'http://127.0.0.1:1/' }), 409, 'CONFLICT', /20 catalogues/);
    });
  });

  test('that anybody may ask are offered, and every one of them can be entered', async () => {
    const known = expect(await server.get('/lookup/known'), 200).data;
    assert.deepEqual([...new Set(known.map((one) => one.kind))].sort(), ['json', 'sru', 'z3950']);
    for (const { name, kind, address } of known) {
      const made = expect(await server.post('/lookup/targets', { name, kind, address, enabled: false }), 201);
      expect(await server.delete(`/lookup/targets/${made.id}`), 204);
    }
  });

  test('are chosen by an administrator; the desk sees and asks them, a reader does not', async () => {
    const guarded = await startServer({ auth: 'on' });
    try {
      const people = await makePeople(guarded);
      assert.deepEqual(expect(await people.librarian.get('/lookup/targets'), 200).data, []);
      refused(await people.librarian.post('/lookup/targets', { name: 'x', kind: 'sru', address: 'http://127.0.0.1:1/' }), 403, 'FORBIDDEN');
      refused(await people.member.get('/lookup/targets'), 403, 'FORBIDDEN');
      assert.deepEqual((await ask({ title: 'x' }, people.librarian)).targets, []);
      refused(await people.member.get('/lookup?title=x'), 403, 'FORBIDDEN');
    } finally {
      await guarded.stop({ check: true });
    }
  });
});

describe('a question', () => {
  test('needs something to ask for, and an ISBN that is one', async () => {
    invalid(await server.get('/lookup'), ['isbn'], 'query');
    invalid(await server.get('/lookup?isbn=9780140449137'), ['isbn'], 'query');
  });

  test('goes to SRU servers in their own words, escaped', async () => {
    const stub = await sru(xml(sruAnswer([])));
    await withTargets([['sru', `http://127.0.0.1:${stub.port}/sru?x=y&recordSchema=other#isbn=pica.isb&any=`]], async () => {
      await ask({ isbn: '0-14-044913-2' });
      await ask({ title: 'a "quoted" \\ & more', author: 'Ö' });
      await ask({ any: 'plain words' });
    });
    const [first, second, third] = stub.requests.map((url) => new URL(url, 'http://x').searchParams);
    assert.equal(first.get('query'), `pica.isb="${ISBN}"`);
    assertHas(Object.fromEntries(first), { x: 'y', recordSchema: 'other', version: '1.1', operation: 'searchRetrieve', maximumRecords: '20' });
    assert.equal(second.get('query'), 'dc.title="a \\"quoted\\" \\\\ & more" and dc.creator="Ö"');
    assert.equal(third.get('query'), '"plain words"');
  });
});

describe('an answer', () => {
  test('of SRU becomes a title that can be catalogued with its record', async () => {
    const stub = await sru(xml(sruAnswer([marcXml(IDIOT)], 31)));
    const { records, targets } = await withTargets([['sru', `http://127.0.0.1:${stub.port}/sru`]], () => ask({ isbn: ISBN }));
    assertHas(targets[0], { ok: true, error: null, found: 31, name: 'Target 1' });
    assert.equal(records.length, 1);
    const [{ book, marc, present, source }] = records;
    assertHas(book, { title: 'The idiot', author: 'Dostoevsky, Fyodor', isbn: ISBN, year: 1986, publisher: 'Penguin', language: 'eng', item_type: 'book' });
    assert.equal(present, null);
    assert.equal(source, 'Target 1');

    const facts = Object.fromEntries(Object.entries(book).filter(([, value]) => value !== null));
    const made = expect(await server.post('/books', { ...facts, total_copies: 1 }), 201);
    expect(await server.put(`/books/${made.id}/marc`, marc, { 'Content-Type': 'application/marcxml+xml' }), 204);
    const out = await server.get(`/books/${made.id}/marc?format=marcxml`);
    assert.match(out.text, /A note that only the record has/);
    assert.match(out.text, new RegExp(`>x${ISBN}<`));
    const again = await withTargets([['sru', `http://127.0.0.1:${stub.port}/sru`]], () => ask({ isbn: ISBN }));
    assert.deepEqual(again.records[0].present, { id: made.id, title: 'The idiot', archived: false });
  });

  test('of a JSON service becomes a title, without a record', async () => {
    const stub = await sru((request, response, url) => {
      assert.equal(url.searchParams.get('bibkeys'), `ISBN:${ISBN}`);
      assert.equal(url.searchParams.get('format'), 'json');
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({
        [`ISBN:${ISBN}`]: {
          title: 'Fantastic Mr Fox', subtitle: 'A tale', authors: [{ name: 'Roald Dahl' }, { name: 'Blake; Q.' }], publishers: [{ name: 'Puffin' }],
          publish_date: 'October 1, 1988', number_of_pages: 96, subjects: [{ name: 'Foxes' }, { name: 'Farmers' }], cover: { large: 'http://elsewhere.example/x.jpg' },
        },
      }));
    });
    const { records, targets } = await withTargets([['json', `http://127.0.0.1:${stub.port}/api/books`]], () => ask({ isbn: '0140449132' }));
    assert.deepEqual(outcome({ targets }), [null]);
    assertHas(records[0].book, { title: 'Fantastic Mr Fox', subtitle: 'A tale', author: 'Roald Dahl; Blake, Q.', publisher: 'Puffin', year: 1988, isbn: ISBN, categories: ['Foxes', 'Farmers'] });
    assert.equal(records[0].marc, null);
    const other = await withTargets([['json', `http://127.0.0.1:${stub.port}/api/books`]], () => ask({ title: 'Fox' }));
    assert.deepEqual(outcome(other), ['isbn_only']);
    assert.equal(stub.requests.length, 1, 'it was not asked for a title');
  });

  test('of Z39.50 becomes titles, twenty at most; its refusal is told in its own words', async () => {
    const ztest = kept(await startZtest());
    const { records, targets } = await withTargets([['z3950', `localhost:${ztest.port}/Default`]], () => ask({ title: 'computer', author: 'Collins' }));
    assert.deepEqual(outcome({ targets }), [null]);
    assert.ok(records.length > 0 && records.length <= 20 && targets[0].found >= records.length);
    assertHas(records[0].book, { title: 'How to program a computer', author: 'Jack Collins', year: 1991, language: 'eng' });
    assert.match(records[0].marc, /<subfield code="a">How to program a computer/);
    const none = await withTargets([['z3950', `127.0.0.1:${ztest.port}/no-such-database`]], () => ask({ title: 'computer' }));
    assert.deepEqual(outcome(none), ['refused']);
    assert.match(none.targets[0].detail, /Database unavailable \(109\): no-such-database/);
  });

  test('of several comes in their order, and one that fails takes nothing from the others', async () => {
    const good = await sru(xml(sruAnswer([marcXml(IDIOT)])));
    const refusing = await sru(xml(sruDiagnostic('Unsupported index', 'dc.shoe-size')));
    const closed = await freePort();
    const { records, targets } = await withTargets(
      [['sru', `http://127.0.0.1:${closed}/`], ['sru', `http://127.0.0.1:${refusing.port}/`], ['sru', `http://127.0.0.1:${good.port}/`], ['sru', `http://127.0.0.1:${good.port}/other`]],
      () => ask({ isbn: ISBN }));
    assert.deepEqual(outcome({ targets }), ['no_connection', 'refused', null, null]);
    assert.equal(targets[1].detail, 'Unsupported index: dc.shoe-size');
    assert.deepEqual(records.map((one) => one.source), ['Target 3', 'Target 4']);
  });
});

describe('a server that misbehaves', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n';
  const raw = async (bytes) => kept(await startRaw((socket) => socket.once('data', () => socket.end(bytes))));
  const told = async (stub, kind = 'sru', path = '/x') => {
    const address = kind === 'z3950' ? `127.0.0.1:${stub.port}${path}` : `http://127.0.0.1:${stub.port}${path}`;
    return outcome(await withTargets([[kind, address]], () => ask({ isbn: ISBN })))[0];
  };

  test('is told as what it is', async () => {
    assert.equal(await told(await raw('SSH-2.0-OpenSSH_9.2\r\n')), 'unreadable');
    assert.equal(await told(await raw('220 mail.example.org ESMTP\r\n\r\n')), 'unreadable');
    assert.equal(await told(await raw(`${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello`)), 'unreadable');
    assert.equal(await told(await raw(`${head}Content-Length: 500\r\n\r\nhello`)), 'broken_off');
    assert.equal(await told(await raw(`${head}Content-Length: 99999999999\r\n\r\nhello`)), 'too_large');
    assert.equal(await told(await raw(`${head}X: ${'y'.repeat(40_000)}\r\n\r\n`)), 'too_large');
    assert.equal(await told(await raw(`${head}\r\n<!DOCTYPE a [<!ENTITY b "c">]><searchRetrieveResponse/>`)), 'unreadable');
    assert.equal(await told(await raw(`${head}\r\n<html><body>Not found</body></html>`)), 'unreadable');
    assert.equal(await told(await raw(`HTTP/1.1 404 Not Found\r\n\r\n`)), 'refused');
    assert.equal(await told(await raw('{"a": 1}\n'), 'json'), 'unreadable');
    assert.equal(await told(await raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'), 'json'), 'unreadable');
  });

  test('speaking chunks, or until it hangs up, is understood', async () => {
    const text = sruAnswer([marcXml(IDIOT)]);
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${[text.slice(0, 100), text.slice(100)].map((part) => `${Buffer.byteLength(part).toString(16)};x=y\r\n${part}\r\n`).join('')}0\r\nX-Trailer: 1\r\n\r\n`;
    assert.equal(await told(await raw(chunked)), null);
    assert.equal(await told(await raw(`HTTP/1.1 100 Continue\r\n\r\n${head}\r\n${text}`)), null);
  });

  test('over Z39.50 as well', async () => {
    assert.equal(await told(await raw('HTTP/1.1 400 Bad Request\r\n\r\n'), 'z3950'), 'unreadable');
    assert.equal(await told(await raw(Buffer.from([0xb5, 0x84, 0x7f, 0xff, 0xff, 0xff, 1, 2])), 'z3950'), 'unreadable');
    assert.equal(await told(await raw(Buffer.concat([Buffer.from([0xb5, 0x82, 0x10, 0]), Buffer.alloc(0x800, 0x30)])), 'z3950'), 'broken_off');
    assert.equal(await told(await raw(Buffer.alloc(4096, Buffer.from([0xbf, 0x80]))), 'z3950'), 'unreadable');
  });

  test('sending without an end is cut off', async () => {
    const endless = kept(await startRaw((socket) => {
      socket.once('data', () => {
        socket.write(`${head}\r\n`);
        const more = () => {
          while (!socket.destroyed && socket.write('x'.repeat(65536)));
        };
        socket.on('drain', more);
        more();
      });
    }));
    assert.equal(await told(endless), 'too_large');
  });

  test('opening elements without an end takes no memory for them', async () => {
    const deep = await sru(xml(`<searchRetrieveResponse>${'<a>'.repeat(600_000)}`));
    const most = () => Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1]);
    writeFileSync(`/proc/${server.pid}/clear_refs`, '5'); // the most it has taken is counted anew
    const before = most();
    assert.equal(await told(deep), 'unreadable');
    assert.ok(isInstrumented || most() - before < 40_000, `${most() - before} KiB`);
  });

  test('naming a hundred thousand authors costs nobody seconds', async () => {
    const long = await sru((request, response) => response.end(JSON.stringify({ [`ISBN:${ISBN}`]: { title: 'Everybody', authors: Array.from({ length: 140_000 }, () => ({ name: 'A' })) } })));
    const { records, targets } = await withTargets([['json', `http://127.0.0.1:${long.port}/`]], () => ask({ isbn: ISBN }));
    assert.deepEqual(outcome({ targets }), [null]);
    assert.match(records[0].book.author, /^A(; A){1,40}$/);
    assert.ok(targets[0].ms < 4000, `${targets[0].ms} ms`);
  });

  test('sending on is followed three times, never from https to http', async () => {
    const good = await sru(xml(sruAnswer([marcXml(IDIOT)])));
    const way = await sru((request, response, url) => {
      const left = Number(url.pathname.slice(1));
      response.writeHead(302, { Location: left > 0 ? `/${left - 1}${url.search}` : `http://127.0.0.1:${good.port}/end${url.search}` }).end();
    });
    assert.equal(await told(way, 'sru', '/2'), null);
    assert.equal(way.requests.length, 3);
    assert.match(good.requests[0], /^\/end\?.*query=/);
    assert.equal(await told(way, 'sru', '/3'), 'redirected');
  });

  test('does not send further in than it is itself', async () => {
    for (const to of ['http://169.254.169.254/latest/', 'http://[fe80::1]/']) {
      const way = await sru((request, response) => response.writeHead(302, { Location: to }).end());
      const begun = Date.now();
      assert.equal(await told(way), 'redirected');
      assert.ok(Date.now() - begun < 2000, 'nobody was waited for');
    }
  });

  test('is left alone after three failures, until an administrator looks at it', async () => {
    const port = await freePort();
    await withTargets([['sru', `http://127.0.0.1:${port}/`]], async ([target]) => {
      const seen = [];
      for (let i = 0; i < 4; i++) seen.push(...outcome(await ask({ isbn: ISBN })));
      assert.deepEqual(seen, ['no_connection', 'no_connection', 'no_connection', 'resting']);
      const tested = expect(await server.post(`/lookup/targets/${target.id}/test`), 200);
      assertHas(tested, { ok: false, error: 'no_connection', id: target.id });
      assert.equal(tested.message, 'Nobody answers there: the connection is refused or nothing comes back.');
    });
  });

  test('that says nothing is waited for no longer than the limit, and the desk goes on meanwhile', async () => {
    const silent = kept(await startRaw(() => {}));
    const good = await sru(xml(sruAnswer([marcXml(IDIOT)])));
    const begun = Date.now();
    const asked = withTargets([['sru', `http://127.0.0.1:${silent.port}/`], ['z3950', `127.0.0.1:${silent.port}/x`], ['sru', `http://127.0.0.1:${good.port}/`]], () => ask({ isbn: ISBN }));
    const made = await makeBook(server, { title: 'Catalogued while others wait' });
    assert.ok(made.id && Date.now() - begun < 8000, 'writing does not wait for it');
    const { records, targets } = await asked;
    assert.deepEqual(outcome({ targets }), ['timed_out', 'timed_out', null]);
    assert.equal(records.length, 1);
  });
});

describe('https', () => {
  let secure, own, home, identity;
  before(async () => {
    secure = await startSecure(); // its authority, and a key that is certified for 127.0.0.1 and localhost
    identity = readFileSync(secure.home.path('library.db.tls/server.pem'), 'utf8');
    home = await makeHome();
    await home.write('roots.pem', authorityOf(secure.home));
    own = await startServer({ home, env: { SSL_CERT_FILE: home.inside('roots.pem') } });
  });
  after(async () => {
    await own.stop({ check: true });
    await secure.stop();
  });
  const tls = () => ({ key: identity, cert: identity });
  const told = async (stub, host, on) => outcome(await withTargets([['sru', `https://${host}:${stub.port}/`]], () => ask({ isbn: ISBN }, on), on));

  test('is asked when its certificate is by an authority of this machine, for this very name', async () => {
    const stub = await sru(xml(sruAnswer([marcXml(IDIOT)])), tls());
    assert.deepEqual(await told(stub, '127.0.0.1', own), [null]);
    assert.deepEqual(await told(stub, 'localhost', own), [null]);
    assert.deepEqual(await told(stub, '127.0.0.2', own), ['no_connection'], 'the stub listens on 127.0.0.1 alone');
  });

  test('is not trusted otherwise', async () => {
    const stub = await sru(xml(sruAnswer([])), tls());
    assert.deepEqual(await told(stub, '127.0.0.1', server), [process.env.CARREL_CHROOT === '1' ? 'no_roots' : 'not_trusted']);
    const without = await startServer({ env: { SSL_CERT_FILE: '/nowhere/roots.pem' } });
    assert.deepEqual(await told(stub, '127.0.0.1', without), ['no_roots']);
    await without.stop({ check: true });
    assert.equal(stub.requests.length, 0, 'nothing was said to it');
  });

  test('does not send on to http, and plain http behind it is no TLS', async () => {
    const plain = await sru(xml(sruAnswer([])));
    const stub = await sru((request, response) => response.writeHead(302, { Location: `http://127.0.0.1:${plain.port}/` }).end(), tls());
    assert.deepEqual(await told(stub, '127.0.0.1', own), ['redirected']);
    assert.equal(plain.requests.length, 0);
    assert.deepEqual(await told(plain, '127.0.0.1', own), ['no_tls']);
  });
});

describe('a record that a title was catalogued from', () => {
  const XML = { 'Content-Type': 'application/marcxml+xml' };

  test('is kept, and replaced by another', async () => {
    const book = await makeBook(server, { title: 'Kept twice' });
    const record = (note) => marcXml({ title: 'Kept twice', author: 'An Author', isbn: '' }).replace('A note that only the record has', note);
    expect(await server.put(`/books/${book.id}/marc`, record('the first'), XML), 204);
    expect(await server.put(`/books/${book.id}/marc`, record('the second'), XML), 204);
    const out = (await server.get(`/books/${book.id}/marc?format=marcxml`)).text;
    assert.match(out, /the second/);
    assert.doesNotMatch(out, /the first/);
    const bytes = (await server.get(`/books/${book.id}/marc`)).bytes;
    expect(await server.put(`/books/${book.id}/marc`, bytes, { 'Content-Type': 'application/marc' }), 204);
    assert.match((await server.get(`/books/${book.id}/marc?format=marcxml`)).text, /the second/);
    assert.equal(expect(await server.get(`/books/${book.id}/audit`), 200).data[0].action, 'book.record_kept');
  });

  test('has to be one', async () => {
    const book = await makeBook(server);
    for (const text of ['nonsense', '<a>', '<collection/>', '00026nam a2200025   4500\x1d']) refused(await server.put(`/books/${book.id}/marc`, text, XML), 422, 'IMPORT_UNREADABLE');
    refused(await server.put(`/books/${UNKNOWN_ID}/marc`, marcXml(IDIOT), XML), 404, 'BOOK_NOT_FOUND');
    refused(await server.put(`/books/${book.id}/marc`, '{}', { 'Content-Type': 'application/json' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});
