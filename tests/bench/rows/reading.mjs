// reading.mjs — search, suggestions, dashboard: what people wait for while they look.
import { api, each, round, row, times } from '../lib.mjs';

const DAY_MS = 86_400_000;
const inServer = (figures) => `p50 ${round(figures.server_p50_ms, 2)}, p99 ${round(figures.server_p99_ms, 2)}, max ${round(figures.server_max_ms)} ms`;

/** The same each time, so that two runs compare. */
function dice(seed) {
  let state = seed;
  return (below) => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return Math.floor(state / 2 ** 32 * below); };
}

async function sampleBooks(server) {
  const { meta } = await api(server, '/books?limit=1');
  const pick = dice(1);
  const places = Array.from({ length: 5 }, () => pick(Math.min(10000, meta.total)));
  return (await Promise.all(places.map((offset) => api(server, `/books?limit=20&offset=${offset}`)))).flatMap(({ data }) => data);
}

const wordsOf = (books) => books.flatMap(({ title }) => title.split(/[^\p{L}]+/u)).filter((word) => word.length > 3);

export async function search(server) {
  const sample = await sampleBooks(server);
  const words = wordsOf(sample);
  const queries = [
    ...words.slice(0, 60), ...words.slice(0, 30).map((word) => word.slice(0, 2)), ...words.slice(0, 30).map((word) => word.slice(0, 3)),
    ...sample.slice(0, 30).map((book) => book.author.split(' ').at(-1)), ...sample.filter((book) => book.isbn).slice(0, 30).map((book) => book.isbn.slice(0, 6)),
    'the', 'of', 'a', ...words.slice(0, 20).map((word) => `${word.slice(0, 2)}${word[3]}${word[2]}${word.slice(4)}`),
  ];
  const page = each(server, ['/books?sort_by=title&limit=20'], 50)[0].server_p50_ms;
  for (const sort of [null, 'title', 'created_at', 'borrow_count']) {
    const figures = times(server, queries.map((query) => `/books?q=${encodeURIComponent(query)}&limit=20${sort ? `&sort_by=${sort}` : ''}`));
    row(`search, 20 with exact total, ${sort ? `by ${sort}` : 'as it comes'}`, inServer(figures), 'p50 ≤ 1, p99 ≤ 5 ms', `page by title ${round(page, 2)} ms`, `${round(figures.server_p50_ms / page)} ×`, figures);
  }
}

export async function suggestions(server) {
  const typed = wordsOf(await sampleBooks(server)).slice(0, 60).flatMap((word) => [2, 3, 4].map((length) => word.slice(0, length)));
  const targets = typed.map((text) => `/search/suggestions?q=${encodeURIComponent(text)}`);
  const figures = times(server, targets);
  row('suggestions while typing', inServer(figures), 'p99 ≤ 1 ms', '', '', figures);
}

/** What titles can be narrowed down by: of all, of what was typed, beside filters. */
export async function facets(server) {
  const words = wordsOf(await sampleBooks(server));
  const { facets: all } = await api(server, '/search/facets');
  const value = (facet, i) => encodeURIComponent(all[facet][i % all[facet].length].value);
  const filters = Array.from({ length: 40 }, (_, i) => [
    `genre=${value('genre', i)}`, `author_name=${value('author_name', i)}`, `language=${value('language', i)}&available=true`,
    `year_from=${value('decade', i)}&year_to=${Number(value('decade', i)) + 9}`, `q=the&genre=${value('genre', i)}`][i % 5]);
  const queries = ['', ...[...words.slice(0, 80), ...words.slice(0, 30).map((word) => word.slice(0, 2)), 'the', 'of', 'a'].map((word) => `q=${encodeURIComponent(word)}`), ...filters];
  const none = each(server, ['/search/facets'], 50)[0];
  const figures = times(server, queries.map((query) => `/search/facets?${query}`));
  row('facets, mixed questions', inServer(figures), 'p99 ≤ 5 ms', `of the whole catalogue ${round(none.server_p50_ms, 2)} ms`, '', figures);
}

/** Of readers as they come, of those who borrow most, and of one who has borrowed nothing yet; then of titles. */
export async function recommendations(server) {
  const { meta } = await api(server, '/members?limit=1');
  const pick = dice(3);
  const some = (await Promise.all(Array.from({ length: 10 }, () => api(server, `/members?limit=20&offset=${pick(Math.min(10000, meta.total))}`)))).flatMap(({ data }) => data);
  const heavy = (await api(server, '/analytics/summary')).top_members.map(({ member_id: id }) => ({ id }));
  const books = [...await sampleBooks(server), ...(await api(server, '/books?sort=-borrow_count&limit=50')).data];
  const ask = (name, targets, target) => {
    const figures = times(server, targets);
    row(name, inServer(figures), target, '', '', figures);
  };
  ask('recommendations, readers by chance', some.map(({ id }) => `/books/recommended/${id}`), 'p99 ≤ 5 ms');
  ask('recommendations, who borrow most', heavy.map(({ id }) => `/books/recommended/${id}?limit=20`), 'p99 ≤ 5 ms');
  ask('what readers of a title also borrowed', books.map(({ id }) => `/books/${id}/similar`), 'p99 ≤ 5 ms');
}

/** A title as the desk sees it: who has it, who had it, what all its loans say. */
export async function details(server) {
  const ask = (name, books) => {
    const figures = times(server, books.map(({ id }) => `/books/${id}/details`));
    row(`details of a title, ${name}`, inServer(figures), 'p99 ≤ 5 ms', '', '', figures);
  };
  ask('titles by chance', await sampleBooks(server));
  ask('those lent most', (await api(server, '/books?sort=-borrow_count&limit=100')).data);
}

export async function dashboard(server) {
  const today = Date.now();
  const day = (back) => new Date(today - back * DAY_MS).toISOString().slice(0, 10);
  const pick = dice(2);
  const ranges = Array.from({ length: 60 }, () => { const to = pick(3650); return `?from=${day(to + 1 + pick(3650 - to))}&to=${day(to)}`; });
  const ask = (name, queries, target) => {
    const figures = times(server, queries.map((query) => `/analytics/summary${query}`));
    row(`dashboard, ${name}`, inServer(figures), target, '', '', figures);
  };
  ask('30 days', [''], 'p99 ≤ 5 ms');
  ask('ten years', [`?from=${day(3652)}&to=${day(0)}`], 'p99 ≤ 50 ms');
  ask('60 ranges by chance', ranges, 'p99 ≤ 50 ms');
}
