// What README and the other texts show is there, small enough to be loaded, told in words as well, and nothing lies in
// docs/pictures that nobody shows. `make screenshots` takes them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { top } from '../support/server.mjs';

const KIB = 1024;
const PICTURE_MAX = 200 * KIB;
const RECORDING_MAX = 1024 * KIB;
const PICTURES_MAX = 1536 * KIB;
const TEXTS = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(top, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];

/** Every picture of a text, as Markdown or as HTML. */
function shownIn(path) {
  const text = readFileSync(join(top, path), 'utf8');
  const found = [...text.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, words, file]) => ({ words, file }));
  for (const [tag] of text.matchAll(/<img\b[^>]*>/g)) found.push({ words: /\balt="([^"]*)"/.exec(tag)?.[1] ?? '', file: /\bsrc="([^"]*)"/.exec(tag)?.[1] ?? '' });
  return found.map(({ words, file }) => ({ from: path, words, path: join(top, dirname(path), file) }));
}

test('each picture of README and docs is there and told in words; none lies there unseen, or is too large', () => {
  const shown = TEXTS.flatMap(shownIn);
  assert.ok(shown.filter(({ from }) => from === 'README.md').length >= 9, 'README shows what one gets');
  for (const { from, words, path } of shown) {
    assert.ok(statSync(path, { throwIfNoEntry: false })?.isFile(), `${from} shows ${relative(top, path)}, which is not there`);
    assert.ok(words.length >= 15, `${from} says nothing of ${relative(top, path)}`);
  }
  const folder = join(top, 'docs/pictures');
  const files = readdirSync(folder).map((name) => ({ name, size: statSync(join(folder, name)).size }));
  for (const { name, size } of files) {
    assert.ok(shown.some(({ path }) => path === join(folder, name)), `docs/pictures/${name} is shown nowhere`);
    const most = name.endsWith('.png') ? PICTURE_MAX : RECORDING_MAX;
    assert.ok(size <= most, `docs/pictures/${name}: ${size} bytes of ${most}`);
  }
  const all = files.filter(({ name }) => name.endsWith('.png')).reduce((sum, { size }) => sum + size, 0);
  assert.ok(all <= PICTURES_MAX, `the pictures have ${all} bytes of ${PICTURES_MAX}`);
});
