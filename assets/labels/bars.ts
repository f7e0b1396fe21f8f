/* Code 128 as bars: bwip-js says which modules are dark, drawn through its own hooks, and nothing is ever a picture. */
import { code128, type DrawingContext } from 'bwip-js/generic';

export interface Bars {
  /** Modules from the first bar's edge to the last bar's edge. */
  modules: number;
  /** Start and width of each bar, in modules. */
  runs: [at: number, wide: number][];
}

/** Light modules that must stay free on either side (ISO/IEC 15417). */
export const QUIET = 10;

/** A printer's dot at 600 to the inch: all bars are whole dots wide, so no two of the same width come out different. */
export const DOT = 25.4 / 600;
/** 0.34 mm: what desk scanners read from a hand's breadth. */
const WIDEST = 8 * DOT;
/** 0.21 mm: under that a laser printer and an old scanner are no match. */
const NARROWEST = 5 * DOT;

const UNITS = 2;

/** bwip-js draws into this: it asks for vertical strokes, one per bar. */
class Strokes implements DrawingContext<Bars> {
  private found: [number, number][] = [];
  /** Two units a module: the middle of a stroke of an odd width would be put half a unit off. */
  scale(): [number, number] {
    return [UNITS, UNITS];
  }
  measure() {
    return { width: 0, ascent: 0, descent: 0 };
  }
  init() {}
  line(x0: number, _y0: number, _x1: number, _y1: number, wide: number) {
    this.found.push([x0 - wide / 2, wide]);
  }
  polygon() {}
  hexagon() {}
  ellipse() {}
  fill() {}
  text() {}
  end(): Bars {
    const first = this.found[0]?.[0] || 0;
    const runs = this.found.map(([at, wide]): [number, number] => [(at - first) / UNITS, wide / UNITS]);
    const last = runs[runs.length - 1] || [0, 0];
    return { modules: last[0] + last[1], runs };
  }
}

const known = new Map<string, Bars | null>();
const KNOWN_MOST = 20_000;

/** The bars of a text; null when Code 128 has no sign for one of its characters. */
export function barsOf(text: string): Bars | null {
  let bars = known.get(text);
  if (bars === undefined) {
    if (known.size >= KNOWN_MOST) known.clear();
    // Scanners agree on ASCII alone; the library's barcodes have nothing else.
    bars = /^[ -~]+$/.test(text) ? code128<Bars>({ bcid: 'code128', text }, new Strokes()) : null;
    known.set(text, bars);
  }
  return bars;
}

/** How wide one module becomes on a label with this much room, quiet zones included; 0: there is not enough. */
export function moduleFor(bars: Bars, room: number): number {
  const dots = Math.floor(Math.min(WIDEST, room / (bars.modules + 2 * QUIET)) / DOT + 1e-6);
  const module = dots * DOT;
  return module < NARROWEST - 1e-6 ? 0 : module;
}
