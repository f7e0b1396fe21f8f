// api_demo.mjs - walks through what a library does every day, against a running server, and prints what passed.
//
//     make api-demo [URL=http://127.0.0.1:8000] [TOKEN=an API key of an administrator]
//
// It needs no package and nothing of this repository: any Node will do. It makes titles and readers of its own and archives them
// again. Without a token the server must run with --auth off. Exit status 0: everything passed.
const base = new URL(process.env.URL || process.argv[2] || 'http://127.0.0.1:8000');
const token = process.env.TOKEN;
const mark = `demo ${Date.now().toString(36)}`;

async function ask(method, path, body) {
  const headers = { ...(body ? { 'Content-Type': 'application/json' } : {}), ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const began = performance.now();
  const reply = await fetch(new URL(path.startsWith('/health') ? path : `/api/v1${path}`, base), { method, headers, body: body && JSON.stringify(body) });
  const text = await reply.text();
  let json = null;
  try {
    json = JSON.parse(text);
  } catch {
    /* not JSON: 204, or CSV */
  }
  return { status: reply.status, body: json, ms: performance.now() - began };
}

const results = [];
const must = (is, what) => {
  if (!is) throw new Error(what);
};

/** One scenario: `act` throws when it is not as it should be, and says what it saw. */
async function scenario(name, act) {
  const began = performance.now();
  try {
    const saw = await act();
    results.push({ name, passed: true, saw: saw ?? '', ms: performance.now() - began });
  } catch (error) {
    results.push({ name, passed: false, saw: error.message, ms: performance.now() - began });
  }
}

/** Sends, and must see this status and, in the error's detail, these words. */
async function expect(status, method, path, body, words) {
  const reply = await ask(method, path, body);
  must(reply.status === status, `${method} ${path}: ${reply.status} instead of ${status}: ${reply.body?.detail ?? ''}`);
  if (words) must(words.test(reply.body.detail), `${method} ${path}: "${reply.body.detail}" is not about ${words}`);
  return reply.body;
}

const made = { books: [], members: [] };
const makeBook = async (more = {}) => {
  const book = await expect(201, 'POST', '/books', { title: `Middlemarch, ${mark}`, author: 'George Eliot', total_copies: 1, ...more });
  made.books.push(book.id);
  return book;
};
const makeMember = async (name) => {
  const member = await expect(201, 'POST', '/members', { name: `${name} ${mark}` });
  made.members.push(member.id);
  return member;
};

let book;
let reader;
let other;
let loan;

await scenario('health: the server answers, the database too', async () => {
  const reply = await ask('GET', '/health');
  must(reply.status === 200 && reply.body.db === 'connected', `health said ${reply.status}`);
  return `${reply.ms.toFixed(1)} ms`;
});
await scenario('create: a title with one copy, two readers', async () => {
  book = await makeBook();
  reader = await makeMember('Amina');
  other = await makeMember('Oskar');
  must(book.available_copies === 1, `${book.available_copies} copies available`);
});
await scenario('lend: the copy goes out, and is not available any more', async () => {
  loan = await expect(201, 'POST', '/borrows', { book_id: book.id, member_id: reader.id });
  const now = await expect(200, 'GET', `/books/${book.id}`);
  must(now.available_copies === 0, `${now.available_copies} copies available`);
  return `due ${loan.due_date}`;
});
await scenario('duplicate: the same reader, the same title again', () => expect(409, 'POST', '/borrows', { book_id: book.id, member_id: reader.id }, /already has an active borrow/).then(() => '409'));
await scenario('exhaustion: no copy is left for another reader', () => expect(409, 'POST', '/borrows', { book_id: book.id, member_id: other.id }, /No copies available/).then(() => '409'));
await scenario('renew: the loan goes on', async () => {
  const renewed = await expect(200, 'POST', `/borrows/${loan.id}/renew`);
  must(renewed.renewals === 1, `${renewed.renewals} renewals`);
});
await scenario('return: the copy is back', async () => {
  await expect(200, 'POST', `/borrows/${loan.id}/return`);
  const now = await expect(200, 'GET', `/books/${book.id}`);
  must(now.available_copies === 1, `${now.available_copies} copies available`);
});
await scenario('double return: what is back is not returned again', () => expect(409, 'POST', `/borrows/${loan.id}/return`, undefined, /already returned/).then(() => '409'));
await scenario('limit: a reader with as many loans as may be gets no more', async () => {
  const member = await makeMember('Zoë');
  const loans = [];
  let refused = null;
  for (let i = 0; i < 60 && !refused; i++) {
    const reply = await ask('POST', '/borrows', { book_id: (await makeBook({ title: `Volume ${i}, ${mark}` })).id, member_id: member.id });
    if (reply.status === 201) loans.push(reply.body.id);
    else refused = reply;
  }
  must(refused?.status === 409 && /maximum limit/.test(refused.body.detail), `after ${loans.length} loans: ${refused?.status}`);
  for (const id of loans) await expect(200, 'POST', `/borrows/${id}/return`);
  return `${loans.length} loans`;
});
await scenario('hold: who waits is next in the queue', async () => {
  const out = await expect(201, 'POST', '/borrows', { book_id: book.id, member_id: reader.id });
  const hold = await expect(201, 'POST', '/holds', { book_id: book.id, member_id: other.id });
  must(hold.position === 1, `place ${hold.position}`);
  await expect(200, 'DELETE', `/holds/${hold.id}`);
  await expect(200, 'POST', `/borrows/${out.id}/return`);
});
await scenario('search: a part of a word, and a typing mistake', async () => {
  const part = await expect(200, 'GET', `/books?q=${encodeURIComponent(mark)}`);
  must(part.data.some(({ id }) => id === book.id), 'the title is not found');
  const mistyped = await expect(200, 'GET', '/search/books?q=midlemarch');
  must(mistyped.data.length > 0, 'nothing found for "midlemarch"');
  return `${part.meta.total} titles`;
});
await scenario('sort: titles in order, forwards and backwards', async () => {
  const titles = async (order) => (await expect(200, 'GET', `/books?q=${encodeURIComponent(mark)}&sort_by=created_at&order=${order}&limit=100`)).data.map(({ id }) => id);
  const [up, down] = [await titles('asc'), await titles('desc')];
  must(up.length > 1 && up.join() === down.reverse().join(), 'the orders are not each other backwards');
});
await scenario('analytics: the dashboard in one answer', async () => {
  const summary = await expect(200, 'GET', '/analytics/summary');
  must(summary.overview.total_books > 0 && summary.daily_borrows.length >= 30, 'the summary is not whole');
  await expect(400, 'GET', '/analytics/summary?from=2026-02-01&to=2026-01-01', undefined, /Start date cannot be after end date/);
  return `health score ${summary.overview.health_score}`;
});
await scenario('risk: what a reader has made of it', async () => {
  const figures = await expect(200, 'GET', `/members/${reader.id}/analytics`);
  must(['LOW', 'MEDIUM', 'HIGH'].includes(figures.risk_level), `risk ${figures.risk_level}`);
  return figures.risk_level;
});
await scenario('validation: every wrong field is named at once', async () => {
  const reply = await expect(422, 'POST', '/members', { name: 'A', email: 'nobody', phone: '12' });
  const named = reply.validation_errors.map(({ loc }) => loc.at(-1)).sort();
  must(named.join() === 'email,name,phone', `named: ${named}`);
  await expect(422, 'POST', '/books', { title: 'x', author: 'y', total_copies: 0 });
});
await scenario('not found: 404 with a code for programs', async () => {
  const reply = await expect(404, 'GET', '/books/00000000-0000-7000-8000-000000000000');
  must(reply.error_code === 'BOOK_NOT_FOUND', reply.error_code);
});
await scenario('idempotency: sent twice with one key, it is done once', async () => {
  const send = () => fetch(new URL('/api/v1/members', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': mark.replace(' ', '-'), ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ name: `Twice ${mark}` }),
  }).then((reply) => reply.json());
  const [first, second] = [await send(), await send()];
  must(first.id && first.id === second.id, 'two readers were made');
  made.members.push(first.id);
});
await scenario('archive: what the demonstration made is out of sight again', async () => {
  for (const id of made.books) await expect(204, 'DELETE', `/books/${id}`);
  for (const id of made.members) await expect(204, 'DELETE', `/members/${id}`);
  await expect(404, 'GET', `/books/${book.id}`);
  return `${made.books.length} titles, ${made.members.length} readers`;
});

const width = Math.max(...results.map(({ name }) => name.length));
for (const { name, passed, saw, ms } of results) console.log(`${passed ? 'PASS' : 'FAIL'}  ${name.padEnd(width)}  ${ms.toFixed(0).padStart(5)} ms  ${saw}`);
const failed = results.filter(({ passed }) => !passed).length;
console.log(`\n${results.length - failed} passed, ${failed} failed, at ${base.origin}`);
process.exitCode = failed === 0 ? 0 : 1;
