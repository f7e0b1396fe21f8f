/* A stock-take as the API gives it, and the acts on it. */
import type { Copy } from '../books/book';
import { api } from '../core/api';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export type Finding = 'in_place' | 'misplaced' | 'on_loan' | 'on_hold_shelf' | 'in_repair' | 'was_lost' | 'was_withdrawn' | 'unknown';

export interface Stocktake {
  id: string;
  name: string;
  shelf: string | null;
  expected: number;
  seen: number;
  missing: number | null;
  started_at: string;
  started_by: string;
  finished_at: string | null;
}

export interface Scan {
  barcode: string;
  finding: Finding;
  shelf: string | null;
  at: string;
  repeated?: boolean;
  copy: { id: string | null; shelf: string | null; title: string | null } | null;
}

/** What a scan answers: the whole copy. */
export interface Scanned extends Omit<Scan, 'copy'> {
  copy: Copy | null;
}

export const FINDING: Record<Finding, Key> = {
  in_place: 'stock.inPlace',
  misplaced: 'stock.misplaced',
  on_loan: 'stock.onLoan',
  on_hold_shelf: 'stock.onHoldShelf',
  in_repair: 'stock.inRepair',
  was_lost: 'stock.wasLost',
  was_withdrawn: 'stock.wasWithdrawn',
  unknown: 'stock.unknown',
};

export const stocktakePath = (id: string): string => `/stocktakes/${encodeURIComponent(id)}`;

export async function startStocktake(facts: { name: string; shelf?: string }): Promise<Stocktake> {
  const made = await api.post<Stocktake>('/stocktakes', facts);
  changed('stocktakes');
  return made;
}

export const scanInto = (id: string, barcode: string): Promise<Scanned> => api.post<Scanned>(`${stocktakePath(id)}/scans`, { barcode });

export async function finishStocktake(id: string, mark_missing_lost: boolean): Promise<void> {
  await api.post(`${stocktakePath(id)}/finish`, { mark_missing_lost });
  changed('stocktakes', 'books');
}
