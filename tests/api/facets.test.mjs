// What the titles found can be narrowed down by: exact counts, each facet without its own filter; near words that far more have.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, lend, makeBook, makeMember, refused, walk } from '../support/library.mjs';
import { isInstrumented, startServer } from '../support/server.mjs';

const MANY = isInstrumented ? 150 : 600;
const SHOWN = 20;
const CSV_HEAD = 'title,author,year,language,categories,total_copies,item_type';

const genres = ['Sea', 'Sea; Air', 'Air', '', 'Fire; Sea; Earth'];
const names = ['Ada Brook', 'Béla Šimon', 'Cleo Marsh; Ada Brook', 'Лев Толстой', 'ada brook'];
const languages = ['en', 'en-GB', 'fr', '', 'DE'];
const types = ['book', 'book', 'video', 'periodical'];

const row = (i) => [`${i % 4 ? 'Otter' : 'Tower'} Tale ${i}`, names[i % 5], i % 7 ? 1889 + (i * 3) % 140 : '', languages[(i >> 1) % 5], genres[(i >> 2) % 5], 1, types[(i >> 3) % 4]].map((cell) => `"${cell}"`).join(',');

let server;
let books;
before(async () => {
  server = await startServer({ seedCsv: [CSV_HEAD, ...Array.from({ length: MANY }, (_, i) => row(i))].join('\n') });
  const { rows: all } = await walk(server, '/books?sort_by=title', { limit: 100 });
  for (const book of all.filter((_, i) => i % 9 === 0).slice(0, 20)) await lend(server, book, await makeMember(server));
  for (const book of all.filter((_, i) => i % 9 === 1).slice(0, 20)) assert.equal((await server.delete(`/books/${book.id}`)).status, 204);
  ({ rows: books } = await walk(server, '/books?sort_by=title', { limit: 100 }));
});
after(() => server.stop({ check: true }));

const fold = (text) => text.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, '').toLowerCase();

/** What a title has of each facet, and whether it fits a filter of it. */
const has = {
  genre: (book) => book.categories,
  author_name: (book) => [...new Map(book.author.split(';').map((name) => [fold(name.trim()), name.trim()])).keys()],
  decade: (book) => (book.year === null ? [] : [String(Math.floor(book.year / 10) * 10)]),
  language: (book) => (book.language ? [book.language.toLowerCase().split('-')[0]] : []),
  item_type: (book) => [book.item_type],
  available: (book) => [String(book.available_copies > 0)],
};
const keyOf = (facet, value) => (facet === 'author_name' ? fold(value) : value);
const fits = (book, facet, value) => (facet === 'available' && value === 'false') || has[facet](book).map((one) => fold(one)).includes(fold(value));

function counted(q, filters, facet) {
  const counts = new Map();
  for (const book of books) {
    if (!q.split(' ').every((word) => fold(`${book.title} ${book.author}`).includes(word))) continue;
    if (!Object.entries(filters).every(([name, value]) => name === facet || fits(book, name, value))) continue;
    for (const value of has[facet](book)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function asQuery(q, { decade, ...same }) {
  return String(new URLSearchParams({ ...(q && { q }), ...same, ...(decade && { year_from: decade, year_to: String(Number(decade) + 9) }) }));
}

const questions = [
  ['', {}], ['otter', {}], ['tow 12', {}], ['', { genre: 'Sea' }], ['', { genre: 'sea', language: 'en' }], ['ada', { decade: '1990' }], ['', { author_name: 'ADA BROOK' }],
  ['tale', { available: 'true', item_type: 'video' }], ['', { genre: 'Air', decade: '1900', language: 'fr', available: 'true' }], ['', { language: 'de', author_name: 'bela simon' }], ['', { genre: 'Nothing has it' }],
];

describe('facets', () => {
  for (const [q, filters] of questions) {
    test(`“${q}” ${JSON.stringify(filters)}: counted as by a plain look, the total is that of the list`, async () => {
      const query = asQuery(q, filters);
      const { total, facets } = expect(await server.get(`/search/facets?${query}`), 200);
      assert.equal(total, expect(await server.get(`/books?${query}`), 200).meta.total);
      for (const facet of Object.keys(has)) {
        const plain = counted(q, filters, facet);
        const given = new Map(facets[facet].map(({ value, count }) => [keyOf(facet, value), count]));
        assert.equal(given.size, Math.min(plain.size, SHOWN), facet);
        for (const [value, count] of given) assert.equal(count, plain.get(value), `${facet} ${value}`);
        if (plain.size > SHOWN) assert.ok(Math.min(...given.values()) >= [...plain.values()].sort((a, b) => b - a)[SHOWN - 1], `${facet}: the most common`);
      }
    });
  }

  test('names are as the library writes them, decades come the latest first', async () => {
    const { facets } = expect(await server.get('/search/facets'), 200);
    assert.ok(facets.author_name.some(({ value, name }) => name === 'Béla Šimon' && value === name));
    assert.ok(facets.item_type.some(({ value, name }) => value === 'video' && name === 'Video'));
    const decades = facets.decade.map(({ value }) => Number(value));
    assert.deepEqual(decades, [...decades].sort((a, b) => b - a));
  });

  test('each value, chosen, gives as many titles as it said', async () => {
    const { facets } = expect(await server.get('/search/facets?q=otter&genre=Sea'), 200);
    for (const [facet, values] of Object.entries(facets)) {
      for (const { value, count } of values.slice(0, 4)) {
        if (value === 'false') continue;
        const { meta } = expect(await server.get(`/books?${asQuery('otter', { genre: 'Sea', [facet]: value })}`), 200);
        assert.equal(meta.total, count, `${facet} ${value}`);
      }
    }
  });

  test('a ranked search brings them along when asked, of the words that were found', async () => {
    const { data, facets, meta } = expect(await server.get('/search/books?q=oter&facets=true&limit=3'), 200);
    assert.equal(meta.did_you_mean, 'otter');
    assert.equal(data.length, 3);
    assert.deepEqual(facets, expect(await server.get('/search/facets?q=otter'), 200).facets);
    assert.equal(expect(await server.get('/search/books?q=otter'), 200).facets, null);
  });

  test('an edited title counts anew', async () => {
    const count = async () => expect(await server.get('/search/facets'), 200).facets.language.find(({ value }) => value === 'xx')?.count ?? 0;
    const book = await makeBook(server, { title: 'Wholly New', language: 'xx-YY', categories: ['Novelty'] });
    assert.equal(await count(), 1);
    expect(await server.patch(`/books/${book.id}`, { language: 'en', author: 'Somebody Else; Ada Brook' }), 200);
    assert.equal(await count(), 0);
    assert.equal(expect(await server.get('/books?author_name=somebody%20else'), 200).meta.total, 1);
    assert.equal((await server.delete(`/books/${book.id}`)).status, 204);
    assert.equal(expect(await server.get('/search/facets?genre=Novelty'), 200).total, 0);
  });

  test('what cannot be read is refused', async () => {
    refused(await server.get('/search/facets?year_from=soon'), 400, 'INVALID_PARAMETER');
    refused(await server.get('/search/books?facets=perhaps'), 400, 'INVALID_PARAMETER');
    refused(await server.get('/search/books?said=perhaps'), 400, 'INVALID_PARAMETER');
  });
});

test('few titles have the word, many a near one: both are told', async () => {
  const odd = await makeBook(server, { title: 'Oter Spelled Oddly' });
  const { data, meta } = expect(await server.get('/search/books?q=oter'), 200);
  assert.deepEqual(data.map(({ id }) => id), [odd.id]);
  assert.equal(meta.did_you_mean, null);
  assert.equal(meta.perhaps, 'otter');
  assert.equal(meta.perhaps_total, expect(await server.get('/books?q=otter'), 200).meta.total);
  assert.equal(expect(await server.get('/search/books?q=otter'), 200).meta.perhaps, null, 'what many have is not doubted');
});
