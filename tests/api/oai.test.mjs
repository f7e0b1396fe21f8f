// OAI-PMH 2.0: the catalogue as harvesters take it, page by page, and what has changed since. Every reply is well-formed
// XML, as xmllint reads it, and says what the protocol (openarchives.org/OAI/openarchivesprotocol.html) asks of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { expect, makeBook, unique } from '../support/library.mjs';
import { setUp } from '../support/people.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const hasXmllint = !spawnSync('xmllint', ['--version']).error;

function assertWellFormed(xml) {
  if (!hasXmllint) return;
  const { status, stderr } = spawnSync('xmllint', ['--noout', '--nonet', '-'], { input: xml });
  assert.equal(status, 0, `${stderr}\n${xml.slice(0, 2000)}`);
}

/** The reply to these arguments: an object, or a query string as it is. */
async function ask(asked, { own = server, status = 200 } = {}) {
  const query = typeof asked === 'string' ? asked : new URLSearchParams(asked).toString();
  const reply = await own.get(`/oai?${query}`);
  assert.equal(reply.status, status, reply.text);
  assert.match(reply.headers['content-type'], /^text\/xml; charset=utf-8/);
  assertWellFormed(reply.text);
  assert.match(reply.text, /<responseDate>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ<\/responseDate>/);
  return reply.text;
}

const error = (xml) => /<error code="(\w+)">/.exec(xml)?.[1];
const all = (xml, pattern) => [...xml.matchAll(pattern)].map((match) => match[1]);
const identifiers = (xml) => all(xml, /<identifier>urn:uuid:([^<]+)<\/identifier>/g);
const tokenOf = (xml) => /<resumptionToken>([^<]+)<\/resumptionToken>/.exec(xml)?.[1];

/** Every page of a list; `between` after each. */
async function harvest(first, { own = server, between = async () => {} } = {}) {
  const pages = [await ask(first, { own })];
  for (let token = tokenOf(pages[0]); token; token = tokenOf(pages.at(-1))) {
    await between(pages.length);
    pages.push(await ask({ verb: first.verb, resumptionToken: token }, { own }));
    assert.ok(pages.length < 100, 'the harvest does not end');
  }
  return pages;
}

test('Identify and the formats say what a harvester needs to know', async () => {
  const xml = await ask({ verb: 'Identify' });
  for (const [name, value] of [['protocolVersion', '2.0'], ['deletedRecord', 'transient'], ['granularity', 'YYYY-MM-DDThh:mm:ssZ'], ['baseURL', `${server.url}/oai`]]) assert.ok(xml.includes(`<${name}>${value}</${name}>`), `${name}: ${xml}`);
  assert.match(xml, /<request verb="Identify">/);
  expect(await server.put('/admin/system-config', { contact_email: 'library@example.org', library_name: 'Books & <More>' }), 200);
  const named = await ask({ verb: 'Identify' });
  assert.match(named, /<adminEmail>library@example\.org<\/adminEmail>/);
  assert.match(named, /<repositoryName>Books &amp; &lt;More&gt;<\/repositoryName>/);
  assert.deepEqual(all(await ask({ verb: 'ListMetadataFormats' }), /<metadataPrefix>(\w+)</g), ['oai_dc', 'marc21']);
  const book = await makeBook(server);
  assert.deepEqual(all(await ask({ verb: 'ListMetadataFormats', identifier: `urn:uuid:${book.id}` }), /<metadataPrefix>(\w+)</g), ['oai_dc', 'marc21']);
});

test('POST /oai answers a form as GET answers the same query, and refuses any other body', async () => {
  const book = await makeBook(server, { title: 'By form & by query' });
  const post = (body, type = 'application/x-www-form-urlencoded') => server.post('/oai', body, { 'content-type': type });
  const question = { verb: 'GetRecord', metadataPrefix: 'oai_dc', identifier: `urn:uuid:${book.id}` };
  const reply = await post(new URLSearchParams(question).toString());
  assert.equal(reply.status, 200, reply.text);
  assert.match(reply.headers['content-type'], /^text\/xml; charset=utf-8/);
  assertWellFormed(reply.text);
  const sameHour = (xml) => xml.replace(/<responseDate>[^<]+/, '');
  assert.equal(sameHour(reply.text), sameHour(await ask(question)));
  assert.match(reply.text, /By form &amp; by query/);
  const listed = await post('verb=ListIdentifiers&metadataPrefix=oai%5Fdc');
  assert.ok(identifiers(listed.text).includes(book.id), listed.text);
  assertWellFormed(listed.text);
  assert.equal(error((await post('verb=Identify&verb=Identify')).text), 'badVerb');
  assert.equal((await post('{"verb":"Identify"}', 'application/json')).status, 415);
  assert.equal((await post('verb=%zz')).status, 400);
  assert.equal((await post(`verb=Identify&x=${'a'.repeat(9000)}`)).status, 400);
  assert.equal((await post(`verb=Identify&x=${'a'.repeat(2000000)}`)).status, 413);
});

test('a title is told as Dublin Core and as MARC 21, escaped, and with what everybody may know', async () => {
  const book = await makeBook(server, { title: 'Fish & <Chips>', subtitle: 'a "history"', author: 'Ann One; Bob Two', isbn: '9780306406157', year: 1999, language: 'en', publisher: 'P', categories: ['Food'], description: 'Salt\nand vinegar' });
  const dc = await ask({ verb: 'GetRecord', metadataPrefix: 'oai_dc', identifier: `urn:uuid:${book.id}` });
  assert.match(dc, /<dc:title>Fish &amp; &lt;Chips&gt;: a &quot;history&quot;<\/dc:title>/);
  assert.deepEqual(all(dc, /<dc:creator>([^<]+)</g), ['Ann One', 'Bob Two']);
  assert.deepEqual(all(dc, /<dc:identifier>([^<]+)</g), ['urn:isbn:9780306406157', `urn:uuid:${book.id}`]);
  for (const [name, value] of [['date', '1999'], ['language', 'en'], ['publisher', 'P'], ['subject', 'Food'], ['type', 'book'], ['description', 'Salt\nand vinegar']]) assert.ok(dc.includes(`<dc:${name}>${value}</dc:${name}>`), name);
  assert.match(dc, /<request verb="GetRecord" metadataPrefix="oai_dc" identifier="urn:uuid:/);
  const [copy] = expect(await server.get(`/books/${book.id}/copies`), 200).data;
  const marc = await ask({ verb: 'GetRecord', metadataPrefix: 'marc21', identifier: `urn:uuid:${book.id}` });
  assert.match(marc, /<record xmlns="http:\/\/www\.loc\.gov\/MARC21\/slim">/);
  assert.match(marc, /<subfield code="a">Fish &amp; &lt;Chips&gt;/);
  assert.ok(!marc.includes(copy.barcode), 'barcodes are not for everybody');
});

describe('a harvest', () => {
  let own;
  const made = [];
  before(async () => {
    own = await startServer();
    for (let i = 0; i < 230; i++) made.push((await makeBook(own)).id);
  });
  after(() => own.stop({ check: true }));

  test('takes every title once, a hundred at a time; what changes meanwhile comes again', async () => {
    const pages = await harvest({ verb: 'ListRecords', metadataPrefix: 'oai_dc' }, { own });
    assert.deepEqual(pages.map((page) => identifiers(page).length), [100, 100, 30]);
    assert.deepEqual(pages.flatMap(identifiers), made);
    assert.match(pages[2], /<resumptionToken\/>/, 'the last page of a list that went on says so');
    const changing = await harvest({ verb: 'ListIdentifiers', metadataPrefix: 'marc21' }, {
      own,
      between: async (page) => page === 1 && expect(await own.patch(`/books/${made[3]}`, { title: unique('Changed') }), 200),
    });
    assert.deepEqual(changing.flatMap(identifiers), [...made, made[3]]);
    assert.ok(!changing.some((page) => page.includes('<metadata>')), 'headers only');
  });

  test('of an archived title says that it is deleted; restored, it is there again', async () => {
    expect(await own.delete(`/books/${made[7]}`), 204);
    const list = (await harvest({ verb: 'ListRecords', metadataPrefix: 'oai_dc' }, { own })).join('');
    assert.match(list, new RegExp(`<header status="deleted"><identifier>urn:uuid:${made[7]}</identifier>`));
    assert.equal(all(list, /(<metadata>)/g).length, made.length - 1);
    assert.match(await ask({ verb: 'GetRecord', metadataPrefix: 'marc21', identifier: `urn:uuid:${made[7]}` }, { own }), /status="deleted"/);
    expect(await own.post(`/books/${made[7]}/restore`), 200);
    assert.ok(!(await ask({ verb: 'GetRecord', metadataPrefix: 'oai_dc', identifier: `urn:uuid:${made[7]}` }, { own })).includes('deleted'));
  });

  test('is narrowed by days and by seconds', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const verb = 'ListIdentifiers';
    const count = async (more) => (await harvest({ verb, metadataPrefix: 'oai_dc', ...more }, { own })).flatMap(identifiers).length;
    assert.equal(await count({ from: '2020-01-01', until: today < '2099' ? '2099-01-01' : today }), made.length);
    const { updated_at: changed } = expect(await own.patch(`/books/${made[9]}`, { title: unique('Late') }), 200);
    const second = `${changed.slice(0, 19)}Z`;
    const since = (await harvest({ verb, metadataPrefix: 'oai_dc', from: second, until: second }, { own })).flatMap(identifiers);
    assert.ok(since.includes(made[9]));
    assert.equal(error(await ask({ verb, metadataPrefix: 'oai_dc', until: '2001-01-01' }, { own })), 'noRecordsMatch');
  });

  test('goes on after the server was started anew', async () => {
    const first = await ask({ verb: 'ListIdentifiers', metadataPrefix: 'oai_dc' }, { own });
    const { home } = own;
    await own.stop({ keep: true });
    own = await startServer({ home });
    const next = await ask({ verb: 'ListIdentifiers', resumptionToken: tokenOf(first) }, { own });
    assert.equal(identifiers(next).length, 100);
    assert.equal(identifiers(first).filter((id) => identifiers(next).includes(id)).length, 0);
  });
});

test('every error has the code of the protocol', async () => {
  await makeBook(server);
  const identifier = 'urn:uuid:01900000-0000-7000-8000-0000000000ff';
  for (const [asked, code] of [
    ['', 'badVerb'],
    ['verb=Dance', 'badVerb'],
    ['verb=Identify&verb=Identify', 'badVerb'],
    ['verb=ListRecords&metadataPrefix=oai_dc&verb=ListRecords', 'badVerb'],
    ['verb=Identify&metadataPrefix=oai_dc', 'badArgument'],
    ['verb=ListRecords', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=oai_dc&from=yesterday', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z', 'badArgument'],
    ['verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x', 'badArgument'],
    ['verb=ListRecords&resumptionToken=x', 'badResumptionToken'],
    [`verb=ListRecords&resumptionToken=${Buffer.from(`1 1 9 9 ${identifier.slice(9)}`).toString('base64url')}`, 'badResumptionToken'],
    [`verb=ListRecords&resumptionToken=${'A'.repeat(300)}`, 'badResumptionToken'],
    ['verb=ListRecords&metadataPrefix=mods', 'cannotDisseminateFormat'],
    [`verb=GetRecord&metadataPrefix=oai_dc&identifier=${identifier}`, 'idDoesNotExist'],
    ['verb=GetRecord&metadataPrefix=oai_dc&identifier=%3Cx%3E%22', 'idDoesNotExist'],
    ['verb=GetRecord&metadataPrefix=oai_dc', 'badArgument'],
    [`verb=ListMetadataFormats&identifier=${identifier}`, 'idDoesNotExist'],
    ['verb=ListSets', 'noSetHierarchy'],
    ['verb=ListRecords&metadataPrefix=oai_dc&set=x', 'noSetHierarchy'],
  ]) {
    const xml = await ask(asked);
    assert.equal(error(xml), code, asked);
    if (code === 'badVerb' || code === 'badArgument') assert.match(xml, /<request>/, 'then the arguments are not repeated');
  }
});

test('a catalogue that is not public is not harvested', async () => {
  const own = await startServer({ auth: 'on' });
  const admin = await setUp(own);
  assert.equal((await own.get('/oai?verb=Identify')).status, 200);
  expect(await admin.put('/admin/system-config', { public_catalogue: 'off' }), 200);
  assert.equal((await own.get('/oai?verb=Identify')).status, 401);
  await own.stop({ check: true });
});
