/* A loan as the API gives it, and the acts on it. */
import { api } from '../core/api';
import { changed } from '../core/query';
import type { Turn } from '../holds/hold';

export interface Borrow {
  id: string;
  book_id: string;
  member_id: string;
  copy_id: string;
  borrowed_at: string;
  due_date: string;
  returned_at: string | null;
  status: 'borrowed' | 'returned';
  renewals: number;
  overdue: boolean;
  /** What lateness costs up to now, or cost in all. */
  fine: number;
  lost: boolean;
  book: { id: string; title: string; author: string; isbn: string | null };
  member: { id: string; name: string; card: string; phone: string | null; email: string | null };
  copy: { barcode: string; shelf: string | null } | null;
}

/** What came back, and what is to be done with it now. */
export interface Returned extends Borrow {
  next_hold: Turn | null;
  /** What the reader owes in all. */
  balance: number;
}

const everything = () => changed('borrows', 'books', 'members', 'holds', 'fines');
const borrowPath = (id: string): string => `/borrows/${encodeURIComponent(id)}`;

/** `override_reason`: lent although somebody else waits for it. */
export async function lend(what: ({ barcode: string; card: string } | { book_id: string; member_id: string }) & { override_reason?: string }): Promise<Borrow> {
  const borrow = await api.post<Borrow>('/borrows', what);
  everything();
  return borrow;
}

export async function takeBack(id: string): Promise<Returned> {
  const borrow = await api.post<Returned>(`${borrowPath(id)}/return`);
  everything();
  return borrow;
}

export async function takeBackBarcode(barcode: string): Promise<Returned> {
  const borrow = await api.post<Returned>('/borrows/return', { barcode });
  everything();
  return borrow;
}

export async function renew(id: string): Promise<Borrow> {
  const borrow = await api.post<Borrow>(`${borrowPath(id)}/renew`);
  everything();
  return borrow;
}

export interface RenewedAll {
  renewed: Borrow[];
  refused: { id: string; error_code: string; detail: string }[];
}

export async function renewAll(member_id: string): Promise<RenewedAll> {
  const all = await api.post<RenewedAll>('/borrows/renew', { member_id });
  everything();
  return all;
}

/** The copy is not coming back: the loan ends, and its price is charged. */
export async function declareLost(id: string): Promise<Borrow> {
  const borrow = await api.post<Borrow>(`${borrowPath(id)}/lost`);
  everything();
  return borrow;
}
