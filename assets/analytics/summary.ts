/* The dashboard's one answer, as the API gives it, and what the charts make of its days. */
import { dayAfter, dayNumber, dayText, today } from '../core/format';
import type { Key } from '../core/messages';

export interface DayCount {
  date: string;
  count: number;
}

export interface Activity {
  /** Of the loan. */
  id: string;
  type: 'borrow' | 'return';
  book_title: string;
  /** Null: who it was is not kept any more. */
  member_name: string | null;
  timestamp: string;
}

export interface Summary {
  overview: { total_books: number; active_borrows: number; overdue_borrows: number; utilization_rate: number; health_score: number };
  overdue_breakdown: { days_1_3: number; days_4_7: number; days_7_plus: number };
  top_members: { member_id: string; name: string; borrow_count: number }[];
  inventory_health: { low_stock_books: number; never_borrowed_books: number; fully_unavailable_books: number };
  daily_active_members: DayCount[];
  daily_borrows: DayCount[];
  forecast: { projected_next_7_days_total: number; daily_projection: number };
  popular_books: { book_id: string; title: string; author: string; borrow_count: number }[];
  recent_activity: Activity[];
  last_backup_at: string | null;
  backup_is_old: boolean;
  generated_at: string;
}

/* ---- which days ---- */

export interface Days {
  from: string;
  to: string;
}

export type Preset = '7' | '30' | '90' | 'year' | '12m';
export const PRESETS: { show: Preset; name: Key }[] = [
  { show: '7', name: 'dates.last7' },
  { show: '30', name: 'dates.last30' },
  { show: '90', name: 'dates.last90' },
  { show: 'year', name: 'dates.year' },
  { show: '12m', name: 'dates.12months' },
];

export function presetDays(preset: Preset, to = today()): Days {
  const [year, month, day] = to.split('-').map(Number) as [number, number, number];
  if (preset === 'year') return { from: `${to.slice(0, 4)}-01-01`, to };
  // The day after the same day a year ago, so that no day is counted in both years.
  if (preset === '12m') return { from: dayText(Date.UTC(year - 1, month - 1, day + 1)), to };
  return { from: dayAfter(to, 1 - Number(preset)), to };
}

export const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/* ---- what one bar stands for ---- */

export type Unit = 'day' | 'week' | 'month';

export interface Bin extends Days {
  days: number;
  loans: number;
  /** Members a day, the mean of the days on which somebody came; null when nobody did. */
  members: number | null;
}

export const unitOf = ({ from, to }: Days): Unit => {
  const days = dayNumber(to) - dayNumber(from) + 1;
  return days <= 100 ? 'day' : days <= 800 ? 'week' : 'month';
};

/** The bars from the first day to the last, also for days the answer leaves out. Weeks end with the last day, so that the newest is
    whole; many years begin with the month of the first loan. */
export function binsOf(summary: Summary, days: Days, unit: Unit): Bin[] {
  const { to } = days;
  const lent = unit === 'month' ? summary.daily_borrows.find((one) => one.count > 0) : undefined;
  const from = lent && lent.date.slice(0, 7) > days.from ? `${lent.date.slice(0, 7)}-01` : days.from;
  const first = dayNumber(from);
  const last = dayNumber(to);
  const bins: Bin[] = [];
  const place = new Map<number, number>();
  let key = '';
  for (let day = first; day <= last; day += 1) {
    const date = dayAfter(from, day - first);
    const next = unit === 'month' ? date.slice(0, 7) : String(unit === 'week' ? Math.floor((last - day) / 7) : day);
    const bin = bins[bins.length - 1];
    if (bin && next === key) {
      bin.to = date;
      bin.days += 1;
    } else {
      bins.push({ from: date, to: date, days: 1, loans: 0, members: null });
      key = next;
    }
    place.set(day, bins.length - 1);
  }
  const binOf = (date: string): Bin | undefined => bins[place.get(dayNumber(date)) ?? -1];
  for (const { date, count } of summary.daily_borrows) {
    const bin = binOf(date);
    if (bin) bin.loans += count;
  }
  const came = new Map<Bin, number>();
  for (const { date, count } of summary.daily_active_members) {
    const bin = binOf(date);
    if (!bin || count === 0) continue;
    const days = (came.get(bin) || 0) + 1;
    came.set(bin, days);
    bin.members = (bin.members || 0) + (count - (bin.members || 0)) / days;
  }
  return bins;
}

/** Grid lines a person would draw: at most five above zero, at 1, 2 or 5 times a power of ten. */
export function gridOf(highest: number): number[] {
  let step = 1;
  for (let power = 1; step * 5 < highest; power *= 10) {
    step = [1, 2, 5].map((n) => n * power).find((n) => n * 5 >= highest) || power * 10;
  }
  const lines: number[] = [];
  for (let line = 0; lines.length < 2 || (lines[lines.length - 1] as number) < highest; line += step) lines.push(line);
  return lines;
}
