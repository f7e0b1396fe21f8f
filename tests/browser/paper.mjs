// paper.mjs — what a PDF is once it is on paper: Poppler renders it at 600 dots to the inch, and these look at the dots.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BinaryBitmap, Code128Reader, GlobalHistogramBinarizer, RGBLuminanceSource } from '@zxing/library';

const call = promisify(execFile);

const PER_INCH = 600;
export const DOT = 25.4 / PER_INCH;
const DARK = 128;

/** How many pages, and the size of each in millimetres, as the file itself says. */
export async function measure(pdf) {
  const { stdout } = await call('pdfinfo', ['-f', '1', '-l', '10000', pdf]);
  const sizes = [...stdout.matchAll(/size:\s+([\d.]+) x ([\d.]+) pts/g)].map(([, width, height]) => ({ width: (width * 25.4) / 72, height: (height * 25.4) / 72 }));
  return { pages: Number(/^Pages:\s+(\d+)/m.exec(stdout)[1]), sizes };
}

export async function words(pdf, page) {
  return (await call('pdftotext', ['-f', String(page), '-l', String(page), pdf, '-'])).stdout;
}

/** The grey of a portable greymap's dots. */
function greymap(bytes) {
  const [head, width, height] = /^P5\s(\d+)\s(\d+)\s255\s/.exec(bytes.subarray(0, 40).toString('latin1'));
  return new Sheet(Number(width), Number(height), bytes.subarray(head.length));
}

/** One rendered page. Places are in millimetres from its top left. */
class Sheet {
  constructor(width, height, dots) {
    Object.assign(this, { width, height, dots });
  }

  /** The dots of a rectangle, as a picture of its own. */
  cut({ x, y, width, height }) {
    const [left, top] = [Math.round(x / DOT), Math.round(y / DOT)];
    const [across, down] = [Math.round(width / DOT), Math.round(height / DOT)];
    const dots = new Uint8ClampedArray(across * down).fill(255);
    for (let row = 0; row < down; row++) {
      const from = (top + row) * this.width + left;
      if (top + row >= 0 && top + row < this.height) dots.set(this.dots.subarray(from, from + across), row * across);
    }
    return new Sheet(across, down, dots);
  }

  isDark(column, row) {
    return this.dots[row * this.width + column] < DARK;
  }

  /** The least rectangle that has all ink, in millimetres; null: blank. */
  ink() {
    let [left, top, right, bottom] = [this.width, this.height, -1, -1];
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column++) {
        if (!this.isDark(column, row)) continue;
        if (column < left) left = column;
        if (column > right) right = column;
        if (row < top) top = row;
        bottom = row;
      }
    }
    return right < 0 ? null : { left: left * DOT, top: top * DOT, right: (right + 1) * DOT, bottom: (bottom + 1) * DOT };
  }

  /** [at, wide] of each bar that a row of dots passes through. */
  bars(row) {
    const found = [];
    for (let column = 0; column < this.width; column++) {
      if (!this.isDark(column, row)) continue;
      const at = column;
      while (column < this.width && this.isDark(column, row)) column++;
      found.push([at, column - at]);
    }
    return found;
  }

  /** Takes away everything inside a rectangle. */
  wipe({ x, y, width, height }) {
    const [left, top, right, bottom] = [x, y, x + width, y + height].map((mm) => Math.round(mm / DOT));
    for (let row = Math.max(0, top); row < Math.min(bottom, this.height); row++) {
      this.dots.fill(255, row * this.width + Math.max(0, left), row * this.width + Math.min(right, this.width));
    }
  }

  /**
   * The barcode in this picture: its text, and where its bars lie in millimetres. Decoded from the dots by somebody
   * else's reader; measured by what looks the same over many rows. null: there is none.
   */
  barcode() {
    const bitmap = new BinaryBitmap(new GlobalHistogramBinarizer(new RGBLuminanceSource(new Uint8ClampedArray(this.dots), this.width, this.height)));
    let text;
    try {
      text = new Code128Reader().decode(bitmap).getText();
    } catch {
      return null;
    }
    const rows = Array.from({ length: this.height }, (_, row) => JSON.stringify(this.bars(row)));
    let best = { from: 0, count: 0 };
    for (let row = 0; row < this.height; ) {
      let end = row;
      while (end < this.height && rows[end] === rows[row]) end++;
      if (rows[row] !== '[]' && end - row > best.count) best = { from: row, count: end - row };
      row = end;
    }
    const bars = this.bars(best.from);
    const [first] = bars[0];
    const [at, wide] = bars[bars.length - 1];
    return { text, bars, left: first * DOT, right: (at + wide) * DOT, top: best.from * DOT, bottom: (best.from + best.count) * DOT };
  }
}

/** The pages as they print; pages counted from 1. */
export async function printed(pdf, first, last = first) {
  const folder = await mkdtemp(join(tmpdir(), 'carrel-paper-'));
  try {
    await call('pdftoppm', ['-gray', '-r', String(PER_INCH), '-f', String(first), '-l', String(last), pdf, join(folder, 'page')]);
    const names = (await readdir(folder)).sort();
    return await Promise.all(names.map(async (name) => greymap(await readFile(join(folder, name)))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
