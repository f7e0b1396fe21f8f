// pages.mjs — every list in every sort, bare and under each of its filters: the first page, page 5,000 (or as far as
// the list goes) and the last. What lists, sorts and filters there are says /openapi.json; what to filter by, the rows;
// which of them an index serves, docs/lists.md, which a unit test holds equal to the program.
//
// A time is the whole answer's: guard, route, statement, JSON of twenty rows. SQLite has about a third of it (callgrind: 35 %
// of a page of loans, 24 % of one of members), so the target "in SQLite" is looked at beside one for the whole answer. The
// ratios are those of the shortest of REPEATS answers: of forty microseconds, who else runs on the machine decides the rest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { api, each, fetchText, median, quantile, round, row, top, walk } from '../lib.mjs';

const PAGE = 20;
const DEEP = 5000;
const WALK_MS = 700; // for one question: who is slow gets less far
const REPEATS = 15;
const SLOW_MS = 300; // who needs that long for the first page is not asked for others
const WORST_SHOWN = 5;
const PLAIN = ['limit', 'cursor', 'offset', 'sort_by', 'order', 'q']; // q is the search's own row

/** Whole lists, each once, under the name that docs/lists.md has for it: nothing of one record, no file. */
async function lists(server) {
  const { paths } = JSON.parse(await fetchText(`${server.url}openapi.json`));
  const found = new Map();
  for (const [path, { get }] of Object.entries(paths)) {
    const parameters = get?.parameters ?? [];
    const sorts = parameters.find(({ name }) => name === 'sort_by')?.schema.enum;
    if (!sorts || path.includes('{') || path.endsWith('/csv')) continue;
    const list = { path: path.replace('/api/v1', ''), sorts, filters: parameters.filter(({ name }) => !PLAIN.includes(name)) };
    const key = JSON.stringify(parameters);
    if (!found.has(key) || SERVED.some((one) => one.path === list.path)) found.set(key, list);
  }
  return [...found.values()];
}

/** From a row in the middle of what there is: neither the rarest nor the most common. */
function values({ name, schema }, sample) {
  const when = sample?.borrowed_at ?? sample?.at;
  if (schema.enum) return schema.enum;
  if (schema.type === 'boolean') return ['true', 'false'];
  if (name === 'from' || name === 'to') return when ? [when.slice(0, 10)] : [];
  if (name === 'year_from' || name === 'year_to') return sample?.year ? [sample.year] : [];
  const value = { genre: sample?.categories?.[0], group: sample?.group_name ?? sample?.group }[name] ?? sample?.[name];
  return value === undefined || value === null ? [] : [value];
}

async function sampleOf(server, path) {
  const { meta } = await api(server, `${path}?limit=1`);
  const { data } = await api(server, `${path}?limit=50&offset=${Math.min(10000, Math.floor(meta.total / 2))}`);
  return data.reduce((all, one) => ({ ...one, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) }), {});
}

async function questions(server) {
  const all = [];
  for (const { path, sorts, filters } of await lists(server)) {
    const sample = await sampleOf(server, path);
    const choices = ['', ...filters.flatMap((filter) => values(filter, sample).map((value) => `&${filter.name}=${encodeURIComponent(value)}`))];
    for (const sort of sorts) for (const choice of choices) all.push(`${path}?sort_by=${sort}${choice}`);
  }
  return all;
}

/** A cursor names the question it was made for and a place (src/db/cursor.h): the place from one, the question from the other. */
function transplant(question, place) {
  const from = Buffer.from(question, 'base64url').toString().split(' ');
  const to = Buffer.from(place, 'base64url').toString().split(' ');
  return Buffer.from([from[0], from[1], ...to.slice(2)].join(' ')).toString('base64url');
}

// ---- what an index serves ---------------------------------------------------------------------------------------

/** The rows of the table in docs/lists.md: "member_id, (status=borrowed)" is one filter that must be there and one that may, "entity≠borrow" one with another value. */
function servedRows() {
  const words = (cell) => (cell === '–' ? [] : cell.split(', '));
  return readFileSync(join(top, 'docs/lists.md'), 'utf8').split('\n').filter((line) => line.startsWith('| `')).map((line) => {
    const [list, filters, sorts, , more] = line.split('|').slice(1).map((cell) => cell.trim());
    const all = words(filters);
    return { path: list.replaceAll('`', ''), must: all.filter((word) => !word.startsWith('(')), may: all.map((word) => word.replace(/^\((.*)\)$/, '$1')), sorts: sorts === 'any' ? undefined : words(sorts), more };
  });
}

const SERVED = servedRows();

/** The row that says how the question is answered; undefined: sorted or counted when asked. */
function servedBy(question) {
  const [path, query] = question.split('?');
  const { sort_by: sort, ...filters } = Object.fromEntries(new URLSearchParams(query));
  // `false` of a yes-or-no filter is as if it were not asked.
  const asked = Object.entries(filters).filter(([, value]) => value !== 'false');
  const meets = (word, [name, value]) => word === name || word === `${name}=${value}` || (word.startsWith(`${name}≠`) && !word.split('≠').includes(value));
  return SERVED.find((one) => one.path === path && (!one.sorts || one.sorts.includes(sort)) &&
    asked.every((filter) => one.may.some((word) => meets(word, filter))) &&
    one.must.every((word) => asked.some((filter) => meets(word, filter))));
}

const micro = (answer) => answer.server_p50_ms * 1000;

export async function pages(server) {
  const page = (question, order, cursor = '') => `${question}&order=${order}&limit=${PAGE}${cursor && `&cursor=${cursor}`}`;
  const all = await questions(server);
  const looks = each(server, all.map((question) => page(question, 'asc')), 1).map((answer, i) => ({ question: all[i], ...answer, first_us: micro(answer) }));
  const first = looks.filter(({ status, server_p50_ms: ms }) => status === 200 && ms <= SLOW_MS);
  const ends = each(server, first.map(({ question }) => page(question, 'desc')), 1);
  const walked = walk(server, first.map(({ question }) => `${question}&order=asc&limit=100`), DEEP * PAGE / 100, WALK_MS);
  // First, deep and last of a question right after one another: the machine is not equally quick all the time.
  const places = first.flatMap(({ question, cursor }, i) => ['', walked[i].cursor, cursor && ends[i].cursor && transplant(cursor, ends[i].cursor)].map((place) => page(question, 'asc', place)));
  const timed = each(server, places, REPEATS);
  const found = first.map(({ question }, i) => {
    const three = timed.slice(3 * i, 3 * i + 3);
    const [first_us, deep_us, last_us] = three.map(micro);
    const [firstLeast, ...rest] = three.map(({ server_min_ms: ms }) => ms);
    return { question, status: three.map(({ status }) => status), first_us, deep_us, last_us, deep_page: walked[i].pages * 100 / PAGE, ratio: Math.max(...rest) / firstLeast };
  });
  show(found.filter(({ status }) => status.every((one) => one === 200)), [...looks.filter((one) => !first.includes(one)), ...found.filter(({ status }) => status.some((one) => one !== 200))]);
}

/** A row of these; `µs` are those of the first, deep and last page of each. */
function rowOf(work, target, good, more) {
  const every = good.flatMap(({ first_us, deep_us, last_us }) => [first_us, deep_us, last_us]);
  const within = (most) => every.filter((us) => us <= most).length;
  row(work, every.length ? `p50 ${round(median(every), 0)}, p99 ${round(quantile(every, 0.99), 0)}, worst ${round(Math.max(...every), 0)} µs, whole answer` : '',
    target, '', `${within(50)} of ${every.length} within 50 µs, ${within(150)} within 150`, more);
}

function show(good, bad) {
  const ratios = good.map(({ ratio }) => ratio);
  const ways = good.map((one) => ({ ...one, way: servedBy(one.question) }));
  const served = ways.filter(({ way }) => way && !way.more);
  const bounded = ways.filter(({ way }) => way?.more);
  const others = ways.filter(({ way }) => !way);
  rowOf(`pages: ${served.length} lists × sorts × filters by index`, '≤ 50 µs in SQLite', served, { lists: [...good, ...bad] });
  rowOf(`  ${bounded.length} that pass over some rows, or sort a few`, 'bounded', bounded);
  rowOf(`  ${others.length} others, sorted or counted when asked`, '≤ 2 s, else refused', others);
  row('  deep or last ÷ first', `p50 ${round(median(ratios), 2)}, worst ${round(Math.max(...ratios), 2)}`, '≤ 1.2', '', `${ratios.filter((ratio) => ratio <= 1.2).length} of ${ratios.length} within 1.2`);
  for (const one of [...good].sort((a, b) => Math.max(b.first_us, b.deep_us, b.last_us) - Math.max(a.first_us, a.deep_us, a.last_us)).slice(0, WORST_SHOWN))
    row(`  ${one.question}`, `1: ${round(one.first_us, 0)}, ${round(one.deep_page, 0)}: ${round(one.deep_us, 0)}, last: ${round(one.last_us, 0)} µs`, '', '', round(one.ratio, 2));
  if (bad.length > 0) row(`  refused, or the first page past ${SLOW_MS} ms`, `${bad.length}: ${bad[0].question} ${round(bad[0].first_us / 1000, 0)} ms`);
}
