/* Opening hours, closures and the days that follow from them, as the API gives them. */
import { api } from '../core/api';
import { changed } from '../core/query';

export interface Hours {
  /** 0: Monday */
  weekday: number;
  opens: string;
  closes: string;
}

export interface CalendarDay {
  day: string;
  open: boolean;
  opens: string | null;
  closes: string | null;
  reason: string | null;
}

export interface Closure {
  id: string;
  kind: 'closure' | 'opening';
  first_day: string;
  last_day: string;
  yearly: boolean;
  name: string;
}

export interface ClosureFacts {
  kind: 'closure' | 'opening';
  first_day: string;
  last_day: string;
  yearly: boolean;
  name: string;
  move: boolean;
  spread_days: number;
}

/** What a closure would move, before it is entered. */
export interface ClosurePreview {
  loans_moved: number;
  holds_moved: number;
  per_day: { day: string; returns_before: number; returns_after: number }[];
  examples: { borrow_id: string; title: string; member_name: string; due_before: string; due_after: string }[];
}

/** What followed from other opening hours: dates do not stay on days that are closed now. */
export interface HoursMoved {
  loans_moved: number;
  holds_moved: number;
}

export async function saveHours(days: Hours[]): Promise<HoursMoved> {
  const moved = await api.put<HoursMoved>('/opening-hours', { days });
  changed('calendar', 'borrows', 'holds', 'books', 'members', 'audit');
  return moved;
}

export const previewClosure = (facts: ClosureFacts): Promise<ClosurePreview> => api.post<ClosurePreview>('/closures/preview', facts);

export async function addClosure(facts: ClosureFacts): Promise<Closure> {
  const made = await api.post<Closure>('/closures', facts);
  changed('calendar', 'borrows', 'holds', 'books', 'members', 'audit');
  return made;
}

export async function removeClosure(id: string): Promise<void> {
  await api.delete(`/closures/${encodeURIComponent(id)}`);
  changed('calendar', 'borrows', 'holds', 'books', 'members', 'audit');
}
