// layers.mjs - who may include whom, and who may write which table (docs/architecture.md, "Layers").
// Run by `make check`. The tables below are the rules; the rest reads files. tools/house_picture.mjs draws them.
//
//     node tests/check/layers.mjs [FOLDER]        FOLDER: a tree with src/ and schema.sql, by default this one

import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = process.argv[2] ?? path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

// Slices, lowest first. A slice may use the slices of the rows above its own, never its neighbours.
export const ranks = [
  ['counters', 'events', 'audit', 'idempotency', 'tls'],
  ['settings'], // a changed setting leaves an audit row
  ['auth', 'backups', 'webhooks'],
  ['notifications'],
  ['members', 'books'],
  ['copies', 'policies'],
  ['fines', 'holds', 'stocktake', 'reading_lists', 'reviews'],
  ['borrows'],
  ['admin', 'catalogue_io', 'analytics', 'search', 'duplicates'],
  ['lookup', 'sharing', 'reports', 'alerts'], // other libraries' catalogues, and ours for them; what they need who look after it all
];
// Tighter than the ranks: loan rules know nothing of who borrows what.
const apart = { policies: ['members', 'books', 'auth', 'notifications'] };

// Libraries' headers, and the only files that may include them.
export const libraries = {
  'sqlite3.h': /^src\/db\//,
  'civetweb.h': /^src\/http\/server\.c$/,
  'zlib.h': /^src\/http\/assets\.c$/,
  'jansson.h': /^src\/base\/json_read\.c$/,
  'utf8proc.h': /^src\/base\/text\w*\.c$/,
  'csv.h': /^src\/(base\/csv\w*|catalogue_io\/\w+)\.c$/,
  'yaz/yaz-iconv.h': /^src\/marc\/marc_charset\.c$/,
  'yaz/proto.h': /^src\/net\/z3950\w*\.c$/,
  'yaz/z-core.h': /^src\/net\/z3950\w*\.c$/,
  'yaz/cql.h': /^src\/sharing\/cql\w*\.c$/,
  'expat.h': /^src\/(marc\/marcxml|net\/\w+|lookup\/\w+)\.c$/,
  'ares.h': /^src\/net\/resolve\.c$/,
  'libscrypt.h': /^src\/(base|auth)\/\w+\.c$/,
};

// Who writes which table: the folders whose *_repository.c may INSERT, UPDATE or DELETE. Everybody may read.
const writers = {
  setting: ['settings'],
  item_type: ['books'],
  book: ['books', 'counters'],
  category: ['books'],
  book_category: ['books'],
  cover: ['books'],
  book_marc: ['catalogue_io', 'duplicates'],
  import_profile: ['catalogue_io'],
  import_batch: ['catalogue_io'],
  import_row: ['catalogue_io'],
  import_made: ['catalogue_io'],
  import_changed: ['catalogue_io'],
  lookup_target: ['lookup'],
  title_merge: ['duplicates'],
  title_merge_move: ['duplicates'],
  title_pair_apart: ['duplicates'],
  reading_list: ['reading_lists'],
  reading_list_entry: ['reading_lists'],
  review: ['reviews'],
  search_term: ['search'],
  book_search: ['books', 'search'],
  copy: ['copies'],
  member_type: ['members', 'counters'],
  member: ['members', 'counters'],
  member_search: ['members', 'search'],
  account: ['auth'],
  session: ['auth'],
  refresh_token: ['auth'],
  api_key: ['auth'],
  one_time_code: ['auth'],
  secret: ['auth', 'backups', 'webhooks'],
  loan_rule: ['policies'],
  opening_hours: ['policies'],
  closed_day: ['policies'],
  calendar: ['policies'],
  borrow: ['borrows'],
  renewal: ['borrows'],
  closure_move: ['borrows'],
  hold: ['holds'],
  title_watch: ['holds'],
  charge: ['fines'],
  payment: ['fines'],
  waiver: ['fines'],
  allocation: ['fines'],
  stocktake: ['stocktake'],
  stocktake_scan: ['stocktake'],
  stocktake_unseen: ['stocktake'],
  roll_over: ['members'],
  roll_over_change: ['members'],
  actor: ['audit'],
  audit_log: ['audit'],
  event: ['events'],
  event_consumer: ['events'],
  notification: ['notifications'],
  notification_template: ['notifications'],
  notification_preference: ['notifications'],
  notification_reader: ['notifications'],
  webhook: ['webhooks'],
  webhook_delivery: ['webhooks'],
  saved_report: ['reports'],
  visit_count: ['reports'],
  alert: ['alerts'],
  job_run: ['jobs'],
  backup_run: ['backups'],
  journal: ['backups'],
  idempotency_key: ['idempotency'],
  sequence: ['counters', 'members', 'copies'],
  library_counter: ['counters'],
  daily_stat: ['counters'],
  day_zone: ['counters'],
  tally: ['counters'],
};
// In other slices' tables, counters writes these columns and no others.
const counterColumns = {
  book: ['total_copies', 'available_copies', 'open_borrows', 'borrow_count', 'last_borrowed_at', 'open_holds', 'rating_count', 'rating_sum'],
  member: ['open_borrows', 'borrow_count', 'overdue_count', 'balance', 'last_borrowed_at', 'open_holds'],
  member_type: ['member_count'],
};

const rankOf = new Map(ranks.flatMap((slices, rank) => slices.map((slice) => [slice, rank])));
const problems = [];
const complain = (file, line, message) => problems.push(`${file}:${line}: ${message}`);

function listFiles(folder, ending) {
  if (!existsSync(path.join(root, folder))) return [];
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => `${folder}/${name}`.replaceAll(path.sep, '/'))
    .filter((name) => ending.test(name))
    .sort();
}

// Which role a file of a slice plays is told by its name.
function roleOf(file) {
  const name = path.basename(file);
  return /_router\.[ch]$/.test(name) ? 'router' : /_service\.[ch]$/.test(name) ? 'service'
    : /_repository\.[ch]$/.test(name) ? 'repository' : /_sql\.h$/.test(name) ? 'sql' : name.endsWith('.h') ? 'noun' : 'helper';
}

// What a file may include: a function of "folder/header.h" that answers undefined (fine) or the rule it breaks.
function rulesFor(file) {
  const [, folder, rest] = file.split('/');
  if (rest === undefined) return () => undefined; // main.c, app.c, routes.c put it all together
  const layer = (...folders) => (target) =>
    folders.includes(target.split('/')[0]) ? undefined : `${folder}/ may include ${folders.map((f) => `${f}/`).join(', ')} only`;
  if (folder === 'base') return layer('base');
  if (folder === 'marc') return layer('base', 'marc');
  if (folder === 'net') return layer('base', 'net');
  if (folder === 'db') return layer('base', 'db');
  if (folder === 'http') return layer('base', 'db', 'http');
  if (folder === 'jobs' || folder === 'seeder') {
    return (target) => {
      const [targetFolder] = target.split('/');
      if (['base', 'db', folder].includes(targetFolder)) return undefined;
      if (rankOf.has(targetFolder) && ['service', 'noun'].includes(roleOf(target))) return undefined;
      if (targetFolder === 'http' && roleOf(file) === 'router') return undefined;
      return `${folder}/ may include base/, db/ and the slices' services`;
    };
  }
  if (!rankOf.has(folder)) return () => `src/${folder} is no slice that tests/check/layers.mjs knows: give it a rank`;
  return (target) => sliceRule(folder, roleOf(file), target);
}

function sliceRule(slice, role, target) {
  const [folder] = target.split('/');
  const targetRole = roleOf(target);
  if (['marc', 'net'].includes(folder)) return undefined; // know no library, as base/
  if (folder === 'base') {
    return role === 'service' && /^base\/json/.test(target) ? 'a service knows no JSON' : undefined;
  }
  if (folder === 'http') {
    return role === 'router' ? undefined : `a ${role} knows no HTTP: only a router includes http/`;
  }
  if (folder === 'db') {
    return role === 'repository' ? undefined : `a ${role} asks its repository: only a repository includes db/`;
  }
  if (folder === slice) {
    const allowed = {
      router: ['router', 'service', 'noun'],
      service: ['service', 'repository', 'noun'],
      repository: ['repository', 'sql', 'noun'],
      noun: ['noun'],
      helper: ['service', 'noun'],
    }[role];
    return allowed.includes(targetRole) ? undefined : `a ${role} must not include a ${targetRole} (router → service → repository → db)`;
  }
  if (!rankOf.has(folder)) return `src/${folder} is not for slices`;
  if (role === 'router') return 'a router includes its own service only; what it needs from another slice comes through that';
  // A piece of SQL that a slice offers to the repositories above it, so that a rule is written once.
  if (targetRole === 'sql' && role === 'repository') return upwards(slice, folder);
  if (role === 'repository') return "a repository joins other slices' tables, it does not include their headers";
  if (!['service', 'noun'].includes(targetRole)) return `another slice's ${targetRole} is its own affair: use its service`;
  return upwards(slice, folder);
}

function upwards(slice, folder) {
  if (rankOf.get(folder) >= rankOf.get(slice)) {
    return `slices point one way: ${slice} (row ${rankOf.get(slice)}) must not use ${folder} (row ${rankOf.get(folder)})`;
  }
  if (apart[slice]?.includes(folder)) return `${slice} stands apart from ${folder}`;
  return undefined;
}

function checkIncludes(file, lines) {
  const rule = rulesFor(file);
  lines.forEach((text, index) => {
    const include = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(text);
    if (!include) return;
    const [, quote, name] = include;
    const library = libraries[name];
    if (library) {
      if (!library.test(file)) complain(file, index + 1, `<${name}> belongs to ${library.source.replace(/[\\^$]/g, '')}`);
      return;
    }
    if (quote === '<') return;
    if (!name.includes('/')) {
      if (file.split('/').length > 2) complain(file, index + 1, `write "folder/${name}", from src/`);
      return;
    }
    const broken = rule(name);
    if (broken) complain(file, index + 1, `includes "${name}": ${broken}`);
  });
}

// The string literals of a C file with the line each starts at; adjacent ones are one string.
function* stringsOf(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])+'|"((?:\\.|[^"\\\n])*)"|[^\s]/g;
  let open = null;
  let line = 1;
  let at = 0;
  for (let match; (match = token.exec(text)); ) {
    for (; at < match.index; at++) if (text[at] === '\n') line++;
    if (match[1] !== undefined) {
      open ??= { line, text: '' };
      open.text += match[1].replace(/\\n/g, '\n').replace(/\\(.)/g, '$1');
    } else if (!/^\/[*/]/.test(match[0])) {
      if (open) yield open;
      open = null;
    }
  }
  if (open) yield open;
}

function checkWrites(file, text) {
  const [, folder] = file.split('/');
  if (folder === 'db' || folder === 'seeder' || folder === 'tools') return;
  for (const { line, text: sql } of stringsOf(text)) {
    const statement = /\b(INSERT(?: OR \w+)? INTO|REPLACE INTO|UPDATE(?: OR \w+)?|DELETE FROM)\s+(\w+)(?:[^;]*?\bSET\s+([^;]*))?/g;
    for (const [, verb, table, set] of sql.matchAll(statement)) {
      if (table === 'SET') continue; // ON CONFLICT … DO UPDATE SET
      if (!(table in writers)) {
        if (/^[a-z]/.test(table)) complain(file, line, `${verb} ${table}: which slice owns this table? (tests/check/layers.mjs)`);
        continue;
      }
      if (rankOf.has(folder) && roleOf(file) !== 'repository') {
        complain(file, line, `${verb} ${table}: SQL stands in a repository`);
      } else if (!writers[table].includes(folder)) {
        complain(file, line, `${verb} ${table}: only ${writers[table].join(', ')} may write it`);
      } else if (folder === 'counters' && counterColumns[table]) {
        const assigned = [...(set ?? '').replace(/\bWHERE\b[\s\S]*/, '').matchAll(/(?:^|,)\s*(\w+)\s*=/g)].map((m) => m[1]);
        for (const column of assigned.filter((name) => !counterColumns[table].includes(name))) {
          complain(file, line, `${verb} ${table}: ${column} is no counter`);
        }
        if (!verb.startsWith('UPDATE')) complain(file, line, `${verb} ${table}: counters only updates`);
      }
    }
  }
}

// Each table of the schema has an owner here, and the other way round.
function checkSchema() {
  if (!existsSync(path.join(root, 'schema.sql'))) return;
  const sql = readFileSync(path.join(root, 'schema.sql'), 'utf8').replace(/--[^\n]*/g, '');
  const tables = [...sql.matchAll(/CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)/g)].map((match) => match[1]);
  for (const table of tables.filter((name) => !(name in writers))) {
    problems.push(`schema.sql: table ${table} has no owner in tests/check/layers.mjs`);
  }
  for (const table of Object.keys(writers).filter((name) => !tables.includes(name))) {
    problems.push(`tests/check/layers.mjs: table ${table} is not in schema.sql`);
  }
}

function checkAll() {
  let files = 0;
  for (const file of listFiles('src', /\.[ch]$/).filter((name) => !name.startsWith('src/tools/'))) {
    const text = readFileSync(path.join(root, file), 'utf8');
    checkIncludes(file, text.split('\n'));
    checkWrites(file, text);
    files++;
  }
  checkSchema();
  for (const problem of problems) console.error(problem);
  console.log(problems.length ? `layers: ${problems.length} problems in ${files} files` : `layers: ${files} files, all in order`);
  process.exitCode = problems.length ? 1 : 0;
}

// Run, and not imported: by whatever path, a link included.
if (realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url))) checkAll();
