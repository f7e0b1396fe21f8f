/* The first sheet, to scale, drawn from the same marks as the PDF. Black on white, whatever the theme: it is paper. */
import { memo } from 'preact/compat';
import { type Item, type Kind, type Mark, marksOf, POINT } from './layout';
import type { Pen } from './pen';
import { type Measures, perSheet, placeOf } from './sheets';

const short = (n: number): string => n.toFixed(3);

function path({ x, y, height, module, bars }: Mark & { as: 'bars' }): string {
  return bars.runs.map(([at, wide]) => `M${short(x + at * module)} ${short(y)}h${short(wide * module)}v${short(height)}h${short(-wide * module)}z`).join('');
}

interface Props {
  kind: Kind;
  items: readonly Item[];
  sheet: Measures;
  start: number;
  right: number;
  down: number;
  library: string;
  pen: Pen;
  name: string;
}

function Drawing({ kind, items, sheet, start, right, down, library, pen, name }: Props) {
  const cells = Array.from({ length: perSheet(sheet) }, (_, cell) => cell);
  return (
    <svg class="labels-sheet" viewBox={`0 0 ${sheet.width} ${sheet.height}`} role="img" aria-label={name}>
      {cells.map((cell) => {
        const { x, y } = placeOf(sheet, cell);
        return <rect key={cell} x={x} y={y} width={sheet.labelWidth} height={sheet.labelHeight} rx={1.5} fill="none" stroke="#b9c2bd" stroke-width={0.25} />;
      })}
      {items.slice(0, cells.length - start).map((item, n) => {
        const { x, y } = placeOf(sheet, start + n);
        return (
          <g key={n} transform={`translate(${short(x + right)} ${short(y + down)})`} fill="#000">
            {marksOf(kind, item, sheet.labelWidth, sheet.labelHeight, library, pen).map((mark) =>
              mark.as === 'bars' ? (
                <path d={path(mark)} />
              ) : (
                <text
                  x={short(mark.x)} y={short(mark.y)} font-size={short(mark.size * POINT)} font-weight={mark.bold ? 'bold' : 'normal'}
                  font-family="Helvetica, Arial, sans-serif" textLength={short(mark.width)} lengthAdjust="spacingAndGlyphs"
                >
                  {mark.text}
                </text>
              ),
            )}
          </g>
        );
      })}
    </svg>
  );
}

export const Preview = memo(Drawing);
