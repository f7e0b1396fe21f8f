/* What the server says to people, read from its sources: every sentence of a refusal, of a wrong field, and every meaning
   of a setting, with {s} where a text is filled in and {d} where a number is. check.mjs holds the languages against it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/* Only somebody at the machine's console, a program that speaks broken HTTP or the log is told these. */
const NO_PAGE = [
  /^(app|commands\w*|compact|main|restore|salvage|seed|serve|staging|terminal)\.c$/,
  /^(tls|seeder|tools)\//,
  /^http\/(guard|guard_target|socket_name|local_client|multipart|redirect|replay|session)\.c$/,
  /^db\/(compact|pack\w*|salvage\w*)\.c$/,
];

/* But the page of a library that cannot be opened says this much of what only the console is told otherwise. */
const RESCUE_PAGE = { file: /^app\.c$/, code: 'LIBRARY_DAMAGED' };

async function sources(dir, below = '') {
  const found = [];
  for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) found.push(...(await sources(dir, path)));
    else if (/\.[ch]$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}

const LITERAL = /^\s*"((?:[^"\\]|\\.)*)"/;
const MACRO = /^\s*(PRI[diu]\d*|[A-Z][A-Z_0-9]+)\b/;

/* The texts that stand side by side from here on, as one; null when there is a name among them that is no text. */
function joined(text, names) {
  let out = '';
  for (let rest = text; ; ) {
    const literal = LITERAL.exec(rest);
    const macro = MACRO.exec(rest);
    if (literal) out += literal[1].replace(/\\(["\\])/g, '$1').replace(/\\n/g, '\n');
    else if (macro && out !== '' && macro[1].startsWith('PRI')) out += 'd';
    else if (macro && names.has(macro[1])) out += names.get(macro[1]);
    else return out;
    rest = rest.slice((literal || macro)[0].length);
  }
}

/** A printf format as a sentence with {s} and {d}. */
const sentence = (format) => format.replace(/%%|%[-0-9.*]*(?:ll|l|z|h)?([sdiu])/g, (all, kind) => (all === '%%' ? '%' : kind === 's' ? '{s}' : '{d}'));

/* After so many arguments the sentence stands: fail(ctx, CODE, "…"). */
const CALLS = [
  { call: /\b(?:fail|error_set)\(/g, skip: 2 },
  { call: /\berror_field\(/g, skip: 4 },
  { call: /\brefuse\(/g, skip: 1 },
  { call: /\bobject\(/g, skip: 2 },
  { call: /\bimport_(?:record_)?(?:refused|repaired)\(/g, skip: 3 },
];

const WHY = /(?:\*out_why = |return ties->\w+)((?:[^;"]|"(?:[^"\\]|\\.)*")*);/g;

/* Where the arguments of a call begin, up to its closing bracket. */
function argumentsOf(text, from) {
  const out = [];
  let depth = 0;
  let begin = from;
  for (let at = from; at < text.length; at++) {
    const c = text[at];
    if (c === '"') at += LITERAL.exec(text.slice(at))[0].length - 1;
    else if (c === "'") at += text[at + 1] === '\\' ? 3 : 2;
    else if (c === '(' || c === '{' || c === '[') depth++;
    else if (c === ')' || c === '}' || c === ']') {
      if (depth-- === 0) return [...out, text.slice(begin, at)];
    } else if (c === ',' && depth === 0) {
      out.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return out;
}

/* Every text that an argument may be: both sides of a choice, the format within a printf. */
function textsIn(argument, names) {
  const out = [];
  let from = argument.indexOf('"');
  while (from >= 0) {
    const text = joined(argument.slice(from), names);
    out.push(text);
    const end = (function skip(rest, at) {
      const hit = LITERAL.exec(rest) || MACRO.exec(rest);
      return hit ? skip(rest.slice(hit[0].length), at + hit[0].length) : at;
    })(argument.slice(from), from);
    from = argument.indexOf('"', end);
  }
  return out;
}

function sentencesOf(text, code = null) {
  const names = new Map([...text.matchAll(/#define (\w+) "((?:[^"\\]|\\.)*)"/g)].map((hit) => [hit[1], hit[2]]));
  const found = [];
  for (const { call, skip } of CALLS) {
    for (const hit of text.matchAll(call)) {
      const all = argumentsOf(text, hit.index + hit[0].length);
      if (all[1]?.trim() === 'INTERNAL' || all.length <= skip || (code && all[1]?.trim() !== code)) continue;
      for (const one of textsIn(all[skip], names)) found.push(sentence(one));
    }
  }
  /* Why something stays, or may not go: a choice among texts, up to its semicolon. */
  if (!code) {
    for (const hit of text.matchAll(WHY)) {
      for (const one of textsIn(hit[1], names)) found.push(sentence(one));
    }
  }
  return found;
}

/**
 * `sentences`: what a page may be told, each with the first file that says it; `literals`: every text of the sources, pieces
 * of sentences among them. `meanings` of the settings, `deeds` of the audit log, names of the `jobs`.
 */
export async function readSaid(src) {
  const sentences = new Map();
  const literals = new Set();
  const deeds = new Map();
  for (const path of await sources(src)) {
    const text = await readFile(join(src, path), 'utf8');
    for (const [one] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*(?:PRI\w+\s*)?"(?:[^"\\]|\\.)*")*/g)) literals.add(sentence(joined(one, new Map())));
    for (const [, action] of text.matchAll(/\b(?:audit|tell)\w*\((?:[^;"]|"\w+"(?!\.))*?"([a-z_]+\.[a-z_]+)"/g)) deeds.set(action, path);
    const code = RESCUE_PAGE.file.test(path) ? RESCUE_PAGE.code : null;
    if (!path.endsWith('.c') || (!code && NO_PAGE.some((one) => one.test(path)))) continue;
    for (const one of sentencesOf(text, code)) if (/[a-z]{2}/.test(one) && !sentences.has(one)) sentences.set(one, path);
  }
  const settings = await readFile(join(src, 'settings/settings.h'), 'utf8');
  const meanings = [...settings.matchAll(/^ {4}X\(\w+, (\w+),(?:[^"\n]|"[^"]*"(?!\)))*?(?:\\?\n\s*)?"([^"]+)"\)/gm)].map(([, name, meaning]) => ({ name, meaning }));
  const report = await readFile(join(src, 'catalogue_io/import_report.h'), 'utf8');
  for (const [, meaning] of report.matchAll(/^ {4}X\(\w+, "\w+",\s*(?:\\?\n\s*)?"([^"]+)"\)/gm)) sentences.set(meaning, 'catalogue_io/import_report.h');
  const events = await readFile(join(src, 'events/events.h'), 'utf8');
  for (const [, meaning] of events.matchAll(/^ {4}X\(\w+, "\w+", "([^"]+)"/gm)) sentences.set(meaning, 'events/events.h');
  const rows = await readFile(join(src, 'jobs/jobs.c'), 'utf8');
  const jobs = [...rows.matchAll(/^ {4}\{"(\w+)", \w*MS/gm)].map(([, name]) => name);
  return { jobs, sentences, meanings, literals, deeds };
}
