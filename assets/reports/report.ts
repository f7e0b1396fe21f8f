/* Reports as the API gives them, and how their cells are written. */
import { api } from '../core/api';
import { count, day, decimal, money, monthName, weekdayName } from '../core/format';
import { type Key, t } from '../core/messages';
import { changed } from '../core/query';
import { said } from '../core/server_words';

export interface Column {
  name: string;
  type: 'text' | 'integer' | 'real' | 'day' | 'money' | 'id';
  title: string;
  summed: boolean;
}

export interface Parameter {
  name: string;
  type: 'text' | 'integer' | 'day' | 'bool';
  min: number;
  max: number;
  default: string | null;
  choices: string[];
}

export interface ReportKind {
  name: string;
  title: string;
  summary: string;
  parameters: Parameter[];
  views: { by: string | null; columns: Column[] }[];
}

export type Cell = string | number | null;
export type Row = Record<string, Cell>;

export interface Report {
  report: string;
  title: string;
  by: string | null;
  from: string | null;
  to: string | null;
  generated_at: string;
  columns: Column[];
  rows: Row[];
  totals: Row;
  row_count: number;
  cut: boolean;
  chart: { x: string; y: string } | null;
}

export interface SavedReport {
  id: string;
  name: string;
  report: string;
  parameters: string;
  schedule: Schedule;
  recipients: string;
  next_on: string | null;
  last_at: string | null;
  problem: string | null;
  version: number;
}

export type Schedule = 'none' | 'daily' | 'weekly' | 'monthly' | 'yearly';
export const SCHEDULES: [Schedule, Key][] = [
  ['none', 'reports.never'], ['daily', 'reports.daily'], ['weekly', 'reports.weekly'], ['monthly', 'reports.monthly'], ['yearly', 'reports.yearly'],
];

const PERIODS: Record<string, Key> = {
  today: 'reports.today', yesterday: 'reports.yesterday', this_week: 'reports.thisWeek', last_week: 'reports.lastWeek', last_30_days: 'reports.last30',
  this_month: 'reports.thisMonth', last_month: 'reports.lastMonth', this_quarter: 'reports.thisQuarter', last_quarter: 'reports.lastQuarter',
  this_year: 'reports.thisYear', last_year: 'reports.lastYear', last_12_months: 'reports.last12', school_year: 'reports.schoolYear', last_school_year: 'reports.lastSchoolYear',
};
const PARAMETERS: Record<string, Key> = {
  period: 'reports.period', from: 'reports.from', to: 'reports.to', by: 'reports.by', sort: 'reports.sort', limit: 'reports.limit', item_type: 'reports.itemType',
  category: 'reports.category', member_type: 'reports.memberType', group: 'reports.group', days: 'reports.days', steps: 'reports.steps', years: 'reports.years',
  never: 'reports.neverLent', year: 'reports.year',
};
const FIGURES: Record<string, Key> = {
  loans: 'reports.fLoans', renewals: 'reports.fRenewals', returns: 'reports.fReturns', visits: 'reports.visits', active_members: 'reports.fActive', new_members: 'reports.fNew',
  holds: 'reports.fHolds', additions: 'reports.fAdditions', withdrawals: 'reports.fWithdrawals', open_days: 'reports.fOpenDays', open_hours: 'reports.fOpenHours',
  loans_per_active_member: 'reports.fEach', loans_per_open_day: 'reports.fEachDay', members_now: 'reports.fMembers', titles_now: 'reports.fTitles', copies_now: 'reports.fCopies',
  turnover: 'reports.fTurnover',
};
const KINDS: Record<string, Key> = { overdue: 'reports.kOverdue', lost: 'reports.kLost', damage: 'reports.kDamage', fee: 'reports.kFee' };
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

const named = (keys: Record<string, Key>, name: string): string => {
  const key = keys[name];
  return key ? t(key) : name;
};
export const parameterName = (name: string): string => named(PARAMETERS, name);
export const periodName = (name: string): string => named(PERIODS, name);

/** What a value of a column is called; `names` are those of the library's own kinds. */
export function written(column: Column, cell: Cell | undefined, names: Record<string, string> = {}): string {
  if (cell === null || cell === undefined) return '–';
  if (column.type === 'money') return money(Number(cell));
  if (column.type === 'day') return day(String(cell), true);
  if (column.type === 'real') return decimal(Number(cell));
  if (column.type === 'integer') return column.name === 'year' || column.name === 'hour' ? String(cell) : count(Number(cell));
  const text = String(cell);
  if (column.name === 'weekday') return weekdayName(WEEKDAYS.indexOf(text));
  if (column.name === 'month') return monthName(`${text}-01`);
  if (column.name === 'figure') return named(FIGURES, text);
  if (column.name === 'kind') return named(KINDS, text);
  return names[text] && (column.name === 'item_type' || column.name === 'member_type') ? names[text] : text;
}

export const isNumber = (column: Column): boolean => column.type === 'integer' || column.type === 'real' || column.type === 'money';
export const titleOf = (column: Column): string => said(column.title);

/** What a choice of `by` or `sort` is called: its column's title. */
export function choiceName(kind: ReportKind, parameter: string, choice: string): string {
  if (parameter === 'period') return periodName(choice);
  const columns = parameter === 'by' ? kind.views.find((view) => view.by === choice)?.columns : kind.views[0]?.columns;
  const first = columns?.[0]?.name === 'rank' ? columns[1] : columns?.[0];
  const column = parameter === 'by' ? first : columns?.find((one) => one.name === choice);
  return column ? titleOf(column) : choice;
}

export const savedPath = (id: string): string => `/reports/saved/${encodeURIComponent(id)}`;

export async function putVisits(on: string, visits: number): Promise<void> {
  await api.put(`/visits/${on}`, { visits });
  changed('reports');
}
