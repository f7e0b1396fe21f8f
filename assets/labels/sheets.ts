/* Sheets of labels and cards: their exact measures, and where each label lies. Everything in millimetres from the sheet's top left. */

export interface Measures {
  /** The paper. */
  width: number;
  height: number;
  columns: number;
  rows: number;
  /** One label. */
  labelWidth: number;
  labelHeight: number;
  /** From the paper's edge to the first label. */
  left: number;
  top: number;
  /** From one label's edge to the same edge of the next. */
  acrossPitch: number;
  downPitch: number;
}

export interface Sheet extends Measures {
  id: string;
  /** The makers' own name; not translated. */
  name: string;
}

const INCH = 25.4;
const A4 = { width: 210, height: 297 };
const LETTER = { width: 8.5 * INCH, height: 11 * INCH };

/*
 * The measures are those that the makers print on the pack and have in their word-processor templates: in inches for
 * US Letter, in millimetres for A4. Each lies in the middle of its paper, which the test of this table holds it to.
 */
export const SHEETS: readonly Sheet[] = [
  { id: '5160', name: 'Avery 5160', ...LETTER, columns: 3, rows: 10, labelWidth: 2.625 * INCH, labelHeight: INCH, left: 0.1875 * INCH, top: 0.5 * INCH, acrossPitch: 2.75 * INCH, downPitch: INCH },
  { id: '5163', name: 'Avery 5163', ...LETTER, columns: 2, rows: 5, labelWidth: 4 * INCH, labelHeight: 2 * INCH, left: 0.15625 * INCH, top: 0.5 * INCH, acrossPitch: 4.1875 * INCH, downPitch: 2 * INCH },
  { id: '5167', name: 'Avery 5167', ...LETTER, columns: 4, rows: 20, labelWidth: 1.75 * INCH, labelHeight: 0.5 * INCH, left: 0.28125 * INCH, top: 0.5 * INCH, acrossPitch: 2.0625 * INCH, downPitch: 0.5 * INCH },
  { id: '5371', name: 'Avery 5371', ...LETTER, columns: 2, rows: 5, labelWidth: 3.5 * INCH, labelHeight: 2 * INCH, left: 0.75 * INCH, top: 0.5 * INCH, acrossPitch: 3.5 * INCH, downPitch: 2 * INCH },
  { id: 'L7160', name: 'Avery L7160', ...A4, columns: 3, rows: 7, labelWidth: 63.5, labelHeight: 38.1, left: 7.21, top: 15.15, acrossPitch: 66.04, downPitch: 38.1 },
  { id: 'L7163', name: 'Avery L7163', ...A4, columns: 2, rows: 7, labelWidth: 99.1, labelHeight: 38.1, left: 4.65, top: 15.15, acrossPitch: 101.6, downPitch: 38.1 },
  { id: 'L7651', name: 'Avery L7651', ...A4, columns: 5, rows: 13, labelWidth: 38.1, labelHeight: 21.2, left: 4.75, top: 10.7, acrossPitch: 40.6, downPitch: 21.2 },
  { id: 'C32011', name: 'Avery C32011', ...A4, columns: 2, rows: 5, labelWidth: 85, labelHeight: 54, left: 15, top: 13.5, acrossPitch: 95, downPitch: 54 },
];

export const OWN = 'own';

export const perSheet = (sheet: Measures): number => sheet.columns * sheet.rows;

/** The top left of label `cell`, counted from 0 along the rows. */
export function placeOf(sheet: Measures, cell: number): { x: number; y: number } {
  const column = cell % sheet.columns;
  const row = Math.floor(cell / sheet.columns);
  return { x: sheet.left + column * sheet.acrossPitch, y: sheet.top + row * sheet.downPitch };
}

/** Where the n-th label goes, when the first goes to place `start` of the first sheet. Both from 0. */
export function seatOf(sheet: Measures, start: number, n: number): { page: number; cell: number } {
  const each = perSheet(sheet);
  return { page: Math.floor((start + n) / each), cell: (start + n) % each };
}

export const pagesOf = (sheet: Measures, start: number, labels: number): number => (labels === 0 ? 0 : seatOf(sheet, start, labels - 1).page + 1);

export type Fault = 'number' | 'small' | 'leaves' | 'overlap';

const SMALLEST = 8;
const LARGEST = 2000;
const MOST_ACROSS = 100;
/** Measures that were rounded are not at fault. */
const ROUNDING = 0.05;

/** What is wrong with these measures; undefined: nothing. */
export function faultOf(sheet: Measures): Fault | undefined {
  const { width, height, columns, rows, labelWidth, labelHeight, left, top, acrossPitch, downPitch } = sheet;
  const all = [width, height, columns, rows, labelWidth, labelHeight, left, top, acrossPitch, downPitch];
  if (all.some((one) => !Number.isFinite(one) || one < 0 || one > LARGEST)) return 'number';
  if ([columns, rows].some((one) => !Number.isInteger(one) || one < 1 || one > MOST_ACROSS)) return 'number';
  if (labelWidth < SMALLEST || labelHeight < SMALLEST) return 'small';
  if (columns > 1 && acrossPitch < labelWidth - ROUNDING) return 'overlap';
  if (rows > 1 && downPitch < labelHeight - ROUNDING) return 'overlap';
  const last = placeOf(sheet, perSheet(sheet) - 1);
  if (last.x + labelWidth > width + ROUNDING || last.y + labelHeight > height + ROUNDING) return 'leaves';
  return undefined;
}
