// Finding titles: any part of them, in every order, beside every filter, with exact totals; ranked; while typing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, lend, makeBook, makeMember, refused, takeBack, unique, walk, walkBack } from '../support/library.mjs';
import { isInstrumented, startServer } from '../support/server.mjs';

const MANY = isInstrumented ? 300 : 1500;
const SORTS = ['title', 'author', 'available_copies', 'created_at', 'year', 'borrow_count'];
const CSV = { 'Content-Type': 'text/csv' };

const nouns = ['Otter', 'Tower', 'Éléphant', 'Война', 'Garden', 'Theatre', 'Moth', '庭園', 'Harbour'];
const names = ['Ada Brook', 'Béla Šimon', 'Лев Толстой', "Flann O'Brien", 'Cleo Marsh; Ada Brook'];
const genres = ['Sea', 'Sea; Air', 'Air', ''];
const languages = ['en', 'en-GB', 'fr', ''];

/** Every row of a catalogue that is known beforehand. */
function invent(count) {
  return Array.from({ length: count }, (_, i) => ({
    title: `${i % 3 ? 'The ' : ''}${nouns[i % 9]} ${i % 7 ? 'of' : 'without'} ${nouns[(i * 5 + 2) % 9]} ${i}`,
    author: names[i % 5], year: i % 11 ? String(1900 + (i % 90)) : '', language: languages[i % 4], categories: genres[(i >> 1) % 4], total_copies: String(1 + (i % 2)),
  }));
}

const quote = (text) => `"${text.replaceAll('"', '""')}"`;
const fold = (text) => text.normalize('NFKD').replaceAll(/[\u0300-\u036f]/g, '').toLowerCase();
const asCsv = (rows) => [Object.keys(rows[0]).join(','), ...rows.map((row) => Object.values(row).map(quote).join(','))].join('\n');
const q = (text) => encodeURIComponent(text);

let server;
const catalogue = invent(MANY);
before(async () => {
  server = await startServer({ seedCsv: asCsv(catalogue) });
});
after(() => server.stop({ check: true }));

const page = async (query) => expect(await server.get(`/books?${query}`), 200);
const total = async (query) => (await page(query)).meta.total;
const titles = async (query) => (await page(query)).data.map((book) => book.title);

/** By looking at each title of the known catalogue. */
const known = (matches) => catalogue.filter((row) => matches(fold(`${row.title}\n${row.author}`), row)).length;

describe('any part of a title or author', () => {
  for (const part of ['ot', 'th', 'öth', 'rden', 'ELEPH', 'войн', 'ойна', '庭', 'šim', 'bri', 'ook', 'the', 'er o', '12', 'zz']) {
    test(`“${part}”: the total is that of a plain look`, async () => {
      const words = fold(part).split(' ').filter((word) => word.length > 1 || word > '\u3000');
      const single = fold(part).split(' ').filter((word) => word.length === 1 && word < '\u3000');
      const expected = known((text) => words.every((word) => text.includes(word)) && single.every((letter) => new RegExp(`(^|[^a-z0-9])${letter}`, 'm').test(text)));
      assert.equal(await total(`q=${q(part)}`), expected);
    });
  }

  test('a leading article is not asked for', async () => {
    assert.equal(await total('q=the+otter'), known((text) => text.includes('otter')));
    assert.ok((await titles(`q=${q('the otter of')}&limit=100`)).some((title) => title.startsWith('Otter')));
  });

  test('punctuation inside a word of any script: it is found as it is written', async () => {
    for (const title of ['התנ״ך לילדים', 'د.إبراهيم', 'Rock’n’Roll']) {
      const { status, body } = await server.post('/books', { title, author: 'Marks Inside' });
      assert.equal(status, 201);
      assert.ok((await titles(`q=${q(title)}`)).includes(title), title);
      assert.equal((await server.delete(`/books/${body.id}`)).status, 204);
    }
  });

  test('one letter is a beginning of a word', async () => {
    assert.equal(await total('q=w'), known((text) => /(^|\s)w/m.test(text)));
  });
});

describe('by ISBN', () => {
  let book;
  before(async () => {
    book = await makeBook(server, { title: 'Numbered', isbn: '9780306406157' });
    await makeBook(server, { title: 'A War 1939-1945' });
  });
  for (const part of ['9780306406157', '978-0-306-40615-7', '0-306-40615-2', '030640615', '0-306-406', '78-0-3064', '0306', '615-2']) {
    test(part, async () => assert.deepEqual((await page(`q=${part}`)).data.map((one) => one.id), [book.id]));
  }
  test('hyphens between other numbers part words', async () => assert.deepEqual(await titles('q=1939-1945'), ['A War 1939-1945']));
});

describe('every order of what was found', () => {
  const questions = ['q=ot', 'q=the', 'q=garden+without', 'genre=sea', 'author=ada', 'language=en', 'available=true', 'year_from=1950', 'year_from=1930&year_to=1931', 'item_type=book',
    'q=th&genre=air', 'q=er&author=brook&language=en', 'genre=sea&year_from=1960&available=true', 'q=moth&year_to=1940&item_type=book'];
  for (const question of questions) {
    test(`${question}: each title once, both ways, as many as the total says`, async () => {
      const first = await page(`${question}&limit=100`);
      assert.ok(first.meta.total > 0, 'it finds something');
      const found = new Set();
      for (const sort of SORTS) {
        for (const order of ['asc', 'desc']) {
          const path = `/books?${question}&sort_by=${sort}&order=${order}`;
          const { rows, pages } = await walk(server, path, { limit: 97 });
          assert.equal(rows.length, first.meta.total, path);
          assert.equal(new Set(rows.map((row) => row.id)).size, rows.length, path);
          for (const { id } of rows) found.add(id);
          if (pages.length > 1) assert.deepEqual((await walkBack(server, path, pages.at(-1).meta.previous_cursor, { limit: 97 })).map((row) => row.id), rows.slice(0, 97 * (pages.length - 1)).map((row) => row.id));
          if (['year', 'borrow_count', 'available_copies'].includes(sort)) {
            const values = rows.map((row) => row[sort] ?? -9999);
            assert.deepEqual(values, [...values].sort((a, b) => (order === 'asc' ? a - b : b - a)), path);
          }
        }
      }
      assert.equal(found.size, first.meta.total, 'every order has the same titles');
    });
  }

  test('by title as the whole catalogue is: the search leaves out, it does not move', async () => {
    const all = (await walk(server, '/books?sort_by=title', { limit: 100 })).rows.map((row) => row.title);
    for (const part of ['ot', 'garden', 'without']) {
      const found = (await walk(server, `/books?sort_by=title&q=${part}`, { limit: 33 })).rows.map((row) => row.title);
      assert.deepEqual(found, all.filter((title) => found.includes(title)));
    }
  });

  test('offset and cursor meet', async () => {
    const { rows } = await walk(server, '/books?q=ot&sort_by=author', { limit: 20 });
    const at = await page('q=ot&sort_by=author&limit=20&offset=40');
    assert.deepEqual(at.data.map((row) => row.id), rows.slice(40, 60).map((row) => row.id));
  });
});

describe('what was written is found at once', () => {
  test('a new title, an edited one, an archived one, a restored one', async () => {
    const book = await makeBook(server, { title: 'Quokkaville', author: 'Xenia Yplo' });
    assert.equal(await total('q=okkav'), 1);
    assert.equal(await total('q=yplo'), 1);
    expect(await server.patch(`/books/${book.id}`, { title: 'Numbatville', categories: ['Marsupials'], language: 'mi' }), 200);
    assert.equal(await total('q=okkav'), 0);
    assert.equal(await total('q=batvi'), 1);
    assert.equal(await total('genre=marsupials&language=mi'), 1);
    expect(await server.delete(`/books/${book.id}`), 204);
    assert.equal(await total('q=batvi'), 0);
    assert.equal(await total('q=batvi&archived=true'), 1);
    expect(await server.post(`/books/${book.id}/restore`), 200);
    assert.equal(await total('q=batvi'), 1);
  });

  test('what was refused is not', async () => {
    await makeBook(server, { title: 'Taken Number', isbn: '9780201896831' });
    refused(await server.post('/books', { title: 'Wallabyland', author: 'A', isbn: '9780201896831' }), 409, 'DUPLICATE_ISBN');
    assert.equal(await total('q=wallabyland'), 0);
  });

  test('lent and taken back: available, and the most borrowed', async () => {
    const book = await makeBook(server, { title: 'Bandicoot Lending' });
    const member = await makeMember(server);
    const borrow = await lend(server, book, member);
    assert.equal(await total('q=bandicoot&available=true'), 0);
    assert.equal(await total('q=bandicoot'), 1);
    await takeBack(server, borrow);
    assert.equal(await total('q=bandicoot&available=true'), 1);
    assert.equal((await page('q=n&sort_by=borrow_count&limit=1')).data.length, 1);
    assert.equal((await titles('item_type=book&sort_by=borrow_count&order=desc&limit=1'))[0], 'Bandicoot Lending');
  });

  test('an import', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ title: `Pademelon ${i}`, author: 'An Importer' }));
    expect(await server.post('/books/import/csv', asCsv(rows), CSV), 200);
    assert.equal(await total('q=ademelo'), 40);
  });

  test('while others search: each sees its own', async () => {
    const writers = Array.from({ length: 6 }, async (_, who) => {
      for (let i = 0; i < 15; i++) {
        const word = `potoroo${who}x${i}y`;
        const book = await makeBook(server, { title: unique(`Diary of ${word}`) });
        assert.equal(await total(`q=${word.slice(2)}`), 1, word);
        expect(await server.patch(`/books/${book.id}`, { title: `Was ${word.replace('potoroo', 'bettong')}` }), 200);
        assert.equal(await total(`q=${word}`), 0, word);
      }
    });
    let busy = true;
    const searchers = Array.from({ length: 4 }, async () => {
      while (busy) assert.ok((await total('q=ot&genre=sea')) > 0);
    });
    await Promise.all(writers).finally(() => { busy = false; });
    await Promise.all(searchers);
    assert.equal(await total('q=bettong'), 90);
  });

  test('and is still there after a restart', async () => {
    const home = server.home;
    const before_ = [await total('q=ot'), await total('q=bettong'), await total('genre=sea&available=true')];
    await server.stop({ keep: true });
    server = await startServer({ home });
    assert.deepEqual([await total('q=ot'), await total('q=bettong'), await total('genre=sea&available=true')], before_);
  });
});

describe('the best first', () => {
  const found = async (query) => expect(await server.get(`/search/books?${query}`), 200);
  before(async () => {
    for (const [title, author] of [['Superthylacines', 'N. N.'], ['On Marsupials', 'Ida Thylacine'], ['Life of a Thylacine', 'N. N.'], ['Thylacine Tales', 'N. N.'], ['The Thylacine', 'N. N.']]) await makeBook(server, { title, author, categories: ['Extinct'] });
  });

  test('the title itself, its beginning, its words, the author, mere parts', async () => {
    const { data, meta } = await found('q=thylacine');
    assert.deepEqual(data.map((book) => book.title), ['The Thylacine', 'Thylacine Tales', 'Life of a Thylacine', 'On Marsupials', 'Superthylacines']);
    assert.deepEqual(meta, { total: 5, limit: 20, offset: 0, has_more: false, did_you_mean: null, perhaps: null, perhaps_total: null });
  });

  test('page by page', async () => {
    const rows = [];
    for (let offset = 0; offset < 5; offset += 2) {
      const { data, meta } = await found(`q=thylacine&limit=2&offset=${offset}`);
      assert.equal(meta.has_more, offset < 4);
      rows.push(...data.map((book) => book.title));
    }
    assert.equal(new Set(rows).size, 5);
  });

  test('with filters', async () => {
    assert.equal((await found('q=thylacine&genre=extinct&year_from=2000')).meta.total, 0);
    assert.equal((await found('q=thylacine&genre=extinct')).meta.total, 5);
    assert.equal((await found('genre=extinct')).meta.total, 5);
    refused(await server.get('/search/books?q=a&year_from=soon'), 400, 'INVALID_PARAMETER');
    refused(await server.get('/search/books?q=a&limit=101'), 400, 'INVALID_PARAMETER');
    refused(await server.get('/search/books?q=a&cursor=abc'), 400, 'INVALID_PARAMETER');
  });

  test('a typing mistake is put right, and said so', async () => {
    const { data, meta } = await found('q=thilacyne+tales');
    assert.deepEqual(data.map((book) => book.title), ['Thylacine Tales']);
    assert.equal(meta.did_you_mean, 'thylacine tales');
    assert.equal((await found('q=qqqqqqqqq')).meta.did_you_mean, null);
    assert.equal((await found(`q=${q('*"')}`)).meta.total, 0);
  });

  test('the total is that of the list', async () => {
    for (const part of ['ot', 'the', 'without', '978-0-306']) assert.equal((await found(`q=${part}`)).meta.total, await total(`q=${part}`), part);
  });
});

describe('while somebody types', () => {
  const suggested = async (typed) => expect(await server.get(`/search/suggestions?q=${q(typed)}`), 200).data;
  test('titles, authors and words that begin so, at most ten', async () => {
    await makeBook(server, { title: 'Zyzzyva Rising', author: 'Zyzz Zonk' });
    const all = await suggested('zyz');
    assert.deepEqual(all, [{ kind: 'title', text: 'Zyzzyva Rising' }, { kind: 'author', text: 'Zyzz Zonk' }, { kind: 'word', text: all[2].text }, { kind: 'word', text: all[3].text }]);
    assert.deepEqual(all.slice(2).map((one) => one.text).sort(), ['zyzz', 'zyzzyva']);
    assert.deepEqual((await suggested('the ZYZZYVA r')).map((one) => one.text), ['Zyzzyva Rising'], 'case and article aside');
    for (const typed of ['t', 'th', 'o']) assert.ok((await suggested(typed)).length <= 10);
  });
  test('nothing typed, or nothing like it: none', async () => {
    assert.deepEqual(await suggested(''), []);
    assert.deepEqual(await suggested('qqqqq'), []);
  });
});
