/* npm run build: everything the browser gets, in ../build/assets, names hashed by content. The binary embeds that folder. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { context, build as bundle } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../build/assets');
const FIRST_SCREEN_MAX = 120 * 1024;

/** The sheet of the API's page comes with that page, as text: every other page has done without it. */
const sheetAsText = {
  name: 'sheet as text',
  setup: (build) => build.onLoad({ filter: /swagger-ui\.css$/ }, async ({ path }) => ({ contents: await readFile(path), loader: 'text' })),
};

const options = {
  absWorkingDir: here,
  entryPoints: { main: 'main.tsx', style: 'styles/main.css' },
  outdir: out,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  publicPath: '/',
  bundle: true,
  splitting: true,
  format: 'esm',
  // The desk computer may be ten years old. logical-properties etc. stay as written: it still gets a browser's updates.
  target: ['es2019'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  charset: 'utf8',
  metafile: true,
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [sheetAsText],
};

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
const outputOf = (meta, entry) => Object.keys(meta.outputs).find((name) => meta.outputs[name].entryPoint === entry);
const nameOf = (path) => relative(out, join(here, path));

/** Files that a first visit fetches: the entry and what it imports without being asked. */
function firstFiles(meta) {
  const wanted = new Set();
  const follow = (path) => {
    if (wanted.has(path)) return;
    wanted.add(path);
    for (const one of meta.outputs[path].imports) if (one.kind === 'import-statement' && meta.outputs[one.path]) follow(one.path);
  };
  follow(outputOf(meta, 'main.tsx'));
  follow(outputOf(meta, 'styles/main.css'));
  return wanted;
}

/** The service worker: a file of its own, under a name that stays. It knows the names of all others. */
async function buildWorker(files, page) {
  await bundle({
    absWorkingDir: here,
    entryPoints: ['offline/sw.ts'],
    outfile: join(out, 'sw.js'),
    bundle: true,
    format: 'iife',
    target: options.target,
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'warning',
    define: { SHELL_FILES: JSON.stringify(files), SHELL_VERSION: JSON.stringify(hash(files.join() + page)) },
  });
}

/** The icon as it was drawn, and the pictures of it for home screens: [what it is called in a page, its file, its bytes]. */
async function icons() {
  const drawing = await readFile(join(here, 'icon.svg'));
  const drawnFrom = (await readFile(join(here, 'icons/drawn-from'), 'utf8')).trim();
  if (createHash('sha256').update(drawing).digest('hex') !== drawnFrom) throw new Error('icon.svg is another one: run node assets/icons/make.mjs');
  const pictures = ['icon-192', 'icon-512', 'maskable', 'apple-touch'].map(async (name) => [name, await readFile(join(here, `icons/${name}.png`)), '.png']);
  return [['icon', drawing, '.svg'], ...(await Promise.all(pictures))].map(([name, bytes, end]) => [name, `${name}-${hash(bytes)}${end}`, bytes]);
}

async function finish(meta) {
  const drawn = await icons();
  const named = (text) => drawn.reduce((done, [name, file]) => done.replace(`%${name.toUpperCase()}%`, `/${file}`), text);
  const page = named((await readFile(join(here, 'index.html'), 'utf8')).replace(/\n<!--.*?-->/g, ''))
    .replace('%CSS%', `/${nameOf(outputOf(meta, 'styles/main.css'))}`)
    .replace('%JS%', `/${nameOf(outputOf(meta, 'main.tsx'))}`);
  if (/%[\w-]+%|\sstyle=|<script>|<style/.test(page)) throw new Error('index.html: a name was not filled in, or something is inline (the CSP forbids it)');
  for (const [, file, bytes] of drawn) await writeFile(join(out, file), bytes);
  await writeFile(join(out, 'manifest.webmanifest'), named(await readFile(join(here, 'offline/manifest.webmanifest'), 'utf8')));
  const iconNames = drawn.map(([, file]) => file);
  // Read by programmers, at a desk that has the server: not kept for when it is away.
  const kept = Object.keys(meta.outputs).filter((path) => !Object.keys(meta.outputs[path].inputs).some((input) => input.includes('swagger-ui-dist')));
  await buildWorker([...kept.map(nameOf), iconNames[0]].map((name) => `/${name}`).sort(), page);
  // Last and whole: whoever sees the page can fetch what it names.
  await writeFile(join(out, 'index.html.new'), page);
  await rename(join(out, 'index.html.new'), join(out, 'index.html'));

  const keep = new Set([...Object.keys(meta.outputs).map(nameOf), ...iconNames, 'index.html', 'manifest.webmanifest', 'sw.js']);
  for (const name of await readdir(out)) if (!keep.has(name) && !name.startsWith('.')) await rm(join(out, name), { recursive: true });

  const first = firstFiles(meta);
  let sum = gzipSync(page, { level: 9 }).length;
  for (const path of Object.keys(meta.outputs).sort()) {
    const size = gzipSync(await readFile(join(here, path)), { level: 9 }).length;
    if (first.has(path)) sum += size;
    console.log(`  ${String(size).padStart(7)} ${first.has(path) ? 'first' : '     '} ${nameOf(path)}`);
  }
  console.log(`first screen: ${(sum / 1024).toFixed(1)} KiB gzip of ${FIRST_SCREEN_MAX / 1024}`);
  if (sum > FIRST_SCREEN_MAX) throw new Error('the first screen is past its budget');
}

await mkdir(out, { recursive: true });
if (process.argv.includes('--watch')) {
  const watcher = await context({
    ...options,
    plugins: [sheetAsText, { name: 'finish', setup: (build) => build.onEnd((result) => (result.errors.length ? undefined : finish(result.metafile))) }],
  });
  await watcher.watch();
} else {
  await finish((await bundle(options)).metafile);
}
