/*
 * Writing on labels. What Helvetica's WinAnsi characters can say is text in the PDF, in one of the fonts every reader
 * of PDF has; nothing is embedded. Any other script is drawn by the browser, with its own fonts and shaping, as a black
 * and white image mask of 600 dots to the inch: as sharp as a laser printer prints, and a few hundred bytes each.
 */
import { PDFDocument, type PDFFont, StandardFonts } from 'pdf-lib';

export const MM = 72 / 25.4;
const PER_INCH = 600;

export interface Fonts {
  plain: PDFFont;
  bold: PDFFont;
}

export async function fontsOf(doc: PDFDocument): Promise<Fonts> {
  return { plain: await doc.embedFont(StandardFonts.Helvetica), bold: await doc.embedFont(StandardFonts.HelveticaBold) };
}

export interface Pen {
  /** Millimetres that a text takes; size in points. */
  width(text: string, size: number, bold: boolean): number;
  /** True: the standard fonts have it all. */
  plain(text: string): boolean;
}

/** Characters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

function cssFont(pixels: number, bold: boolean): string {
  return `${bold ? 'bold ' : ''}${pixels}px Helvetica, Arial, sans-serif`;
}

function brush(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  if (!drawing) throw new Error('no canvas');
  return drawing;
}

/** One pen for the page: it measures as the PDF will be written. */
export async function makePen(): Promise<Pen> {
  const { plain, bold } = await fontsOf(await PDFDocument.create());
  const has = new Set(plain.getCharacterSet());
  const measure = brush(document.createElement('canvas'));
  const isPlain = (text: string): boolean => Array.from(text).every((sign) => has.has(sign.codePointAt(0) as number));
  return {
    plain: isPlain,
    width(text, size, isBold) {
      if (isPlain(text)) return (isBold ? bold : plain).widthOfTextAtSize(text, size) / MM;
      measure.font = cssFont(100, isBold);
      return (measure.measureText(text).width * size) / 100 / MM;
    },
  };
}

export interface Mask {
  /** Dots. */
  width: number;
  height: number;
  /** Dots from the top to the line that letters stand on. */
  base: number;
  /** One bit a dot, rows begin with a byte; 0 is ink, as an image mask has it. */
  bits: Uint8Array;
}

export const maskSize = (dots: number): number => (dots * 72) / PER_INCH;

/** A text as dots. */
export function maskOf(text: string, size: number, bold: boolean): Mask {
  const pixels = (size * PER_INCH) / 72;
  const canvas = document.createElement('canvas');
  let drawing = brush(canvas);
  drawing.font = cssFont(pixels, bold);
  const base = Math.ceil(pixels * 1.2);
  canvas.width = Math.ceil(drawing.measureText(text).width) + 2;
  canvas.height = base + Math.ceil(pixels * 0.5);
  // A canvas that was resized has forgotten everything.
  drawing = brush(canvas);
  drawing.font = cssFont(pixels, bold);
  drawing.direction = RIGHT_TO_LEFT.test(text) ? 'rtl' : 'ltr';
  drawing.textAlign = 'left';
  drawing.fillText(text, 1, base);
  const { data } = drawing.getImageData(0, 0, canvas.width, canvas.height);
  const stride = Math.ceil(canvas.width / 8);
  const bits = new Uint8Array(stride * canvas.height).fill(0xff);
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      if ((data[(y * canvas.width + x) * 4 + 3] as number) < 128) continue;
      const at = y * stride + (x >> 3);
      bits[at] = (bits[at] as number) & ~(0x80 >> (x & 7));
    }
  }
  return { width: canvas.width, height: canvas.height, base, bits };
}
