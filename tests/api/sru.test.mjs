// SRU 1.2: other catalogues ask ours in CQL. Every reply is well-formed XML; what cannot be answered has its diagnostic.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { expect, makeBook } from '../support/library.mjs';
import { setUp } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
  for (const facts of [
    { title: 'Dune', author: 'Frank Herbert', year: 1965, isbn: '9780441172719', language: 'en' },
    { title: 'Dune Messiah', author: 'Frank Herbert', year: 1969, language: 'en-US' },
    { title: 'The Sands of Dune', author: 'Brian Herbert; Kevin J. Anderson', year: 2022, language: 'en' },
    { title: 'Die Wüste lebt & <blüht>', author: 'Éva Kovács', year: 1953, language: 'de', description: 'Über Dünen' },
    { title: 'Without a year', author: 'Nobody' },
  ]) await makeBook(server, facts);
  const gone = await makeBook(server, { title: 'Dune archived', author: 'Frank Herbert', year: 1965 });
  expect(await server.delete(`/books/${gone.id}`), 204);
});
after(() => server.stop({ check: true }));

const hasXmllint = !spawnSync('xmllint', ['--version']).error;

async function ask(asked, own = server) {
  const reply = await own.get(`/sru?${typeof asked === 'string' ? asked : new URLSearchParams(asked)}`);
  assert.equal(reply.status, 200, reply.text);
  assert.match(reply.headers['content-type'], /^text\/xml; charset=utf-8/);
  if (hasXmllint) {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '-'], { input: reply.text });
    assert.equal(status, 0, `${stderr}\n${reply.text.slice(0, 2000)}`);
  }
  return reply.text;
}

const search = (query, more = {}) => ask({ version: '1.2', operation: 'searchRetrieve', query, recordSchema: 'dc', ...more });
const total = (xml) => Number(/<numberOfRecords>(\d+)</.exec(xml)[1]);
const all = (xml, pattern) => [...xml.matchAll(pattern)].map((match) => match[1]);
const titles = (xml) => all(xml, /<dc:title>([^<]*)</g);
const diagnostic = (xml) => Number(/info:srw\/diagnostic\/1\/(\d+)/.exec(xml)?.[1]);

describe('a question in CQL', () => {
  for (const [query, found] of [
    ['dune', ['Dune', 'Dune Messiah', 'The Sands of Dune']],
    ['cql.anywhere = "herbert dune"', ['Dune', 'Dune Messiah', 'The Sands of Dune']],
    ['dc.title = dune and dc.creator = frank', ['Dune', 'Dune Messiah']],
    ['dc.title exact "sands of dune"', ['The Sands of Dune']],
    ['dc.title adj "dune sands"', []],
    ['dc.title all "dune sands"', ['The Sands of Dune']],
    ['dc.title any "messiah sands"', ['Dune Messiah', 'The Sands of Dune']],
    ['dc.title = mess*', ['Dune Messiah']],
    ['dc.creator = kovacs', ['Die Wüste lebt &amp; &lt;blüht&gt;']],
    ['dc.title = WUSTE', ['Die Wüste lebt &amp; &lt;blüht&gt;']],
    ['dc.identifier = 978-0-441-17271-9', ['Dune']],
    ['bath.isbn = 0441172717', ['Dune']],
    ['dc.date = 1965', ['Dune']],
    ['dc.title = dune and dc.date > 1965', ['Dune Messiah', 'The Sands of Dune']],
    ['dc.date within "1950 1969"', ['Dune', 'Dune Messiah', 'Die Wüste lebt &amp; &lt;blüht&gt;']],
    ['dc.date < 1960 or dc.date >= 2022', ['The Sands of Dune', 'Die Wüste lebt &amp; &lt;blüht&gt;']],
    ['dc.language = en', ['Dune', 'Dune Messiah', 'The Sands of Dune']],
    ['dune not (messiah or sands)', ['Dune']],
    ['dune and (messiah or (sands not frank))', ['Dune Messiah', 'The Sands of Dune']],
    ['nothing', []],
    ['archived', []],
  ]) {
    test(query, async () => {
      const xml = await search(query);
      assert.equal(diagnostic(xml), NaN, xml);
      assert.deepEqual(titles(xml), found);
      assert.equal(total(xml), found.length);
    });
  }
});

test('a page begins where one says and leads on; records come as MARCXML, or as text', async () => {
  const first = await search('dune', { maximumRecords: '2' });
  assert.equal(total(first), 3);
  assert.deepEqual(all(first, /<recordPosition>(\d)</g), ['1', '2']);
  assert.match(first, /<nextRecordPosition>3</);
  const rest = await search('dune', { startRecord: '3', maximumRecords: '2' });
  assert.deepEqual(titles(rest), ['The Sands of Dune']);
  assert.ok(!rest.includes('nextRecordPosition'));
  assert.deepEqual(titles(await search('dune', { maximumRecords: '0' })), []);
  const marc = await ask({ operation: 'searchRetrieve', version: '1.1', query: 'dc.title = dune', maximumRecords: '1' });
  assert.match(marc, /<version>1\.1</);
  assert.match(marc, /<recordSchema>info:srw\/schema\/1\/marcxml-v1\.1</);
  assert.match(marc, /<record xmlns="http:\/\/www\.loc\.gov\/MARC21\/slim">/);
  assert.match(await search('dune', { recordPacking: 'string' }), /&lt;dc:title&gt;Dune&lt;/);
});

test('explain says what may be asked; it is the answer to nothing at all', async () => {
  for (const asked of ['', 'operation=explain&version=1.1', 'operation=explain&recordPacking=string']) {
    const xml = await ask(asked);
    assert.match(xml, /<explainResponse xmlns="http:\/\/www\.loc\.gov\/zing\/srw\/">/);
    assert.match(xml, /creator/);
    assert.match(xml, new RegExp(`port(>|&gt;)${server.port}`));
  }
});

test('what cannot be answered has the diagnostic of the standard', async () => {
  for (const [asked, code] of [
    [{ operation: 'scan', scanClause: 'x' }, 4],
    [{ operation: 'searchRetrieve', version: '3.0', query: 'x' }, 5],
    [{ operation: 'searchRetrieve', query: 'x', startRecord: '0' }, 6],
    [{ operation: 'searchRetrieve', query: 'x', maximumRecords: 'many' }, 6],
    [{ operation: 'searchRetrieve' }, 7],
    [{ query: 'dune and' }, 10],
    [{ query: '(dune' }, 10],
    [{ query: `dune ${'x'.repeat(1000)}` }, 12],
    [{ query: 'rec.id = 5' }, 15],
    [{ query: 'dc.rights = free' }, 16],
    [{ query: 'dc.title > dune' }, 19],
    [{ query: 'dc.title =/stem dune' }, 20],
    [{ query: 'dc.title = ""' }, 27],
    [{ query: 'dc.title = "!!"' }, 27],
    [{ query: 'dc.title = d?ne' }, 28],
    [{ query: 'dc.title = *une' }, 28],
    [{ query: 'dc.date = soon' }, 36],
    [{ query: 'dc.date within 1990' }, 36],
    [{ query: 'dune prox messiah' }, 37],
    [{ query: Array(40).fill('a').join(' or ') }, 38],
    [{ query: Array(5).fill('"a* e* i* o* u* s* t*"').join(' or ') }, 38],
    [{ query: 'dune or/rel.algorithm=cori sand' }, 46],
    [{ query: 'dune', startRecord: '99' }, 61],
    [{ query: 'dune', recordSchema: 'mods' }, 66],
    [{ query: 'dune', recordPacking: 'paper' }, 71],
    [{ query: 'dune', sortKeys: 'title' }, 80],
    [{ query: 'dune sortby dc.title' }, 80],
  ]) {
    const xml = await ask(asked);
    assert.equal(diagnostic(xml), code, `${JSON.stringify(asked)}: ${xml}`);
    assert.equal(titles(xml).length, 0);
  }
});

test('another program asks it', { skip: spawnSync('yaz-client', ['-V']).error && 'yaz-client is not here' }, () => {
  const { stdout } = spawnSync('yaz-client', [`http://127.0.0.1:${server.port}/sru`], { input: 'sru get 1.2\nquerytype cql\nfind dc.title=messiah\nshow 1\nquit\n', encoding: 'utf8', timeout: 20_000 });
  assert.match(stdout, /Number of hits: 1/, stdout);
  assert.match(stdout, /Dune Messiah/, stdout);
});

test('a catalogue that is not public is not searched', async () => {
  const own = await startServer({ auth: 'on' });
  const admin = await setUp(own);
  assert.equal((await own.get('/sru')).status, 200);
  expect(await admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
  assert.equal((await own.get('/sru?query=x')).status, 401);
  await own.stop({ check: true });
});
