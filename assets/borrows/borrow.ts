/* A loan as the API gives it, and the acts on it. */
import { api, ApiError, type Try } from '../core/api';
import { changed } from '../core/query';
import type { Turn } from '../holds/hold';

interface Loan {
  id: string;
  book_id: string;
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
  copy: { barcode: string; shelf: string | null } | null;
}

/** Of a reader: every loan that is out, or has just come back. */
export interface ReadersLoan extends Loan {
  member_id: string;
  member: { id: string; name: string; card: string; phone: string | null; email: string | null };
}

/** Long after it came back, a loan may have forgotten who had it. */
interface ForgottenLoan extends Loan {
  member_id: null;
  member: { id: null; name: null; card: null; phone: null; email: null };
}

export type Borrow = ReadersLoan | ForgottenLoan;

/** What came back, and what is to be done with it now. */
export interface Returned extends ReadersLoan {
  next_hold: Turn | null;
  /** What the reader owes in all. */
  balance: number;
}

/** A copy that was not out: it stood on its shelf and somebody waits for it, or it was lost and is here again. */
export interface HandedIn extends Pick<Loan, 'book_id' | 'copy_id' | 'book' | 'copy'> {
  id: null;
  member: null;
  next_hold: Turn | null;
}

const everything = () => changed('borrows', 'books', 'members', 'holds', 'fines');
const borrowPath = (id: string): string => `/borrows/${encodeURIComponent(id)}`;

/** What the desk sends, and may have to send again: with `occurred_at`, because that may be later. */
export type Order =
  | { what: 'lend'; body: (({ barcode: string } | { book_id: string }) & ({ card: string } | { member_id: string })) & { override_reason?: string; occurred_at: string } }
  | { what: 'back'; body: { barcode: string; occurred_at: string } };
export type Lent = { what: 'lend'; borrow: ReadersLoan };
export type Back = { what: 'back'; borrow: Returned | HandedIn };

/** `override_reason`: lent although somebody else waits for it. */
export async function carryOut(order: Order, how: Try): Promise<Lent | Back> {
  const done: Lent | Back =
    order.what === 'lend'
      ? { what: 'lend', borrow: await api.postAs<ReadersLoan>('/borrows', order.body, how) }
      : { what: 'back', borrow: await api.postAs<Returned | HandedIn>('/borrows/return', order.body, how) };
  everything();
  return done;
}

export async function takeBack(id: string): Promise<Returned> {
  const borrow = await api.post<Returned>(`${borrowPath(id)}/return`);
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

export interface RenewedMany {
  renewed: number;
  refused: { loan: Borrow; why: string }[];
}

/** One after the other; one that is refused keeps no other back. Nobody answering ends it. */
export async function renewMany(loans: Borrow[]): Promise<RenewedMany> {
  const done: RenewedMany = { renewed: 0, refused: [] };
  try {
    for (const loan of loans) {
      try {
        await api.post(`${borrowPath(loan.id)}/renew`);
        done.renewed += 1;
      } catch (cause) {
        if (!(cause instanceof ApiError) || cause.status === 0) throw cause;
        done.refused.push({ loan, why: cause.message });
      }
    }
  } finally {
    everything();
  }
  return done;
}

/** The copy is not coming back: the loan ends, and its price is charged. */
export async function declareLost(id: string, facts: { amount?: string | number; note?: string | number }): Promise<Returned> {
  const borrow = await api.post<Returned>(`${borrowPath(id)}/lost`, facts);
  everything();
  return borrow;
}
