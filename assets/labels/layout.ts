/* What stands where on one label. The preview and the PDF both draw this, so they cannot differ. */
import { type Bars, moduleFor } from './bars';
import type { Pen } from './pen';

export type Kind = 'barcode' | 'spine' | 'card';

export interface Item {
  id: string;
  /** Barcode of a copy, number of a card. */
  code: string;
  /** null: it cannot be a barcode. */
  bars: Bars | null;
  /** Title of a copy, name of a member. */
  name: string;
  author: string;
  shelf: string;
  /** What a card says besides: group, until when. */
  more: string[];
}

/** Millimetres from the label's top left, y downwards; sizes of letters in points. */
export type Mark =
  | { as: 'bars'; x: number; y: number; height: number; module: number; bars: Bars }
  | { as: 'text'; x: number; y: number; width: number; size: number; bold: boolean; text: string };

interface Line {
  text: string;
  size: number;
  bold: boolean;
  /** In a script whose letters reach further up and down than Latin ones. */
  tall: boolean;
}

/** Labels are cut a little beside where they should be. */
const EDGE = 1;
const TEXT_EDGE = 1.5;
/** Height of a line, and how far down in it its letters stand, in letters' sizes. */
const LINE = { height: 1.2, base: 0.92 };
const TALL_LINE = { height: 1.5, base: 1.05 };
const HIGHEST_BARS = 14;
const LOWEST_BARS = 5;
const CARD_HEIGHT = 40;
const CARD_GAP = 1.5;
const SMALLEST_TEXT = 5;
/** Millimetres. */
export const POINT = 25.4 / 72;

const clean = (text: string): string => text.normalize('NFC').replace(/[\s\u0000-\u001f]+/g, ' ').trim();

/** As much of the text as goes into the width, with … for what does not. */
function cut(text: string, width: number, size: number, bold: boolean, pen: Pen): string {
  if (pen.width(text, size, bold) <= width) return text;
  const signs = Array.from(text);
  let [fits, not] = [0, signs.length];
  while (not - fits > 1) {
    const middle = (fits + not) >> 1;
    if (pen.width(`${signs.slice(0, middle).join('')}…`, size, bold) <= width) fits = middle;
    else not = middle;
  }
  return `${signs.slice(0, fits).join('').trimEnd()}…`;
}

/** Broken between words into at most so many lines; the last is cut. */
function broken(text: string, width: number, size: number, bold: boolean, most: number, pen: Pen): Line[] {
  const lines: string[] = [];
  let rest = clean(text).split(' ');
  while (rest.length && lines.length < most - 1) {
    let taken = 1;
    while (taken < rest.length && pen.width(rest.slice(0, taken + 1).join(' '), size, bold) <= width) taken++;
    const line = rest.slice(0, taken).join(' ');
    // A single word too long for a line, as in scripts without spaces: the last line cuts it.
    if (pen.width(line, size, bold) > width) break;
    lines.push(line);
    rest = rest.slice(taken);
  }
  if (rest.length) lines.push(cut(rest.join(' '), width, size, bold, pen));
  return lines.filter(Boolean).map((one) => lineOf(one, size, bold, pen));
}

const lineOf = (text: string, size: number, bold: boolean, pen: Pen): Line => ({ text, size, bold, tall: !pen.plain(text) });
const heightOf = ({ size, tall }: Line): number => size * POINT * (tall ? TALL_LINE : LINE).height;
const sum = (lines: Line[]): number => lines.reduce((all, line) => all + heightOf(line), 0);

function writeLine(line: Line, labelWidth: number, y: number, pen: Pen): Mark {
  const width = pen.width(line.text, line.size, line.bold);
  return { as: 'text', x: (labelWidth - width) / 2, y: y + line.size * POINT * (line.tall ? TALL_LINE : LINE).base, width, size: line.size, bold: line.bold, text: line.text };
}

/** Room that a barcode has on a label of this width, its quiet zones included. */
const roomFor = (labelWidth: number): number => labelWidth - 2 * EDGE;

/** Whether the item can be on labels this wide: whoever asks for a barcode wants no label without it. */
export function fits(kind: Kind, item: Item, labelWidth: number): boolean {
  if (kind === 'spine') return clean(item.shelf) !== '' || letters(item.author) !== '';
  return item.bars !== null && moduleFor(item.bars, roomFor(labelWidth)) > 0;
}

/** Lines above, a barcode, its text below: the whole in the label's middle. */
function withBars(item: Item, above: Line[], width: number, height: number, size: number, pen: Pen): Mark[] {
  const bars = item.bars as Bars;
  const module = moduleFor(bars, roomFor(width));
  const below = lineOf(cut(item.code, width - 2 * TEXT_EDGE, size, false, pen), size, false, pen);
  const room = height - 2 * EDGE - heightOf(below);
  const lines = [...above];
  while (lines.length && room - sum(lines) < LOWEST_BARS) lines.shift();
  // Cards have room to spare between writing and bars; labels have not.
  const gap = lines.length && height >= CARD_HEIGHT ? CARD_GAP : 0;
  const tall = Math.min(HIGHEST_BARS, room - sum(lines) - gap);
  const marks: Mark[] = [];
  let y = (height - sum(lines) - gap - tall - heightOf(below)) / 2;
  for (const line of lines) {
    marks.push(writeLine(line, width, y, pen));
    y += heightOf(line);
  }
  y += gap;
  marks.push({ as: 'bars', x: (width - bars.modules * module) / 2, y, height: tall, module, bars });
  marks.push(writeLine(below, width, y + tall, pen));
  return marks;
}

function barcodeLabel(item: Item, width: number, height: number, library: string, pen: Pen): Mark[] {
  const inner = width - 2 * TEXT_EDGE;
  const size = height < 15 ? 6 : height < 30 ? 7 : 9;
  const above: Line[] = [];
  if (height >= 28 && clean(library)) above.push(...broken(library, inner, 7, false, 1, pen));
  if (height >= 17) above.push(...broken(item.name, inner, height < 30 ? 6.5 : 8.5, true, height < 35 ? 1 : 2, pen));
  return withBars(item, above, width, height, size, pen);
}

function cardLabel(item: Item, width: number, height: number, library: string, pen: Pen): Mark[] {
  const inner = width - 2 * TEXT_EDGE - 2;
  const isBig = height >= CARD_HEIGHT;
  const above: Line[] = [];
  if (height >= 24 && clean(library)) above.push(...broken(library, inner, isBig ? 9 : 7, false, 1, pen));
  if (height >= 15) above.push(...broken(item.name, inner, isBig ? 14 : height < 24 ? 7 : 10, true, isBig ? 2 : 1, pen));
  if (height >= 30) for (const text of item.more) above.push(...broken(text, inner, isBig ? 8.5 : 7, false, 1, pen));
  return withBars(item, above, width, height, isBig ? 10 : 7.5, pen);
}

const LETTERS = 3;

/** The first letters of the author's family name: what stands before a comma, or the last word. */
export function letters(author: string): string {
  const first = clean(author.split(';')[0] || '');
  const family = first.includes(',') ? first.split(',')[0] || '' : first.split(' ').pop() || '';
  const signs = Array.from(family).filter((sign) => /[\p{L}\p{M}\p{N}]/u.test(sign));
  return signs.slice(0, LETTERS).join('').toLocaleUpperCase();
}

const SPINE_LINES = 5;

/** The call number word by word, then the letters; as large as the label lets it be. */
function spineLabel(item: Item, width: number, height: number, pen: Pen): Mark[] {
  const words = clean(item.shelf).split(' ').filter(Boolean);
  const head = words.length < SPINE_LINES ? words : [...words.slice(0, SPINE_LINES - 2), words.slice(SPINE_LINES - 2).join(' ')];
  const texts = [...head, letters(item.author)].filter(Boolean);
  const inner = width - 2 * TEXT_EDGE;
  let size = 20;
  const isTooBig = (): boolean =>
    sum(texts.map((text) => lineOf(text, size, true, pen))) > height - 2 * EDGE || texts.some((text) => pen.width(text, size, true) > inner);
  while (size > SMALLEST_TEXT && isTooBig()) size -= 0.5;
  const lines = texts.map((text) => lineOf(cut(text, inner, size, true, pen), size, true, pen));
  let y = (height - sum(lines)) / 2;
  return lines.map((line) => {
    const mark = writeLine(line, width, y, pen);
    y += heightOf(line);
    return mark;
  });
}

export function marksOf(kind: Kind, item: Item, width: number, height: number, library: string, pen: Pen): Mark[] {
  if (kind === 'spine') return spineLabel(item, width, height, pen);
  return kind === 'card' ? cardLabel(item, width, height, library, pen) : barcodeLabel(item, width, height, library, pen);
}
