// The one contract of every list (API.md "Lists"): pages by number and by cursor, sorts, and the same as CSV.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertHas, copiesOf, expect, lend, makeBook, makeMember, parseCsv, refused, takeBack, unique, walk, walkBack } from '../support/library.mjs';
import { daysAgo, startServer } from '../support/noon.mjs';

const BOOKS = 61;

let server;
let members;
let books;
before(async () => {
  // Sort values repeat on purpose: years, titles and authors tie, some have no year.
  const rows = Array.from({ length: BOOKS }, (_, i) => {
    const article = ['The ', 'A ', '', 'Le ', 'É'][i % 5];
    return `${article}Tie ${i % 7},Author ${i % 4},${i % 6 ? 1900 + (i % 5) : ''},${(i % 3) + 1}`;
  });
  // Each has a number: without one, the same title, author and year would be one title.
  const csv = ['title,author,year,copies,isbn', ...rows.map((row, i) => `${row},LIST-${i}`), ''].join('\r\n');
  server = await startServer({ seedCsv: csv });
  books = (await walk(server, '/books?sort_by=created_at&order=asc', { limit: 100 })).rows;
  members = [];
  for (let i = 0; i < 23; i++) members.push(await makeMember(server, { name: `Walker ${i % 5}`, ...(i % 3 ? { email: `w${i}@example.org` } : {}) }));
  for (let i = 0; i < 30; i++) {
    const borrow = await lend(server, books[i], members[i % 23], { occurred_at: daysAgo((i % 6) + 1) });
    if (i % 2) await takeBack(server, borrow, i % 4 === 1 ? { occurred_at: daysAgo(0.5) } : undefined);
  }
  // What is set aside has lists of its own, long enough to be walked.
  for (let i = 0; i < 15; i++) {
    await makeMember(server, { name: `Walker ${i % 4}`, member_type: 'student', group: 'Walkers', ...(i % 2 ? { email: `s${i}@example.org` } : {}) });
    const gone = await makeMember(server, { name: `Gone ${i % 4}` });
    assert.equal((await server.delete(`/members/${gone.id}`)).status, 204);
    const title = await makeBook(server, { title: `Gone ${i % 4}`, total_copies: (i % 2) + 1, ...(i % 3 ? { year: 1990 + (i % 3) } : {}) });
    const [copy] = await copiesOf(server, title);
    expect(await server.patch(`/copies/${copy.id}`, { status: 'withdrawn' }), 200);
    assert.equal((await server.delete(`/books/${title.id}`)).status, 204);
    const [broken] = await copiesOf(server, books[45 + i]);
    expect(await server.patch(`/copies/${broken.id}`, { status: 'in_repair' }), 200);
  }
});
after(() => server.stop({ check: true }));

/** Every list of the document, with the sorts it names; filled enough to be walked. */
const LISTS = [
  { path: '/books', sorts: ['title', 'author', 'available_copies', 'created_at', 'year', 'borrow_count'] },
  { path: '/members', sorts: ['name', 'created_at', 'email'] },
  { path: '/borrows', sorts: ['borrowed_at', 'due_date', 'returned_at', 'status'] },
  { path: '/borrowings', sorts: ['borrowed_at', 'due_date', 'returned_at', 'status'] },
  { path: '/borrows?status=borrowed', sorts: ['borrowed_at', 'due_date', 'returned_at', 'status'] },
  { path: '/borrows?status=returned', sorts: ['borrowed_at', 'due_date', 'returned_at', 'status'] },
  { path: `/borrows?from=${daysAgo(5).slice(0, 10)}&to=${daysAgo(2)}`, sorts: ['borrowed_at', 'due_date'] },
  { path: `/borrows?status=returned&from=${daysAgo(8)}`, sorts: ['borrowed_at'] },
  { path: '/borrows?q=tie', sorts: ['borrowed_at', 'status'] },
  { path: '/books?available=true', sorts: ['title', 'year'] },
  { path: '/books?q=tie', sorts: ['title', 'author', 'created_at'] },
  { path: '/books?archived=true', sorts: ['title', 'author', 'available_copies', 'created_at', 'year', 'borrow_count'] },
  { path: '/members?member_type=student', sorts: ['name', 'created_at', 'email'] },
  { path: '/members?group=Walkers', sorts: ['name', 'created_at', 'email'] },
  { path: '/members?archived=true', sorts: ['name', 'created_at', 'email'] },
  { path: '/copies', sorts: ['created_at', 'barcode'] },
  { path: '/copies?include_withdrawn=true', sorts: ['created_at', 'barcode'] },
  { path: '/copies?status=available', sorts: ['created_at', 'barcode'] },
  { path: '/copies?status=in_repair', sorts: ['created_at', 'barcode'] },
  { path: '/copies?status=withdrawn', sorts: ['created_at', 'barcode'] },
  { path: '/admin/audit-logs', sorts: ['at'] },
  { path: '/admin/audit-logs?action=borrow.lent', sorts: ['at'] },
  { path: '/admin/audit-logs?action=member.registered', sorts: ['at'] },
  { path: '/admin/audit-logs?entity=copy', sorts: ['at'] },
  { path: `/admin/audit-logs?from=${daysAgo(1)}&to=${daysAgo(-1).slice(0, 10)}`, sorts: ['at'] },
];

const keyOf = (row) => row.id ?? JSON.stringify([row.at, row.entity_id, row.action, row.correlation_id]);
const withQuery = (path, query) => `${path}${path.includes('?') ? '&' : '?'}${query}`;

/** What the rows of a sort must be ordered by, where JSON shows it as it is compared. */
const COMPARED = {
  available_copies: (row) => row.available_copies, created_at: (row) => row.created_at, year: (row) => row.year ?? -9999, borrow_count: (row) => row.borrow_count,
  borrowed_at: (row) => row.borrowed_at, due_date: (row) => row.due_date, returned_at: (row) => row.returned_at ?? '', barcode: (row) => row.barcode,
  email: (row) => row.email ?? '', at: (row) => row.at, author: (row) => row.author, name: (row) => row.name, status: (row) => row.status,
};

describe('a walk by cursor', () => {
  for (const { path, sorts } of LISTS) {
    for (const sort of sorts) {
      for (const order of ['asc', 'desc']) {
        test(`of ${path} by ${sort} ${order} is the whole list, forwards and backwards, and the other way round`, async () => {
          const query = withQuery(path, `sort_by=${sort}&order=${order}`);
          const { rows, pages } = await walk(server, query);
          const keys = rows.map(keyOf);
          assert.equal(new Set(keys).size, keys.length, 'no row twice');
          for (const page of pages) assert.equal(page.meta.total, rows.length, 'the total is exact on every page');
          assert.ok(pages.length > 2, 'enough rows to walk');

          // By number, all at once: the same rows in the same order.
          const byNumber = [];
          for (let offset = 0; offset < rows.length; offset += 100) {
            byNumber.push(...expect(await server.get(withQuery(query, `limit=100&offset=${offset}`)), 200).data);
          }
          assert.deepEqual(byNumber.map(keyOf), keys);

          const last = expect(await server.get(withQuery(query, `limit=7&cursor=${pages[0].meta.last_cursor}`)), 200);
          assert.deepEqual(last.data.map(keyOf), keys.slice(-7), 'one step to the last rows');
          assert.equal(last.meta.next_cursor, null);
          assert.deepEqual((await walkBack(server, query, pages[0].meta.last_cursor)).map(keyOf), keys, 'and back from there');

          const back = await walkBack(server, query, pages.at(-1).meta.previous_cursor);
          assert.deepEqual([...back, ...pages.at(-1).data].map(keyOf), keys, 'walking back is the same walk');

          const compared = COMPARED[sort];
          if (compared) {
            const values = rows.map(compared);
            const sorted = values.every((value, i) => i === 0 || (order === 'asc' ? values[i - 1] <= value : values[i - 1] >= value));
            assert.ok(sorted, `${sort} ${order}: ${values}`);
          }
          const reversed = (await walk(server, withQuery(path, `sort_by=${sort}&order=${order === 'asc' ? 'desc' : 'asc'}`), { limit: 100 })).rows;
          assert.deepEqual(reversed.map(keyOf).reverse(), keys, 'the other order is this one reversed');
        });
      }
    }
  }

  test('turns round anywhere: forwards, back, forwards again', async () => {
    const page = async (cursor) => expect(await server.get(`/books?sort_by=title&limit=10${cursor ? `&cursor=${cursor}` : ''}`), 200);
    const first = await page();
    assert.equal(first.meta.previous_cursor, null);
    const second = await page(first.meta.next_cursor);
    const third = await page(second.meta.next_cursor);
    const again = await page(third.meta.previous_cursor);
    assert.deepEqual(again.data, second.data);
    assert.deepEqual((await page(again.meta.previous_cursor)).data, first.data);
    assert.deepEqual((await page(again.meta.next_cursor)).data, third.data);
    const start = await page(second.meta.previous_cursor);
    assertHas(start.meta, { has_more: false, previous_cursor: null });
    assert.notEqual(start.meta.next_cursor, null);
  });

  /** Walks each list forwards, with a change between any two pages, and back from its end while changes go on: whoever stood still is there once. */
  const walkDuring = async (server, lists, change) => {
    const whole = async (path) => (await walk(server, path, { limit: 100 })).rows.map(keyOf);
    const before = new Map();
    for (const path of lists) before.set(path, await whole(path));
    let running = true;
    let changes = 0;
    let tell = () => {};
    const changing = (async () => {
      try {
        for (; running; changes++, tell()) await change(changes);
      } finally {
        running = false;
        tell();
      }
    })();
    const oneChange = () => new Promise((done) => (running ? (tell = done) : done()));
    try {
      for (const path of lists) {
        const first = expect(await server.get(withQuery(path, 'limit=7')), 200);
        const forwards = await walk(server, path, { between: oneChange });
        for (const rows of [forwards.rows, await walkBack(server, path, first.meta.last_cursor)]) {
          const seen = rows.map(keyOf);
          assert.equal(new Set(seen).size, seen.length, `${path}: no row twice`);
          const after = new Set(await whole(path));
          assert.deepEqual(before.get(path).filter((key) => after.has(key) && !seen.includes(key)), [], `${path}: no row skipped`);
        }
      }
      assert.ok(running && changes > lists.length, 'something changed all the time');
    } finally {
      running = false;
      await changing;
    }
  };

  test('neither skips nor repeats a row while others are added and archived', async () => {
    const writer = await startServer({ seedCsv: ['title,author', ...Array.from({ length: 60 }, (_, i) => `Steady ${String(i).padStart(3, '0')},A. B.`), ''].join('\n') });
    const extra = [];
    const lists = ['title', 'title&order=desc', 'created_at&order=asc', 'author', 'available_copies'].map((sort) => `/books?sort_by=${sort}`);
    await walkDuring(writer, lists, async (i) => {
      extra.push(await makeBook(writer, { title: `Steady ${String((i * 37) % 60).padStart(3, '0')} bis ${i}` }));
      if (i % 2) assert.equal((await writer.delete(`/books/${extra.shift().id}`)).status, 204);
    });
    await writer.stop({ check: true });
  });

  test('nor while members come and go, loans are made and taken back, copies break', async () => {
    const writer = await startServer({ seedCsv: ['title,author,copies', ...Array.from({ length: 20 }, (_, i) => `Title ${i % 5},Author ${i},1`), ''].join('\n') });
    const titles = (await walk(writer, '/books', { limit: 100 })).rows;
    const readers = [];
    for (let i = 0; i < 20; i++) readers.push(await makeMember(writer, { name: `Reader ${i % 4}`, group: 'Steady' }));
    for (let i = 0; i < 20; i++) await lend(writer, titles[i], readers[i], { occurred_at: daysAgo(i % 5) });
    const extra = [];
    const lists = ['/members?sort_by=name', '/members?group=Steady&sort_by=email', '/borrows?status=borrowed&sort_by=due_date', '/borrows?sort_by=due_date&order=desc', '/copies', '/admin/audit-logs'];
    await walkDuring(writer, lists, async (i) => {
      const member = await makeMember(writer, { name: `Reader ${i % 4}`, group: 'Steady' });
      const loan = await lend(writer, await makeBook(writer, { title: `Title ${i % 5}` }), member);
      extra.push({ member, loan });
      if (i % 2 === 0) return;
      const gone = extra.shift();
      await takeBack(writer, gone.loan);
      assert.equal((await writer.delete(`/members/${gone.member.id}`)).status, 204);
      expect(await writer.patch(`/copies/${gone.loan.copy_id}`, { status: i % 4 === 1 ? 'withdrawn' : 'in_repair' }), 200);
    });
    await writer.stop({ check: true });
  });

  test('goes on when the row that the cursor stands on has been archived meanwhile', async () => {
    const group = unique('cursor group');
    const rows = [];
    for (let i = 0; i < 6; i++) rows.push(await makeMember(server, { name: `Cursor ${i}`, group }));
    const path = `/members?group=${encodeURIComponent(group)}&sort_by=name&limit=2`;
    const first = expect(await server.get(path), 200);
    assert.equal((await server.delete(`/members/${rows[1].id}`)).status, 204);
    const second = expect(await server.get(`${path}&cursor=${first.meta.next_cursor}`), 200);
    assert.deepEqual(second.data.map((row) => row.name), ['Cursor 2', 'Cursor 3']);
    const back = expect(await server.get(`${path}&cursor=${second.meta.previous_cursor}`), 200);
    assert.deepEqual(back.data.map((row) => row.name), ['Cursor 0']);
  });
});

describe('a cursor', () => {
  const next = async (path) => expect(await server.get(withQuery(path, 'limit=5')), 200).meta.next_cursor;

  test('is opaque base64url', async () => {
    assert.match(await next('/books'), /^[A-Za-z0-9_-]+$/);
  });

  test('used with another sort, order, filter, search or list is 400', async () => {
    const cursor = await next('/books?sort_by=title');
    for (const path of [
      '/books?sort_by=author', '/books?sort_by=created_at', '/books?sort_by=title&order=desc', '/books?sort_by=title&available=true', '/books?sort_by=title&q=tie',
      '/books?sort_by=title&archived=true', '/books?sort_by=title&year_from=1', '/members?sort_by=name',
    ]) {
      refused(await server.get(withQuery(path, `cursor=${cursor}`)), 400, 'INVALID_CURSOR');
    }
    refused(await server.get(`/books?sort_by=title&available=true&cursor=${await next('/books?sort_by=title&available=false')}`), 400, 'INVALID_CURSOR');
    const status = await next('/borrows?sort_by=status');
    refused(await server.get(`/borrows?sort_by=returned_at&order=asc&cursor=${status}`), 400, 'INVALID_CURSOR');
  });

  test('that is broken is 400', async () => {
    const cursor = await next('/books?sort_by=title');
    const garbage = Buffer.from('n 0000000000000000 x tx').toString('base64url');
    for (const broken of ['x', '%00', '!!!', cursor.slice(0, -3), `${cursor}AAAA`, cursor.slice(4), garbage, 'A'.repeat(1025), 'eyJhIjoxfQ']) {
      const reply = await server.http('GET', `/api/v1/books?sort_by=title&cursor=${broken}`);
      assert.equal(reply.status, 400, `${broken}: ${reply.text}`);
    }
  });

  test('does not need the limit it was made with', async () => {
    const all = (await walk(server, '/books?sort_by=title', { limit: 100 })).rows;
    const cursor = await next('/books?sort_by=title');
    const page = expect(await server.get(`/books?sort_by=title&limit=50&cursor=${cursor}`), 200);
    assert.deepEqual(page.data.map((book) => book.id), all.slice(5, 55).map((book) => book.id));
  });
});

describe('the parameters of a list', () => {
  test('limit: 20 unless said, 1 to 100, else 400', async () => {
    const page = expect(await server.get('/books'), 200);
    assert.equal(page.data.length, 20);
    assertHas(page.meta, { total: BOOKS, limit: 20, offset: 0, has_more: true, previous_cursor: null });
    assert.equal(expect(await server.get('/books?limit=1'), 200).data.length, 1);
    assert.equal(expect(await server.get('/books?limit=100'), 200).data.length, BOOKS);
    for (const limit of ['0', '-1', '101', '1000000', 'many', '1.5', '1e2', '99999999999999999999']) {
      refused(await server.get(`/books?limit=${limit}`), 400, 'INVALID_PARAMETER', /limit/);
    }
  });

  test('offset: pages by number up to 10,000; past it 400 naming the cursor', async () => {
    const whole = expect(await server.get('/books?limit=100&sort_by=title'), 200).data;
    const page = expect(await server.get('/books?limit=10&offset=10&sort_by=title'), 200);
    assert.deepEqual(page.data, whole.slice(10, 20));
    assertHas(page.meta, { offset: 10, total: BOOKS, has_more: true });
    const cursor = expect(await server.get(`/books?limit=10&sort_by=title&cursor=${page.meta.previous_cursor}`), 200);
    assert.deepEqual(cursor.data, whole.slice(0, 10), 'from a page by number one may go on by cursor');
    const past = expect(await server.get('/books?offset=10000'), 200);
    assert.deepEqual([past.data, past.meta.has_more, past.meta.total], [[], false, BOOKS]);
    refused(await server.get('/books?offset=10001'), 400, 'INVALID_PARAMETER', /cursor/);
    for (const offset of ['-1', 'x', '1.5']) refused(await server.get(`/books?offset=${offset}`), 400, 'INVALID_PARAMETER', /offset/);
  });

  test('sort: sort_by and order, or sort=-field; unknown ones are 400', async () => {
    const titles = async (query) => expect(await server.get(`/books?limit=100&${query}`), 200).data.map((book) => book.id);
    assert.deepEqual(await titles('sort=-year'), await titles('sort_by=year&order=desc'));
    assert.deepEqual(await titles('sort=year'), await titles('sort_by=year&order=asc'));
    assert.deepEqual(await titles('sort_by=title&order=ASC'), await titles('sort_by=title'));
    for (const query of ['sort_by=colour', 'sort=-colour', 'sort_by=id', 'sort_by=title_key', 'sort=%2Dtitle%3B', 'order=sideways', 'sort_by=title&order=down']) {
      refused(await server.get(`/books?${query}`), 400, 'INVALID_PARAMETER');
    }
  });

  test('articles and accents do not count when titles are sorted', async () => {
    const titles = expect(await server.get('/books?limit=100&sort_by=title'), 200).data.map((book) => book.title);
    const bare = titles.map((title) => title.replace(/^(The|A) /, '').replace(/^É/, 'E'));
    const english = bare.filter((title) => !title.startsWith('Le ')); // French articles count in an English library
    assert.deepEqual(english, [...english].sort());
    assert.notDeepEqual(titles, [...titles].sort());
  });

  test('every sort of every list in the document has been walked here', () => {
    for (const { path, operation } of server.contract.operations.filter((one) => one.method === 'GET')) {
      const sort = operation.parameters?.find((parameter) => parameter.name === 'sort_by');
      if (!sort) continue;
      const bare = path.replace('/api/v1', '');
      const mine = LISTS.find((list) => list.path === bare);
      if (mine) assert.deepEqual([...sort.schema.enum].sort(), [...mine.sorts].sort(), path);
      const limit = operation.parameters.find((parameter) => parameter.name === 'limit');
      assertHas(limit.schema, { minimum: 1, maximum: 100, default: 20 });
      for (const { name } of operation.parameters) assert.match(name, /^[a-z][a-zA-Z_]*$/, `${path}: ${name}`);
    }
  });

  test('every list of the document answers a page, refuses a bad limit, and can be had as CSV', async () => {
    const take = expect(await server.post('/stocktakes', { name: 'Lists' }), 201);
    const borrow = expect(await server.get('/borrows?limit=1'), 200).data[0];
    const list = expect(await server.post('/reading-lists', { name: 'Lists' }), 201);
    const batch = expect(await server.post('/imports?name=lists.csv', 'title,author\r\nNone yet,Nobody\r\n', { 'Content-Type': 'text/csv' }), 201);
    const { webhook } = expect(await server.post('/webhooks', { name: 'Lists', url: 'http://127.0.0.1:9/', enabled: false }), 201);
    const idOf = { webhooks: webhook.id, imports: batch.id, lists: list.id, books: books[0].id, members: members[0].id, member: members[0].id, borrows: borrow.id, borrowings: borrow.id, stocktakes: take.id };
    const lists = server.contract.operations.filter((one) => one.operation.parameters?.some((parameter) => parameter.name === 'cursor'));
    assert.ok(lists.length >= 15, `${lists.length} lists`);
    for (const { path, operation } of lists) {
      const target = path.replace('/api/v1', '').replace(/(\w+)\/\{id\}/, (_, of) => `${of}/${idOf[of] ?? books[0].id}`);
      const page = await server.get(`${target}?limit=2`);
      if (!operation.responses['200'].content['application/json']) {
        assert.match(page.headers['content-type'], /^text\/csv/, path);
        continue;
      }
      // A reader's own lists: nobody is signed in here.
      if (page.status === 409) {
        refused(page, 409, 'AUTH_IS_OFF');
        continue;
      }
      const { data, meta } = expect(page, 200);
      assert.ok(data.length <= 2 && meta.total >= data.length, path);
      refused(await server.get(`${target}?limit=0`), 400, 'INVALID_PARAMETER', /limit/);
      refused(await server.get(`${target}?sort_by=nonsense`), 400, 'INVALID_PARAMETER');
      const csv = await server.get(target, { Accept: 'text/csv' });
      assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8', path);
      const rows = parseCsv(csv.text);
      assert.equal(rows.length - 1, meta.total, `${path}: all rows`);
      assert.ok(rows.every((row) => row.length === rows[0].length), `${path}: as many cells as the header has`);
    }
  });
});

describe('a list as CSV', () => {
  const csvOf = async (path, accept = 'text/csv') => {
    const reply = await server.get(path, { Accept: accept });
    assert.equal(reply.status, 200, reply.text);
    assert.equal(reply.headers['content-type'], 'text/csv; charset=utf-8');
    assert.match(reply.headers['content-disposition'] ?? '', /^attachment; filename="[a-z-]+\.csv"$/);
    const [header, ...rows] = parseCsv(reply.text);
    return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]])));
  };

  test('has all rows in the order asked for, whatever limit says, under the names of the JSON', async () => {
    const rows = await csvOf('/books?sort_by=title&limit=5');
    const whole = expect(await server.get('/books?limit=100&sort_by=title'), 200).data;
    assert.deepEqual(rows.map((row) => row.id), whole.map((book) => book.id));
    const [row, book] = [rows[0], whole[0]];
    // A picture has nothing to say in a spreadsheet; what readers think is no part of the catalogue that goes out.
    assert.deepEqual(Object.keys(row), Object.keys(book).filter((name) => !['cover', 'rating', 'rating_count'].includes(name)));
    assertHas(row, { title: book.title, year: book.year === null ? '' : String(book.year), total_copies: String(book.total_copies), created_at: book.created_at });
  });

  test('keeps filters and search', async () => {
    const rows = await csvOf('/borrows?status=returned');
    assert.equal(rows.length, 15);
    assert.ok(rows.every((row) => row.status === 'returned' && row.book_title && row.member_name && row.copy_barcode));
  });

  test('is JSON when JSON is asked for first, or anything will do', async () => {
    for (const accept of ['application/json', '*/*', 'application/json, text/csv;q=0.5', 'text/html,application/xhtml+xml,*/*;q=0.8']) {
      const reply = await server.get('/books', { Accept: accept });
      assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8', accept);
    }
    await csvOf('/books', 'text/csv, application/json;q=0.5');
  });

  test('quotes what needs quotes, and cannot be run as a formula', async () => {
    const note = unique('csv');
    const names = ['=HYPERLINK("http://x","y")', '+49 30 1', '-1+1', '@SUM(A1)', '"Quoted", with comma', 'Two\nlines', ' lead and trail '];
    for (const title of names) await makeBook(server, { title, publisher: note });
    const rows = await csvOf('/books?limit=100');
    const told = rows.filter((row) => row.publisher === note).map((row) => row.title);
    const expected = [`'=HYPERLINK("http://x","y")`, "'+49 30 1", "'-1+1", "'@SUM(A1)", '"Quoted", with comma', 'Two\nlines', 'lead and trail'];
    assert.deepEqual(told.sort(), expected.sort());
    for (const row of rows) for (const [name, cell] of Object.entries(row)) if (name !== 'year') assert.doesNotMatch(cell, /^[=+@\t\r-]/, name);
  });

  test('of more rows than one piece holds is complete, and an empty one is its header', async () => {
    const many = ['title,author', ...Array.from({ length: 2500 }, (_, i) => `Piece ${i},A. B.`), ''].join('\n');
    const big = await startServer({ seedCsv: many });
    const reply = await big.get('/books/export/csv?sort_by=created_at&order=asc');
    const titles = parseCsv(reply.text).slice(1).map((row) => row[1]);
    assert.deepEqual(titles, Array.from({ length: 2500 }, (_, i) => `Piece ${i}`));
    assert.equal(parseCsv((await big.get('/borrows', { Accept: 'text/csv' })).text).length, 1);
    await big.stop({ check: true });
  });

  test('ids of copies are those of the JSON', async () => {
    const rows = await csvOf(`/books/${books[0].id}/copies`);
    assert.deepEqual(rows.map((row) => row.id).sort(), (await copiesOf(server, books[0])).map((copy) => copy.id).sort());
    assert.ok(rows.every((row) => row.book_id === books[0].id));
  });
});
