/* npm run check, after tsc: what the compiler cannot see. Prints every fault and fails if there is one. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { readSaid } from './said.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const faults = [];

async function sources(dir) {
  const found = [];
  for (const entry of await readdir(join(here, dir), { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue;
    const path = join(dir, entry.name);
    if (entry.isDirectory()) found.push(...(await sources(path)));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

/* The two dark blocks of tokens.css, chosen by the system and by the reader, must say the same. */
const tokens = await readFile(join(here, 'styles/tokens.css'), 'utf8');
const block = (start) => {
  const from = tokens.indexOf(start);
  if (from < 0) return null;
  return tokens.slice(tokens.indexOf('{', from + start.length - 1) + 1, tokens.indexOf('}', from)).replace(/\s+/g, ' ').trim();
};
const bySystem = block(':root:not([data-theme="light"]) {');
const byChoice = block(':root[data-theme="dark"] {');
if (!bySystem || bySystem !== byChoice) faults.push('styles/tokens.css: the two dark blocks differ');

/* Every message is used. (That every used one is defined is the compiler's work.) */
const files = await sources('.');
const texts = new Map(await Promise.all(files.map(async (path) => [path, await readFile(join(here, path), 'utf8')])));
const home = join('core', 'messages', 'en');
const isHome = (path) => path.startsWith(join('core', 'messages'));
const textOf = (which) => [...texts].filter(([path]) => which(path)).map(([, text]) => text).join('\n');
const code = textOf((path) => !isHome(path));
const keys = [...textOf((path) => path.startsWith(home)).matchAll(/^\s*'([\w.]+)':/gm)].map((match) => match[1]);
if (keys.length < 50) faults.push(`${home}: only ${keys.length} messages found; did the way they are written change?`);
const bases = new Map();
for (const key of keys) {
  const [, base, form] = /^(.*)\.(zero|one|two|few|many|other)$/.exec(key) || [];
  if (base) bases.set(base, [...(bases.get(base) || []), form]);
  if (!code.includes(`'${base || key}'`)) faults.push(`${home}: '${key}' is used nowhere`);
}
for (const [base, forms] of bases) if (!forms.includes('other') || !forms.includes('one')) faults.push(`${home}: '${base}' needs .one and .other`);
for (const key of new Set(keys)) if (keys.filter((one) => one === key).length > 1) faults.push(`${home}: '${key}' stands there twice`);

/* The other languages have every key (the compiler's work) and fill in the same names. */
const isOfServer = (path) => /_(refusals|settings|audit|kinds)\.ts$/.test(path);
const pairs = (which) => new Map([...textOf((path) => path.startsWith(which) && !isOfServer(path)).matchAll(/^\s*'([\w.]+)':\s*'((?:[^'\\]|\\.)*)'/gm)].map((match) => [match[1], match[2]]));
const namesIn = (text) => [...new Set(text.match(/\{\w+\}/g) || [])].sort().join(' ');
const english = pairs(home);
const languages = new Set([...texts.keys()].map((path) => /messages[\\/](\w\w)\.ts$/.exec(path)?.[1]).filter((code) => code && code !== 'en'));
for (const code of languages) {
  const other = pairs(join('core', 'messages', code));
  for (const [key, text] of english) {
    const its = other.get(key);
    // One thing may be said in words: "once" has no {n}.
    if (its !== undefined && namesIn(its) !== namesIn(text) && !key.endsWith('.one')) faults.push(`core/messages/${code}: '${key}' fills in ${namesIn(its) || 'nothing'}, English ${namesIn(text) || 'nothing'}`);
  }
}

/* What the server says to people is said in every language: no sentence is missing, none has outlived the source. */
const said = await readSaid(join(here, '../src'));
if (said.sentences.size < 200 || said.meanings.length < 30 || said.deeds.size < 50) faults.push('said.mjs: finds too little; did the way the sources are written change?');
const sayable = new Set([...said.sentences.keys(), ...said.literals]);

/* The pages' own translator, with plain days and amounts. */
async function translator() {
  const plain = { name: 'plain', setup: (to) => {
    to.onResolve({ filter: /^\.\/format$/ }, () => ({ path: 'format', namespace: 'plain' }));
    to.onLoad({ filter: /./, namespace: 'plain' }, () => ({ contents: 'export const fullDay = String; export const money = String;' }));
  } };
  const { outputFiles } = await build({ entryPoints: [join(here, 'core/server_words.ts')], bundle: true, write: false, format: 'esm', plugins: [plain] });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}
const { said: translate, useServerWords } = await translator();

/* Filled in as the server does, a sentence is found as itself and not as a wider one. */
function holdShapes(path, table) {
  useServerWords({ sentences: table, settings: {}, deeds: {}, facts: {}, kinds: {} });
  for (const [one, text] of Object.entries(table)) {
    let place = 0;
    const values = [...one.matchAll(/\{([sd])\}/g)].map(([, kind]) => (kind === 'd' ? String(40 + ++place) : `Ödön_${++place}`));
    const kindOf = (n) => new RegExp(`\\{${n}([wmt])\\}`).exec(text)?.[1];
    const given = values.map((value, at) => ({ w: 'on loan', m: '4.50', t: '2031-03-31' })[kindOf(at + 1)] || value);
    const wanted = text.replace(/\{(\d)(?:([wmt])|\?[^:}]*:([^}]*))?\}/g, (_, n, how, many) => (many !== undefined ? many : how === 'w' ? table['on loan'] : how === 'm' ? '4.5' : given[n - 1]));
    let at = 0;
    const got = translate(one.replace(/\{[sd]\}/g, () => given[at++]));
    if (got !== wanted) faults.push(`${path}: ${JSON.stringify(one)} becomes ${JSON.stringify(got)}`);
  }
  if (translate('Nobody says this.') !== 'Nobody says this.') faults.push(`${path}: a sentence of nobody is translated`);
}

async function tableOf(path, name) {
  const { code } = await transform(texts.get(path) || '', { loader: 'ts', format: 'esm' });
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`))[name] || {};
}

function holdSentences(path, table) {
  for (const [one, file] of said.sentences) if (!(one in table)) faults.push(`${path}: nothing for src/${file}: ${JSON.stringify(one)}`);
  for (const [one, text] of Object.entries(table)) {
    if (!sayable.has(one)) faults.push(`${path}: the server does not say ${JSON.stringify(one)}`);
    const values = (one.match(/\{[sd]\}/g) || []).length;
    if (/\{[sd]\}/.test(text)) faults.push(`${path}: {s} where a place has its number: ${JSON.stringify(text)}`);
    for (const [, place] of text.matchAll(/\{(\d)/g)) if (Number(place) < 1 || Number(place) > values) faults.push(`${path}: no {${place}} in ${JSON.stringify(one)}`);
  }
}

/* The kinds of titles and members that every library starts with: (1, 'book', 'Book'). */
const base = await readFile(join(here, '../src/db/migrations/0001_base.sql'), 'utf8');
const kindsAtFirst = [...base.matchAll(/INSERT INTO (?:item|member)_type [^;]*;/g)].flatMap(([rows]) => [...rows.matchAll(/\(\d+, '\w+', '([^']+)'\)/g)].map(([, name]) => name));
if (kindsAtFirst.length < 10) faults.push('0001_base.sql: too few kinds found; did the way they are written change?');

const jobs = texts.get(join('jobs', 'jobs_page.tsx')) || '';
for (const name of said.jobs) if (!new RegExp(`^  ${name}: '`, 'm').test(jobs)) faults.push(`jobs/jobs_page.tsx: no words for the job ${name}`);

for (const language of languages) {
  const home = (part) => join('core', 'messages', `${language}_${part}.ts`);
  const refusals = {};
  for (const path of [...texts.keys()].filter((one) => one.startsWith(home('').slice(0, -3)) && one.endsWith('refusals.ts'))) {
    const name = path.slice(home('').length - 3, -3).replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
    Object.assign(refusals, await tableOf(path, name));
  }
  holdSentences(home('refusals'), refusals);
  holdShapes(home('refusals'), refusals);
  const settings = await tableOf(home('settings'), 'settings');
  const names = said.meanings.map(({ name }) => name);
  for (const name of names) if (!settings[name]?.[0] || !settings[name]?.[1]) faults.push(`${home('settings')}: nothing for the setting ${name}`);
  for (const name of Object.keys(settings)) if (!names.includes(name)) faults.push(`${home('settings')}: there is no setting ${name}`);
  const deeds = await tableOf(home('audit'), 'deeds');
  for (const [deed, file] of said.deeds) if (!deeds[deed]) faults.push(`${home('audit')}: nothing for src/${file}: ${deed}`);
  for (const deed of Object.keys(deeds)) if (!said.literals.has(deed)) faults.push(`${home('audit')}: nothing is called ${deed}`);
  const kinds = await tableOf(home('kinds'), 'kinds');
  for (const name of kindsAtFirst) if (!kinds[name]) faults.push(`${home('kinds')}: nothing for the kind ${name}`);
  for (const name of Object.keys(kinds)) if (!kindsAtFirst.includes(name)) faults.push(`${home('kinds')}: no library starts with a kind ${name}`);
}

/* The CSP has no unsafe-inline, and the language of the pages has no words of its own in the code. */
for (const [path, text] of texts) {
  if (/\sstyle=[{"']/.test(text)) faults.push(`${path}: style= (the CSP forbids inline style)`);
  if (/dangerouslySetInnerHTML|\.innerHTML\b/.test(text)) faults.push(`${path}: HTML from text`);
  if (/https?:\/\//.test(text)) faults.push(`${path}: an address outside the library`);
}

for (const fault of faults) console.error(fault);
if (faults.length) process.exit(1);
console.log(`check: ${files.length} files, ${keys.length} messages, ${said.sentences.size} sentences of the server, both dark blocks alike`);
