/* Dates, numbers and names as the reader writes them. Always Intl, never hand-made. */
import { me } from './door';
import { locales } from './language';
import { t, tn } from './messages';

const DAY = 86_400_000;

const whole = new Intl.NumberFormat(locales);
const dayShort = new Intl.DateTimeFormat(locales, { day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat(locales, { day: 'numeric', month: 'short', year: 'numeric' });
const dueShort = new Intl.DateTimeFormat(locales, { weekday: 'short', day: 'numeric', month: 'short' });
const dueYear = new Intl.DateTimeFormat(locales, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat(locales, { hour: 'numeric', minute: '2-digit' });

export const count = (n: number): string => whole.format(n);

/** An amount as the API gives it: a number with the currency's decimals. It is written, never added up. */
export function money(amount: number): string {
  const currency = me.get()?.currency || 'EUR';
  try {
    return new Intl.NumberFormat(locales, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }).format(amount);
  } catch {
    return `${amount} ${currency}`; // a code that is well-formed and unknown
  }
}

/** The same in a field that somebody may overwrite: a point, all decimals of the currency, no symbol. */
export function typedMoney(amount: number): string {
  const currency = me.get()?.currency || 'EUR';
  try {
    return amount.toFixed(new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits);
  } catch {
    return String(amount);
  }
}

/** At most one decimal: a score, a mean. */
const tenth = new Intl.NumberFormat(locales, { maximumFractionDigits: 1 });
export const decimal = (n: number): string => tenth.format(n);

const percentFine = new Intl.NumberFormat(locales, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percentWhole = new Intl.NumberFormat(locales, { style: 'percent', maximumFractionDigits: 0 });

/** Percent as the API gives it, 0 to 100; one decimal under 10. Its sign may stand before or after it. */
export function percentParts(n: number): { sign: boolean; text: string }[] {
  const fine = Math.round(n * 10) < 100 && n !== 0;
  return (fine ? percentFine : percentWhole).formatToParts(n / 100).map(({ type, value }) => ({ sign: type === 'percentSign' || type === 'literal', text: value }));
}
export const percent = (n: number): string => percentParts(n).map(({ text }) => text).join('');

/** Calendar days from today to `when`, in the reader's zone; never hours divided by 24. */
export function daysFromToday(when: Date, now = new Date()): number {
  return Math.round((Date.UTC(when.getFullYear(), when.getMonth(), when.getDate()) - Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())) / DAY);
}

/** "2026-12-31" is a day, not an instant: read as UTC it would be the day before, west of Greenwich. */
function read(text: string): Date {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  return day ? new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])) : new Date(text);
}

const near = (days: number): boolean => Math.abs(days) < 183;

function word(days: number): string | null {
  if (days === 0) return t('date.today');
  if (days === 1) return t('date.tomorrow');
  if (days === -1) return t('date.yesterday');
  return null;
}

const capital = (text: string): string => text.charAt(0).toLocaleUpperCase(locales) + text.slice(1);

/** A day in a list: "today", "19 Nov", "19 Nov 2023"; `plain` writes today as a date too. */
export function day(text: string | null | undefined, plain = false): string {
  if (!text) return '';
  const when = read(text);
  const days = daysFromToday(when);
  return (plain ? null : word(days)) || (near(days) ? dayShort : dayYear).format(when);
}

/** A day that stands on its own, with its year. */
export const fullDay = (text: string | null | undefined): string => (text ? dayYear.format(read(text)) : '');

/** A day by its weekday, for reading days one after the other: "Tue 16 Dec". */
export function weekday(text: string): string {
  const when = read(text);
  return (near(daysFromToday(when)) ? dueShort : dueYear).format(when);
}

const dayLong = new Intl.DateTimeFormat(locales, { day: 'numeric', month: 'long', year: 'numeric' });
const monthYear = new Intl.DateTimeFormat(locales, { month: 'short', year: 'numeric' });
export const month = (text: string): string => monthYear.format(read(text));

/** "3 November – 2 December 2025": what both ends share is said once. */
export function dayRange(from: string, to: string, how: 'long' | 'short' = 'long'): string {
  const [first, last] = [read(from), read(to)];
  const format = how === 'long' ? dayLong : near(daysFromToday(first)) && near(daysFromToday(last)) ? dayShort : dayYear;
  if (from === to) return format.format(first);
  return format.formatRange ? format.formatRange(first, last) : t('list.fromTo', { from: format.format(first), to: format.format(last) });
}

const monthLong = new Intl.DateTimeFormat(locales, { month: 'long', year: 'numeric' });
export const monthName = (text: string): string => monthLong.format(read(text));

/** 0: Monday. 1 January 2024 was one. */
export const weekdayName = (weekday: number, how: 'long' | 'short' = 'long'): string =>
  new Intl.DateTimeFormat(locales, { weekday: how }).format(new Date(2024, 0, 1 + weekday));

/** Today where the reader is, as the API writes days. */
export function today(): string {
  const now = new Date();
  return dayText(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate()));
}

/** A day as the API writes it, from the milliseconds of its midnight in UTC; days are counted there, where all are 24 hours long. */
export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);
export const dayNumber = (text: string): number => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY);
export const dayAfter = (text: string, days: number): string => dayText((dayNumber(text) + days) * DAY);

export const time = (text: string): string => clock.format(read(text));

/** "today, 10:24": when something happened, in a list. */
export const moment = (text: string): string => `${day(text)}, ${time(text)}`;

/** A year of publication; before the common era it says so instead of a minus sign. */
export const year = (n: number | null | undefined): string => (n === null || n === undefined ? '' : n < 0 ? t('date.bce', { year: String(-n) }) : String(n));

export interface Due {
  text: string;
  tone: '' | 'soon' | 'over';
  days: number;
}

/** A due date for its stamp: "Tue 16 Dec", "Tomorrow". */
export function due(text: string): Due {
  const when = read(text);
  const days = daysFromToday(when);
  return {
    text: capital(word(days) || (near(days) ? dueShort : dueYear).format(when)),
    tone: days < 0 ? 'over' : days <= 2 ? 'soon' : '',
    days,
  };
}

/** "5 days late", or nothing when it was in time. */
export function lateness(dueDate: string, returnedAt?: string | null): string {
  const back = returnedAt ? read(returnedAt) : new Date();
  const days = -daysFromToday(read(dueDate), back);
  return days > 0 ? tn('date.late', days) : '';
}

const languages = (() => {
  try {
    return new Intl.DisplayNames(locales, { type: 'language' });
  } catch {
    return null;
  }
})();

/** "eng", "en-GB" → "English", as far as the browser knows the code. */
export function languageName(code: string | null | undefined): string {
  if (!code) return '';
  try {
    return (languages && languages.of(code)) || code;
  } catch {
    return code;
  }
}
