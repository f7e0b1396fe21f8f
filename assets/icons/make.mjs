/* node assets/icons/make.mjs: the PNGs beside this file, drawn from ../icon.svg by the browser of the tests. Run it after
 * a change of the drawing, and keep what it makes; the build compares. Phones and home screens take no SVG. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '../../tests/browser/browser.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const drawing = await readFile(join(here, '../icon.svg'), 'utf8');

/** To the edges, for systems that cut their own shape out of it; `part` of it holds what must be seen. */
function filled(part) {
  const inside = drawing.replace(/^<svg[^>]*>|<\/svg>\s*$/g, '').replace(/<rect width="32" height="32"[^>]*>/, '');
  const ground = /<rect width="32" height="32"[^>]*fill="(#\w+)"/.exec(drawing)[1];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="${ground}"/><g transform="translate(16 16) scale(${part}) translate(-16 -16)">${inside}</g></svg>`;
}

// A maskable icon's safe zone is a circle of 40 % of its side (W3C Web Application Manifest, "Icon masks").
const icons = { 'icon-192': [drawing, 192], 'icon-512': [drawing, 512], maskable: [filled(0.85), 512], 'apple-touch': [filled(1), 180] };

const browser = await startBrowser();
try {
  const page = await browser.newPage();
  for (const [name, [svg, side]] of Object.entries(icons)) {
    await page.setViewportSize({ width: side, height: side });
    await page.setContent(`<style>body{margin:0}svg{display:block;width:${side}px;height:${side}px}</style>${svg}`);
    await writeFile(join(here, `${name}.png`), await page.screenshot({ omitBackground: true }));
  }
} finally {
  await browser.close();
}
await writeFile(join(here, 'drawn-from'), `${createHash('sha256').update(drawing).digest('hex')}\n`);
