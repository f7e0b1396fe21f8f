/* Bars and a line over time, drawn by hand in SVG with attributes. One thing to point at: the bin under the pointer or the arrow
   keys, which the line of text below reads out; the same numbers stand in a table. Time runs left to right in every script. */
import { count, day, dayAfter, month, today } from '../core/format';
import { t } from '../core/messages';
import { type Bin, gridOf, type Unit } from './summary';

interface Props {
  /** What the chart shows, for whoever cannot see it. */
  label: string;
  bins: Bin[];
  unit: Unit;
  bars?: number[];
  line?: (number | null)[];
  /** What is expected after the last bin. */
  band?: { bins: number; value: number } | undefined;
  /** Places kept free after the last bin, so that two charts stand day under day. */
  free?: number;
  /** The widest words of either's axis, for the same reason. */
  room?: string;
  small?: boolean;
  at: number | null;
  read(at: number): void;
  /** With it the chart can be read by keyboard; Enter opens what stands behind the bin. */
  keys?: { value: string; open(): void };
}

/** Words below the plot: the first day, some between, today, the end of what is expected. */
function ticksOf(bins: Bin[], unit: Unit, slots: number, ahead: number): { x: number; text: string; anchor: 'start' | 'middle' | 'end'; kind: string }[] {
  const middle = (i: number) => ((i + 0.5) / slots) * 100;
  const text = (i: number) => (unit === 'month' ? month : plainDay)((bins[i] as Bin).from);
  const last = bins.length - 1;
  const now = (bins[last] as Bin).to === today() && unit === 'day' ? last : -1;
  const ticks: ReturnType<typeof ticksOf> = [];
  const free = (x: number, room: number) => ticks.every((tick) => Math.abs(tick.x - x) >= room);

  if (now >= 0) ticks.push({ x: middle(now), text: t('dash.today'), anchor: slots > bins.length ? 'middle' : 'end', kind: 'now' });
  if (ahead && now >= 0 && 100 - middle(now) > 10) {
    const end = dayAfter((bins[last] as Bin).to, ahead);
    ticks.push({ x: 100, text: plainDay(end), anchor: 'end', kind: 100 - middle(now) > 24 ? '' : 'alt-tick' });
  }
  const step = Math.max(1, Math.ceil(unit === 'day' ? Math.ceil(slots / 6 / 7) * 7 : slots / 6));
  // Few days: every one that has room; many: the same weekday.
  const every = unit === 'day' && slots <= 14 ? Math.ceil(slots / 7) : step;
  for (let i = 0, nth = 0; i <= last; i += every, nth += 1) {
    const x = i === 0 && bins.length > 14 ? 0 : middle(i);
    if (!free(x, 13) || x > 95) continue;
    ticks.push({ x, text: text(i), anchor: x < 5 ? 'start' : 'middle', kind: nth % 2 ? 'alt-tick' : '' });
  }
  const end = slots > bins.length ? middle(last) : 100;
  if (now < 0 && last > 0 && free(end, 11)) ticks.push({ x: end, text: text(last), anchor: end === 100 ? 'end' : 'middle', kind: '' });
  return ticks;
}

/** On an axis no day is "yesterday": a row of dates reads as a row. */
const plainDay = (date: string): string => day(date, true);

/** The line's runs between the gaps. */
function runsOf(line: (number | null)[]): { at: number; value: number }[][] {
  const runs: { at: number; value: number }[][] = [];
  line.forEach((value, at) => {
    if (value === null) return;
    const run = runs[runs.length - 1];
    const before = run && run[run.length - 1];
    if (run && before && before.at === at - 1) run.push({ at, value });
    else runs.push([{ at, value }]);
  });
  return runs;
}

type Values = { bars?: number[] | undefined; line?: (number | null)[] | undefined; band?: { value: number } | undefined };
const linesOf = ({ bars = [], line = [], band }: Values): number[] => gridOf(Math.max(1, ...bars, ...line.map((value) => value || 0), band ? band.value : 0));

/** The widest of the words beside the plot. */
export const topOf = (values: Values): string => count(linesOf(values).pop() as number);

export function Chart({ label, bins, unit, bars, line, band, free = 0, room, small, at, read, keys }: Props) {
  const slots = bins.length + (band ? band.bins : free);
  const stops = bins.length - 1 + (band ? 1 : 0);
  const lines = linesOf({ bars, line, band });
  const top = lines[lines.length - 1] as number;
  const width = 100 / slots;
  const y = (value: number) => 100 - (value / top) * 100;
  const shown = at === null ? null : Math.min(at, stops);

  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * slots);
    read(Math.max(0, Math.min(stops, slot)));
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = shown === null ? bins.length : shown;
    const week = unit === 'day' ? 7 : 4;
    const to: Record<string, number> = {
      ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1, ArrowUp: from + 1, PageDown: from - week, PageUp: from + week, Home: 0, End: stops,
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      read(Math.max(0, Math.min(stops, next)));
    } else if (event.key === 'Enter' && shown !== null && keys) {
      event.preventDefault();
      keys.open();
    }
  };
  const reading = keys
    ? {
        role: 'slider' as const, tabIndex: 0, onKeyDown: press, onFocus: () => { if (at === null) read(bins.length - 1); },
        'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': stops, 'aria-valuenow': shown === null ? bins.length - 1 : shown, 'aria-valuetext': keys.value,
      }
    : { role: 'img' as const, 'aria-label': label };

  return (
    <figure class={small ? 'chart chart-s' : 'chart'}>
      <div class="y" aria-hidden="true">{[...lines].reverse().map((value) => <span>{count(value)}</span>)}</div>
      <div class="plot" onPointerMove={point} onPointerDown={point} {...reading}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
          {shown === null ? null : <rect class="cursor" x={shown * width} width={shown === bins.length ? 100 - shown * width : width} y="0" height="100" />}
          {lines.map((value) => <line class={value ? 'lg' : 'lg lg-0'} x1="0" x2="100" y1={y(value)} y2={y(value)} />)}
          {bars ? bars.map((value, i) => (value ? <rect class="c1" x={(i + 0.14) * width} width={0.72 * width} y={y(value)} height={100 - y(value)} /> : null)) : null}
          {band ? (
            <>
              <rect class="band" x={bins.length * width} width={band.bins * width} y={y(band.value)} height={100 - y(band.value)} />
              <line class="ld" x1={bins.length * width} x2="100" y1={y(band.value)} y2={y(band.value)} />
            </>
          ) : null}
          {line ? runsOf(line).map((run) => {
            const points = (run.length > 1 ? run : [...run, ...run]).map(({ at: i, value }) => `${((i + 0.5) * width).toFixed(2)},${y(value).toFixed(2)}`).join(' ');
            return <polyline class="l2" points={points} />;
          }) : null}
        </svg>
      </div>
      {room ? <span class="y-room" aria-hidden="true">{room}</span> : null}
      <svg class="x" aria-hidden="true" focusable="false">
        {ticksOf(bins, unit, slots, band && unit === 'day' ? band.bins : 0).map((tick) => (
          <text class={tick.kind} x={`${tick.x}%`} y="14" text-anchor={tick.anchor}>{tick.text}</text>
        ))}
      </svg>
    </figure>
  );
}
