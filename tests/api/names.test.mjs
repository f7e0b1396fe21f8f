// Authors and categories: how many titles have a name, another name for all of them, two made one.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { expect, invalid, makeBook, refused, unique } from '../support/library.mjs';
import { startServer } from '../support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.stop({ check: true }));

const q = encodeURIComponent;
const authors = async (typed) => expect(await server.get(`/authors?limit=100&q=${q(typed)}`), 200).names;
const categories = async (typed) => expect(await server.get(`/categories?limit=100&q=${q(typed)}`), 200).names;
const rename = async (from, to) => expect(await server.post('/authors/rename', { from, to }), 200);
const authorOf = async (book) => expect(await server.get(`/books/${book.id}?archived=true`), 200).author;
const categoriesOf = async (book) => expect(await server.get(`/books/${book.id}`), 200).categories;

/** All names, a page of `limit` at a time. */
async function walkNames(path, limit) {
  const names = [];
  let next = null;
  do {
    const page = expect(await server.get(`${path}?limit=${limit}${next === null ? '' : `&after=${q(next)}`}`), 200);
    names.push(...page.names);
    next = page.next;
  } while (next !== null);
  return names;
}

describe('authors', () => {
  test('each of several has a name of their own; any part of it finds them, whatever case and accents', async () => {
    await makeBook(server, { author: 'Émile Quaxley; Ann Quaxley' });
    await makeBook(server, { author: 'Ann Quaxley' });
    assert.deepEqual(await authors('QUAXL'), [
      { name: 'Ann Quaxley', titles: 2 },
      { name: 'Émile Quaxley', titles: 1 },
    ]);
    assert.deepEqual(await authors('quax emil'), [{ name: 'Émile Quaxley', titles: 1 }]);
    assert.deepEqual(await authors('nobody writes so'), []);
    const all = await walkNames('/authors', 2);
    assert.deepEqual(all, await walkNames('/authors', 100));
    assert.ok(all.length >= 2);
    refused(await server.get('/authors?limit=101'), 400, 'INVALID_PARAMETER', /limit/);
  });

  test('another name goes into every title, the archived ones included, and search finds it at once', async () => {
    const books = [];
    for (let i = 0; i < 45; i++) books.push(await makeBook(server, { author: i % 3 ? 'Gorge Orwel' : 'Gorge Orwel; B. Coauthor' }));
    expect(await server.delete(`/books/${books[7].id}`), 204);
    const other = await makeBook(server, { author: 'Gorge Orwel Jr.' });
    const edited = expect(await server.get(`/books/${books[0].id}`), 200);
    assert.deepEqual(await rename('gorge orwel', 'George Orwell'), { name: 'George Orwell', titles: 45, left: 0 });
    assert.equal(await authorOf(books[0]), 'George Orwell; B. Coauthor');
    assert.equal(await authorOf(books[7]), 'George Orwell');
    assert.equal(await authorOf(other), 'Gorge Orwel Jr.');
    assert.deepEqual(await authors('orwel'), [{ name: 'George Orwell', titles: 45 }, { name: 'Gorge Orwel Jr.', titles: 1 }]);
    assert.equal(expect(await server.get(`/search/books?q=${q('george orwell')}`), 200).meta.total, 44);
    refused(await server.put(`/books/${books[0].id}`, { ...edited, title: 'X' }, { 'If-Match': `"${edited.version}"` }), 412, 'PRECONDITION_FAILED');
    refused(await server.post('/authors/rename', { from: 'Gorge Orwel', to: 'G' }), 404, 'AUTHOR_NOT_FOUND', /Gorge Orwel/);
    const [row] = expect(await server.get('/admin/audit-logs?action=author.renamed&limit=1'), 200).data;
    assert.deepEqual([JSON.parse(row.before).author, JSON.parse(row.after)], ['gorge orwel', { author: 'George Orwell', titles: '45' }]);
  });

  test('a name that is there already joins them; who is named twice is named once', async () => {
    const both = await makeBook(server, { author: 'S. Lem; Stanisław Lem; Franz Rottensteiner' });
    const one = await makeBook(server, { author: 'Stanislaw Lem' });
    await rename('S. Lem', 'Stanisław Lem');
    assert.equal(await authorOf(both), 'Stanisław Lem; Franz Rottensteiner');
    assert.equal((await authors('lem')).find((found) => found.name.startsWith('Stanis')).titles, 2);
    // Only the way it is written.
    await rename('stanislaw lem', 'Stanisław Lem');
    assert.equal(await authorOf(one), 'Stanisław Lem');
  });

  test('a title without room for the name keeps the old one, and that is said', async () => {
    const full = await makeBook(server, { author: `Zed Q; ${'x'.repeat(93)}` });
    assert.deepEqual(await rename('Zed Q', 'Zedekiah Quill'), { name: 'Zedekiah Quill', titles: 0, left: 1 });
    assert.match(await authorOf(full), /^Zed Q; /);
  });

  test('what is no single other name is refused', async () => {
    const name = unique('Somebody');
    await makeBook(server, { author: name });
    invalid(await server.post('/authors/rename', { from: name, to: 'A; B' }), ['to']);
    invalid(await server.post('/authors/rename', { from: name, to: name }), ['to']);
    invalid(await server.post('/authors/rename', { from: '' }), ['from', 'to']);
    for (const from of ['???', 'Some', `${name}; Other`]) refused(await server.post('/authors/rename', { from, to: 'X' }), 404, 'AUTHOR_NOT_FOUND');
  });
});

describe('categories', () => {
  test('what several do to the same ones at once is done or refused, never a fault', async () => {
    const book = await makeBook(server, { categories: ['Race A', 'Race B', 'Race C', 'Race D', 'Race E'] });
    const replies = await Promise.all([
      ...['A', 'B', 'C'].map((letter) => server.put('/categories', { name: `Race ${letter}`, new_name: 'Race One' })),
      server.put('/categories', { name: 'Race D', new_name: 'Race E', join: true }),
      server.put('/categories', { name: 'Race E', new_name: 'Race D', join: true }),
      server.delete('/categories?name=Race%20E'),
    ]);
    for (const { status } of replies) assert.ok([200, 404, 409].includes(status), `${status}`);
    assert.equal((await categoriesOf(book)).filter((name) => name === 'Race One').length, 1);
  });

  test('are listed with the number of their titles', async () => {
    await makeBook(server, { categories: ['Zoology: Birds', 'Zoology: Fish'] });
    await makeBook(server, { categories: ['zoology: birds'] });
    assert.deepEqual(await categories('ZOOLOGY'), [{ name: 'Zoology: Birds', titles: 2 }, { name: 'Zoology: Fish', titles: 1 }]);
    assert.deepEqual(await walkNames('/categories', 1), await walkNames('/categories', 100));
  });

  test('get another name in all their titles', async () => {
    const book = await makeBook(server, { categories: ['Sci/Fi', 'Old'] });
    assert.deepEqual(expect(await server.put('/categories', { name: 'sci/fi', new_name: 'Science Fiction' }), 200), { name: 'Science Fiction', titles: 1 });
    assert.deepEqual(await categoriesOf(book), ['Science Fiction', 'Old']);
    assert.deepEqual(expect(await server.get('/books?genre=science%20fiction'), 200).data.map((row) => row.id), [book.id]);
    // Its own name written another way is no other category.
    expect(await server.put('/categories', { name: 'Old', new_name: 'OLD' }), 200);
    assert.deepEqual(await categoriesOf(book), ['Science Fiction', 'OLD']);
  });

  test('with the name of another one only when that is said: then both are one', async () => {
    const books = [];
    for (let i = 0; i < 25; i++) books.push(await makeBook(server, { categories: i % 2 ? ['Krimi'] : ['Krimi', 'Crime'] }));
    const facts = { name: 'Krimi', new_name: 'crime' };
    assert.deepEqual(refused(await server.put('/categories', facts), 409, 'DUPLICATE_CATEGORY', /with 13 titles/).reason, { titles: 13 });
    assert.deepEqual(expect(await server.put('/categories', { ...facts, join: true }), 200), { name: 'Crime', titles: 25 });
    for (const book of books) assert.deepEqual(await categoriesOf(book), ['Crime']);
    assert.deepEqual(await categories('krimi'), []);
    assert.deepEqual(await categories('crime'), [{ name: 'Crime', titles: 25 }]);
    // What is held in memory says the same.
    assert.equal(expect(await server.get('/books?genre=crime'), 200).meta.total, 25);
    refused(await server.put('/categories', { ...facts, join: true }), 404, 'CATEGORY_NOT_FOUND');
  });

  test('are taken away from all titles', async () => {
    const book = await makeBook(server, { categories: ['Stays', 'Goes & Co'] });
    assert.deepEqual(expect(await server.delete(`/categories?name=${q('goes & co')}`), 200), { name: null, titles: 1 });
    assert.deepEqual(await categoriesOf(book), ['Stays']);
    assert.equal(expect(await server.get(`/books?genre=${q('goes & co')}`), 200).meta.total, 0);
    refused(await server.delete(`/categories?name=${q('goes & co')}`), 404, 'CATEGORY_NOT_FOUND', /goes & co/);
    refused(await server.delete('/categories'), 400, 'INVALID_PARAMETER', /name/);
    invalid(await server.put('/categories', { name: '' }), ['name', 'new_name']);
  });
});
