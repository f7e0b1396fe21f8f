// requirements.mjs - docs/requirements.md may name only tests and files that exist.
//
//     node tests/check/requirements.mjs
//
// Every row of its tables needs, in the second column, a test (`file: name`), a file that is there, a command
// (`make …`), or the word "instead".

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const page = 'docs/requirements.md';

const problems = [];
const counts = { rows: 0, tests: 0, instead: 0 };
const texts = new Map();

function textOf(file) {
  if (!texts.has(file)) texts.set(file, readFileSync(path.join(root, file), 'utf8'));
  return texts.get(file);
}

// A cmocka test is a function, named once more where its group lists it; a node:test one is the first argument of test().
function hasTest(file, name) {
  const text = textOf(file);
  if (file.endsWith('.c')) {
    const listed = text.split(new RegExp(`\\b${name}\\b`)).length > 2 || text.includes(`(${name.replace(/^.*?__/, '')})`);
    return listed && text.includes(`static void ${name}(`);
  }
  return [...text.matchAll(/\btest\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)].some(([, , title]) => title.replace(/\\(.)/g, '$1') === name);
}

function checkReference(reference, line) {
  const named = /^(tests\/\S+\.(?:c|mjs)): (.+)$/.exec(reference);
  const file = named ? named[1] : /^(?:[\w.-]+\/)+[\w.-]+$|^(?:Makefile|Dockerfile|README\.md|schema\.sql)$/.test(reference) ? reference : null;
  if (!file) return false; // a command, a name of something: no promise
  if (!existsSync(path.join(root, file))) problems.push(`${page}:${line}: there is no ${file}`);
  else if (named && !hasTest(file, named[2])) problems.push(`${page}:${line}: ${file} has no test “${named[2]}”`);
  if (named) counts.tests++;
  return true;
}

readFileSync(path.join(root, page), 'utf8').split('\n').forEach((text, index) => {
  const cells = /^\| (.+?) \| (.+) \|$/.exec(text);
  if (!cells || cells[1] === 'asked for') return;
  const [, , shown] = cells;
  const references = [...shown.matchAll(/`([^`]*(?:\$\{[^`]*)?)`/g)].map((match) => checkReference(match[1], index + 1));
  const instead = /\binstead\b/.test(shown);
  if (!references.includes(true) && !instead && !/`make \w/.test(shown)) {
    problems.push(`${page}:${index + 1}: “${cells[1]}” is shown by nothing`);
  }
  counts.rows++;
  counts.instead += instead ? 1 : 0;
});

if (counts.rows === 0) problems.push(`${page}: no rows found`);
for (const problem of problems) console.error(problem);
console.log(problems.length ? `requirements: ${problems.length} problems`
  : `requirements: ${counts.rows} rows, ${counts.tests} tests named and there, ${counts.instead} rows are met in another way`);
process.exitCode = problems.length ? 1 : 0;
