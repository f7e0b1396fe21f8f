// house_picture.mjs - the two pictures of docs/architecture.md and its list of slices, drawn from the code.
//
//     node tools/house_picture.mjs           writes docs/architecture.svg, docs/slices.svg and the list
//     node tools/house_picture.mjs --check   ends with 1 when one of them is not what the code says
//
// architecture.svg is one request and its threads. Where things stand is laid out here by hand; what they say is looked up:
// numbers in base/limits.h and settings/settings.h, and each thread by the file that starts it. A file that starts a thread
// and has no place in the picture ends this program, and so does a place whose file starts none.
// slices.svg is who uses whom: the rows of tests/check/layers.mjs, a dot for every slice that another one includes.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ranks } from '../tests/check/layers.mjs';

const top = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) => readFileSync(path.join(top, name), 'utf8');
const sources = readdirSync(path.join(top, 'src'), { recursive: true })
  .filter((name) => /\.[ch]$/.test(name) && !name.startsWith('tools/'))
  .map((name) => ({ name: name.replaceAll(path.sep, '/'), text: read(`src/${name}`) }));

function fail(message) {
  console.error(`house picture: ${message}`);
  process.exit(1);
}

// ---- what the code says -----------------------------------------------------------------------------------

const limits = read('src/base/limits.h');
const settings = read('src/settings/settings.h');

/** A number of base/limits.h. */
function limit(name) {
  const found = new RegExp(`^#define ${name} (\\d+)`, 'm').exec(limits);
  return found ? Number(found[1]) : fail(`${name} is not in base/limits.h`);
}

/** What a setting is when nobody has set it. */
function preset(name) {
  const found = new RegExp(`X\\(${name}, \\w+, \\w+, "([^"]*)"`).exec(settings);
  return found ? found[1] : fail(`${name} is not in settings/settings.h`);
}

/** The same text, when all files that it speaks of are there. */
function about(says, ...files) {
  for (const file of files) if (!existsSync(path.join(top, 'src', file))) fail(`src/${file} is not there, and the picture shows it`);
  return says;
}

/** Threads beside workers, writer and main: what is said of each, and the file that starts it. */
const besides = [
  ['jobs', 'the table of jobs', 'jobs/scheduler.c'],
  ['imports', 'files, row by row', 'jobs/import_thread.c'],
  ['notices', 'mail, text, push', 'jobs/notice_thread.c'],
  ['webhooks', 'events, to others', 'jobs/webhook_thread.c'],
  ['look-ups', 'other catalogues', 'lookup/lookup_ask.c'],
  ['catalogue', 'into memory', 'books/index_repository.c'],
  ['write-back', 'syncs the file', 'db/write_back.c'],
  ['journal', 'each change, twice', 'db/journal_keep.c'],
  ['backup', 'copy, then verify', 'db/backup.c'],
  ['restore', 'beside the old one', 'backups/restore_service.c'],
  ['check', 'every invariant', 'admin/admin_service.c'],
  ['idle clients', 'let go in a crowd', 'http/reaper.c'],
  ['traces', 'to a collector', 'net/otlp.c'],
];
/** A new library is filled while nobody is served. */
const fills = (name) => name.startsWith('seeder/') || name.startsWith('db/pack');
const starters = sources.filter(({ name, text }) => /\bpthread_create\(/.test(text) && !fills(name)).map(({ name }) => name);
const placed = ['db/writer.c', ...besides.map(([, , file]) => file)];
for (const file of starters) if (!placed.includes(file)) fail(`src/${file} starts a thread: give it a place in tools/house_picture.mjs`);
for (const file of placed) if (!starters.includes(file)) fail(`src/${file} starts no thread, and the picture says so`);

/** Slices that have no header of their own name: what they are. */
const words = {
  catalogue_io: 'titles, copies, members and loans in files',
  sharing: 'the catalogue for other programs: OAI-PMH and SRU',
};

/** What a slice is, from the first sentence of its header, shortened to its first clause where it is long. */
function meaning(slice) {
  if (words[slice]) return words[slice];
  const noun = { notifications: 'notices' }[slice] ?? slice;
  const file = [`${noun}.h`, `${noun}_service.h`].map((name) => `src/${slice}/${name}`).find((name) => existsSync(path.join(top, name)));
  if (!file) fail(`src/${slice} has no header that says what it is: add one, or a line to \`words\``);
  const comment = /^\/\*\n \* \w+\.h — ([\s\S]*?)(?:\n \*\n|\n \*\/)/.exec(read(file));
  if (!comment) fail(`${file} does not begin with what it is`);
  let sentence = comment[1].replace(/\n \* ?/g, ' ').replace(/ \([^)]*\)/g, '').split(/\. /)[0].replace(/\.$/, '');
  for (const end of [/[,:] [^,:]*$/, /[,:] [^,:]*$/, /[,:] [^,:]*$/, / \S+ \S+ \S+$/]) if (sentence.length > 58) sentence = sentence.replace(end, end.source.startsWith('[') ? '' : ' …');
  return sentence;
}

const uses = new Set();
for (const { name, text } of sources) {
  const from = name.split('/')[0];
  for (const [, to] of text.matchAll(/^\s*#\s*include "(\w+)\//gm)) if (to !== from) uses.add(`${from} ${to}`);
}

// ---- drawing ----------------------------------------------------------------------------------------------

const escape = (plain) => plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const style = `<style>
  .paper { fill: #fdfcf8 } .box { fill: #fff; stroke: #5b6660; stroke-width: 1.2 } .one { fill: #e6efe9; stroke: #173f35; stroke-width: 1.6 }
  .frame { fill: none; stroke: #173f35; stroke-width: 2 } text { fill: #1d2421 } .dim { fill: #55605a; font-size: 12px } .small { font-size: 11px } .tiny { fill: #55605a; font-size: 9px }
  .name { font-weight: 600 } .rank { fill: #e6efe9 } .line { stroke: #d9ddd6; stroke-width: 1 } .dot { fill: #173f35 } .self { fill: #a9c4b8 }
  .way { stroke: #1d2421; stroke-width: 1.4; fill: none; marker-end: url(#tip) } .plain { marker-end: none } .read { stroke-dasharray: 5 4 }
  @media (prefers-color-scheme: dark) { .paper { fill: #171b19 } .box { fill: #202623; stroke: #93a19a } .one { fill: #20352d; stroke: #8fc3ae }
    .frame { stroke: #8fc3ae } text { fill: #edf1ee } .dim, .tiny { fill: #a9b5af } .way { stroke: #edf1ee } #tip path { fill: #edf1ee }
    .rank { fill: #20352d } .line { stroke: #333b37 } .dot { fill: #8fc3ae } .self { fill: #3d5c50 } }
</style>`;

function picture(width, height, title, description, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="14" role="img" aria-labelledby="title desc">
<!-- Drawn by tools/house_picture.mjs from the code. -->
<title id="title">${escape(title)}</title>
<desc id="desc">${escape(description)}</desc>
${style}
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8Z" fill="#1d2421"/></marker></defs>
<rect class="paper" width="${width}" height="${height}"/>
${body.join('\n')}
</svg>
`;
}

const text = (x, y, kind, says, anchor = 'middle') => `<text class="${kind}" x="${x}" y="${y}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${escape(says)}</text>`;

/** A box with a name in bold, and dim lines below it: [distance from the top, words]. */
function box(kind, x, y, width, height, name, lines, from = 'middle') {
  const middle = x + width / 2;
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>${text(middle, y + 25, 'name', name)}`
    + lines.map(([down, says]) => text(from === 'middle' ? middle : x + 16, y + down, 'dim', says, from)).join('');
}

const way = (line, kind = '') => `<path class="way${kind && ` ${kind}`}" d="${line}"/>`;

function drawRequest() {
  // Seven columns, with two wider gaps for the ways from the writer and the pool down to the file.
  const columns = [232, 326, 420, 525, 619, 713, 818];
  const chip = (index) => ({ x: columns[index % columns.length], y: 506 + Math.floor(index / columns.length) * 50 });
  if (besides.length > 2 * columns.length) fail('the picture has room for fourteen threads: give it a third row');
  const body = [
    box('box', 24, 96, 136, 52, 'browser', [[42, 'pages: assets/']]),
    box('box', 24, 172, 136, 52, 'script, curl', [[42, '/api/v1, /docs']]),
    box('box', 24, 300, 136, 52, 'carrel --backup', [[42, '--import --check …']]),
    '<rect class="frame" x="208" y="40" width="724" height="582" rx="4"/>',
    text(224, 64, 'name', 'carrel: one static program', 'start'),

    box('box', 232, 96, 136, 128, about('http/server', 'http/server.c'),
      [[46, 'civetweb: a worker'], [62, 'for each connection,'], [78, `${preset('THREADS')} of them`], [102, `port ${/:(\d+)$/.exec(preset('LISTEN'))[1]}`], [118, 'library.db.sock']]),
    box('box', 408, 96, 112, 56, about('guard', 'http/guard.c'), [[43, 'is it a request?']]),
    box('box', 408, 168, 112, 56, about('assets', 'http/assets.c'), [[43, 'pages, gzip']]),
    box('one', 560, 96, 152, 128, about('router, dispatch', 'http/router.c', 'http/dispatch.c'),
      [[46, "the slice's route table:"], [62, 'who, what body,'], [78, 'reads or writes'], [110, about('errors → problem.c', 'http/problem.c')]]),
    box('box', 752, 96, 156, 128, 'handler: *_router.c', [[52, '→ *_service.c  rules'], [72, '→ *_repository.c  SQL'], [92, about('→ db/engine', 'db/engine.c')], [116, about('one slice: src/borrows …', 'borrows')]]),

    box('one', 392, 272, 264, 172, about('writer: one thread', 'db/writer.c'), [
      [52, 'desk queue: lend, return, edit'], [72, `bulk queue: import, in slices of ${limit('WRITER_BULK_SLICE_MS')} ms`],
      [104, `BEGIN · a savepoint for each of ≤ ${limit('WRITER_BATCH_MAX')}`], [124, 'acts · COMMIT (fsync) · then answer'], [154, about('checkpoints; nobody else does', 'db/checkpoint.c')],
    ], 'start'),
    box('box', 688, 272, 220, 172, about('pool: read connections', 'db/pool.c'), [
      [56, `${limit('DB_READ_CONNECTIONS_PER_CORE')} for each core, read-only`], [78, 'one request, one snapshot'], [100, "on the worker's own thread"], [122, `interrupted after ${limit('DB_READ_TIMEOUT_MS') / 1000} seconds`],
    ], 'start'),

    text(232, 490, 'dim', 'threads for what nobody shall wait for', 'start'),
    ...besides.map(([name, what], index) => {
      const { x, y } = chip(index);
      return `<rect class="box" x="${x}" y="${y}" width="90" height="42" rx="3"/>${text(x + 45, y + 18, 'small name', name)}${text(x + 45, y + 33, 'tiny', what)}`;
    }),

    box('one', 408, 668, 500, 64, 'library.db, one SQLite file (and its write-ahead log)', [[47, 'facts, and in the same transaction the counters and full-text rows that follow']]),
    box('box', 24, 668, 136, 64, 'library.db.lock', [[47, 'one file, one owner']]),

    way('M160 122H230'), way('M160 198H230'), way('M160 326H196V204H230'),
    way('M368 124H406'), way('M520 124H558'), way('M560 196H522'), way('M712 140H750'),
    way('M600 224V270'), text(592, 252, 'dim', 'WRITES run there', 'end'),
    way('M680 224V244H798V270', 'read'), text(808, 258, 'dim', 'READS', 'start'),
    way('M300 472V400H390'), text(308, 418, 'dim', 'their', 'start'), text(308, 434, 'dim', 'writing', 'start'),
    way('M517.5 444V666'), way('M810.5 666V446', 'read'), way('M208 700H162'), way('M208 622V700', 'plain'),
  ];
  return picture(960, 760, 'Carrel, one program and one file',
    'Browsers, scripts and the command line reach one program over HTTP and a local socket. Requests pass the guard and the router. Reads run on workers with pooled read connections. '
    + 'Writes run on one writer thread, which commits them in groups. What takes long has threads of its own, which hand the writer what they write. All of them use the same SQLite file.', body);
}

/** Who uses whom: a row for each slice, highest first; what it includes stands right of the diagonal, or not at all. */
function drawSlices() {
  const slices = [...ranks].reverse().flatMap((row) => [...row].sort());
  const rows = ['jobs', 'seeder', ...slices];
  const columns = [...slices, 'net', 'marc'];
  const [left, head, cell, side] = [112, 104, 16, 14];
  const x = (column) => left + columns.indexOf(column) * cell + (['net', 'marc'].includes(column) ? side : 0);
  const y = (row) => head + rows.indexOf(row) * cell + (slices.includes(row) ? side : 0);
  const right = x('marc') + cell;
  const body = [
    ...ranks.map((row) => {
      const [first] = [...row].sort();
      return `<rect class="rank" x="${x(first)}" y="${y(first)}" width="${row.length * cell}" height="${row.length * cell}" rx="3"/>`;
    }),
    ...columns.map((column) => `<path class="line" d="M${x(column) + cell / 2} ${head}V${y(slices.at(-1)) + cell}"/>`),
    ...rows.map((row) => `<path class="line" d="M${left} ${y(row) + cell / 2}H${right}"/>`),
    ...columns.map((column) => `<text class="dim" transform="translate(${x(column) + cell / 2 + 4} ${head - 8}) rotate(-60)">${column}</text>`),
  ];
  for (const row of rows) {
    const middle = y(row) + cell / 2;
    body.push(text(left - 8, middle + 4, 'small name', row, 'end'), text(right + 16, middle + 4, 'small dim', meaning(row), 'start'));
    if (slices.includes(row)) body.push(`<rect class="self" x="${x(row) + 3.5}" y="${middle - 5}" width="10" height="10" rx="2"/>`);
    for (const column of columns) if (uses.has(`${row} ${column}`)) body.push(`<circle class="dot" cx="${x(column) + cell / 2}" cy="${middle}" r="4.2"/>`);
  }
  const bottom = y(slices.at(-1)) + cell;
  body.push(text(left, bottom + 28, 'dim', 'A dot: the slice of the row uses the slice of the column. All dots stand right of the squares: slices point one way.', 'start'),
    text(left, bottom + 46, 'dim', 'Slices of one shaded block do not use each other. Everybody uses base; routers http, repositories db.', 'start'));
  return picture(960, bottom + 66, 'The slices of Carrel, and who uses whom',
    `A matrix of ${slices.length} slices, the highest first. ${rows.map((row) => `${row} uses ${columns.filter((column) => uses.has(`${row} ${column}`)).join(', ') || 'none'}`).join('; ')}.`, body);
}

/** The page with its list of slices, lowest first, between two marks. */
function listSlices(page) {
  const marks = /(<!-- slices: tools\/house_picture\.mjs -->\n```\n)[\s\S]*?(```\n<!-- end -->)/;
  if (!marks.test(page)) fail('docs/architecture.md has no place for the list of slices');
  return page.replace(marks, (all, before, after) => `${before}${ranks.map((row) => `${row.join('  ')}\n`).join('')}${after}`);
}

const results = {
  'docs/architecture.svg': drawRequest(),
  'docs/slices.svg': drawSlices(),
  'docs/architecture.md': listSlices(read('docs/architecture.md')),
};
const differing = Object.entries(results).filter(([name, now]) => !existsSync(path.join(top, name)) || read(name) !== now).map(([name]) => name);
if (!process.argv.includes('--check')) {
  for (const name of differing) writeFileSync(path.join(top, name), results[name]);
} else if (differing.length > 0) {
  fail(`${differing.join(', ')}: not what the code says; run node tools/house_picture.mjs`);
} else {
  console.log(`house picture: ${ranks.flat().length} slices, ${placed.length} files that start threads`);
}
