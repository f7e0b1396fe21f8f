/* A hold as the API gives it, and the acts on it. */
import { api } from '../core/api';
import { changed } from '../core/query';

export interface Hold {
  id: string;
  book_id: string;
  /** Null, and all of `member`: forgotten, with the loan that fulfilled it. */
  member_id: string | null;
  copy_id: string | null;
  status: 'waiting' | 'ready' | 'fulfilled' | 'cancelled' | 'expired';
  /** 1-based in the queue; 0: ready; null: over. */
  position: number | null;
  placed_at: string;
  ready_at: string | null;
  pickup_until: string | null;
  suspended: boolean;
  suspended_until: string | null;
  ended_at: string | null;
  book: { id: string; title: string; author: string };
  member: { id: string | null; name: string | null; card: string | null };
  copy: { id: string; barcode: string; shelf: string | null } | null;
}

/** What a copy that came in is wanted for. */
export interface Turn {
  hold_id: string;
  member_id: string;
  member_name: string;
  card: string;
  pickup_until: string;
}

const holdPath = (id: string): string => `/holds/${encodeURIComponent(id)}`;
const touched = () => changed('holds', 'books', 'members');

export async function placeHold(book_id: string, member_id: string): Promise<Hold> {
  const hold = await api.post<Hold>('/holds', { book_id, member_id });
  touched();
  return hold;
}

export async function cancelHold(id: string): Promise<void> {
  await api.delete(holdPath(id));
  touched();
}

export async function suspendHold(id: string, suspended: boolean): Promise<void> {
  await api.put(`${holdPath(id)}/suspend`, { suspended });
  touched();
}

export type Gone = 'lost' | 'in_repair' | 'withdrawn';

/** The copy on the hold shelf is not fit to be fetched: the hold waits again, in its old place. */
export async function copyGone(id: string, status: Gone): Promise<void> {
  await api.post(`${holdPath(id)}/copy-gone`, { status });
  touched();
}

export async function moveHold(id: string, position: number): Promise<void> {
  await api.put(`${holdPath(id)}/position`, { position });
  touched();
}
