// er_diagram.mjs - docs/schema.md, the tables and what points to what, drawn from schema.sql.
//
//     node tools/er_diagram.mjs           writes it
//     node tools/er_diagram.mjs --check   ends with 1 when it is not what schema.sql says
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const top = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const page = path.join(top, 'docs/schema.md');
const sql = readFileSync(path.join(top, 'schema.sql'), 'utf8');

/** [name, what the comment above says, what stands between the brackets], in the file's order. */
const tables = [...sql.matchAll(/((?:^--.*\n)*)^CREATE TABLE (\w+) \(\n([\s\S]*?)\n\)/gm)].map(([, comment, name, body]) => {
  const sentences = comment.replace(/^-- ?/gm, '').replace(/^(=|-)+.*$/gm, '').trim().replace(/\n/g, ' ');
  const columns = body.split('\n').map((line) => /^ {4}(\w+) +(INTEGER|TEXT|BLOB|REAL|ANY)\b(.*)$/.exec(line)).filter((match) => match && !/^(CHECK|UNIQUE|PRIMARY|FOREIGN)$/.test(match[1]));
  return {
    name,
    about: sentences.split(/(?<=\.) /)[0],
    columns: columns.map(([, column, type, rest]) => ({
      column,
      type,
      is: /PRIMARY KEY/.test(rest) ? 'PK' : /REFERENCES/.test(rest) ? 'FK' : /\bUNIQUE\b/.test(rest) ? 'UK' : '',
      to: /REFERENCES (\w+)/.exec(rest)?.[1],
      must: /NOT NULL/.test(rest),
      one: /\bUNIQUE\b|PRIMARY KEY/.test(rest),
    })),
  };
});
const names = new Set(tables.map(({ name }) => name));
for (const { name, columns } of tables) {
  if (columns.length === 0) throw new Error(`no column of ${name} was understood`);
  for (const { to } of columns) if (to && !names.has(to)) throw new Error(`${name} points to ${to}, which is no table`);
}

const references = tables.flatMap(({ name, columns }) => columns.filter(({ to }) => to).map(({ column, to, must, one }) => `    ${to} ${must ? '||' : '|o'}--${one ? 'o|' : 'o{'} ${name} : ${column}`));
const boxes = tables.filter(({ columns, name }) => columns.some(({ to }) => to) || tables.some((other) => other.columns.some(({ to }) => to === name)))
  .map(({ name, columns }) => `    ${name} {\n${columns.map(({ column, type, is }) => `        ${type} ${column}${is ? ` ${is}` : ''}`).join('\n')}\n    }`);

const text = `# The tables

Drawn by \`node tools/er_diagram.mjs\` from \`schema.sql\`, which says what each column means; \`make check\` holds the two equal.
${tables.length} tables; those in the picture point to others, or are pointed to.

\`\`\`mermaid
erDiagram
${references.join('\n')}
${boxes.join('\n')}
\`\`\`

| table | what it is |
|---|---|
${tables.map(({ name, about }) => `| \`${name}\` | ${about.replaceAll('|', '\\|')} |`).join('\n')}
`;

if (process.argv.includes('--check')) {
  let now = '';
  try {
    now = readFileSync(page, 'utf8');
  } catch {
    /* not there: differs */
  }
  if (now !== text) {
    console.error('docs/schema.md is not what schema.sql says: run node tools/er_diagram.mjs');
    process.exit(1);
  }
  console.log(`schema diagram: ${tables.length} tables, ${references.length} references`);
} else {
  writeFileSync(page, text);
}
