/* npm run check, after tsc: what the compiler cannot see. Prints every fault and fails if there is one. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
const pairs = (which) => new Map([...textOf((path) => path.startsWith(which)).matchAll(/^\s*'([\w.]+)':\s*'((?:[^'\\\\]|\\\\.)*)'/gm)].map((match) => [match[1], match[2]]));
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

/* The CSP has no unsafe-inline, and the language of the pages has no words of its own in the code. */
for (const [path, text] of texts) {
  if (/\sstyle=[{"']/.test(text)) faults.push(`${path}: style= (the CSP forbids inline style)`);
  if (/dangerouslySetInnerHTML|\.innerHTML\b/.test(text)) faults.push(`${path}: HTML from text`);
  if (/https?:\/\//.test(text)) faults.push(`${path}: an address outside the library`);
}

for (const fault of faults) console.error(fault);
if (faults.length) process.exit(1);
console.log(`check: ${files.length} files, ${keys.length} messages, both dark blocks alike`);
