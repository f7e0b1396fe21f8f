/*
 * The sheets as a PDF, in its own unit of 1/72 inch: pages as large as the paper, bars as filled rectangles whose edges
 * fall on whole dots of a 600-dot printer. One page is made at a time and the browser gets its turn in between.
 */
import {
  beginText, drawObject, endText, fill, moveText, PDFDocument, type PDFFont, type PDFName, type PDFOperator, type PDFPage,
  type PDFRef, popGraphicsState, PrintScaling, pushGraphicsState, concatTransformationMatrix, rectangle, setFontAndSize, showText,
} from 'pdf-lib';
import { DOT } from './bars';
import { type Item, type Kind, type Mark, marksOf } from './layout';
import { fontsOf, type Fonts, type Mask, maskOf, maskSize, MM, type Pen } from './pen';
import { type Measures, pagesOf, placeOf, seatOf } from './sheets';

export interface Order {
  kind: Kind;
  items: readonly Item[];
  sheet: Measures;
  /** Place of the first label, from 0. */
  start: number;
  /** Millimetres to the right and down by which everything moves: the printer's own fault, taken back. */
  offset: { x: number; y: number };
  library: string;
  title: string;
  language: string;
}

/** Thousandths of a point are 0.0004 mm; more digits only make a longer file. */
const point = (mm: number): number => Math.round(mm * MM * 1000) / 1000;
const onDot = (mm: number): number => Math.round(mm / DOT) * DOT;
/** Gives the page its turn: keys, the progress bar. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

class Press {
  private masks = new Map<string, { mask: Mask; ref: PDFRef }>();

  constructor(private doc: PDFDocument, private fonts: Fonts, private pen: Pen) {}

  draw(page: PDFPage, order: Order, cells: [cell: number, item: Item][]): void {
    const { sheet, offset, kind, library } = order;
    const names = new Map<PDFFont | PDFRef, PDFName>();
    for (const [cell, item] of cells) {
      const place = placeOf(sheet, cell);
      const [left, top] = [place.x + offset.x, place.y + offset.y];
      for (const mark of marksOf(kind, item, sheet.labelWidth, sheet.labelHeight, library, this.pen)) {
        page.pushOperators(...this.mark(page, mark, left, sheet.height - top, names));
      }
    }
  }

  /** `left` and `top` in the PDF's own direction: from the bottom up. */
  private mark(page: PDFPage, mark: Mark, left: number, top: number, names: Map<PDFFont | PDFRef, PDFName>): PDFOperator[] {
    if (mark.as === 'bars') {
      const from = onDot(left + mark.x);
      const low = point(top - mark.y - mark.height);
      const tall = point(mark.height);
      return [...mark.bars.runs.map(([at, wide]) => rectangle(point(from + at * mark.module), low, point(wide * mark.module), tall)), fill()];
    }
    const [x, y] = [point(left + mark.x), point(top - mark.y)];
    if (!this.pen.plain(mark.text)) return this.image(page, mark, x, y, names);
    const font = mark.bold ? this.fonts.bold : this.fonts.plain;
    const name = names.get(font) || page.node.newFontDictionary(font.name, font.ref);
    names.set(font, name);
    return [beginText(), setFontAndSize(name, mark.size), moveText(x, y), showText(font.encodeText(mark.text)), endText()];
  }

  private image(page: PDFPage, mark: Mark & { as: 'text' }, x: number, y: number, names: Map<PDFFont | PDFRef, PDFName>): PDFOperator[] {
    const key = `${mark.bold ? 'b' : 'p'}${mark.size} ${mark.text}`;
    let known = this.masks.get(key);
    if (!known) {
      const mask = maskOf(mark.text, mark.size, mark.bold);
      const stream = this.doc.context.flateStream(mask.bits, {
        Type: 'XObject', Subtype: 'Image', Width: mask.width, Height: mask.height, ImageMask: true, BitsPerComponent: 1,
      });
      known = { mask, ref: this.doc.context.register(stream) };
      this.masks.set(key, known);
    }
    const { mask, ref } = known;
    const name = names.get(ref) || page.node.newXObject('Text', ref);
    names.set(ref, name);
    return [
      pushGraphicsState(),
      concatTransformationMatrix(maskSize(mask.width), 0, 0, maskSize(mask.height), x, y - maskSize(mask.height - mask.base)),
      drawObject(name),
      popGraphicsState(),
    ];
  }
}

/** `progress` gets the part done, 0 to 1. Ends with null when `stopped` says so. */
export async function makePdf(order: Order, pen: Pen, progress: (part: number) => void, stopped: () => boolean): Promise<Uint8Array | null> {
  const { sheet, items, start } = order;
  const doc = await PDFDocument.create();
  doc.setTitle(order.title, { showInWindowTitleBar: true });
  doc.setCreator('Carrel');
  doc.setLanguage(order.language);
  // What "fit to page" would spoil, the file itself asks not to do; not every program listens.
  doc.catalog.getOrCreateViewerPreferences().setPrintScaling(PrintScaling.None);
  const press = new Press(doc, await fontsOf(doc), pen);
  const pages = pagesOf(sheet, start, items.length);
  let next = 0;
  for (let number = 0; number < pages; number++) {
    const page = doc.addPage([point(sheet.width), point(sheet.height)]);
    const cells: [number, Item][] = [];
    for (; next < items.length; next++) {
      const seat = seatOf(sheet, start, next);
      if (seat.page !== number) break;
      cells.push([seat.cell, items[next] as Item]);
    }
    press.draw(page, order, cells);
    progress((number + 1) / pages);
    await breath();
    if (stopped()) return null;
  }
  return doc.save({ objectsPerTick: 20, addDefaultPage: false });
}
