/* A backup in the library's place: what the server says about it, and waiting for a server that is away for a moment. */
import { api, ApiError } from '../core/api';
import { type PluralKey } from '../core/messages';

export interface Counts {
  books: number;
  copies: number;
  members: number;
  borrows: number;
  open_borrows: number;
  last_activity: string | null;
}

export interface Preview {
  path: string;
  bytes: number;
  made_at: string | null;
  sealed: boolean;
  backup: Counts;
  present: Counts;
  lost_acts: number;
  lost: { action: string; count: number }[];
  /** What the journal could add. */
  journal: { entries: number; first_at: string | null; last_at: string | null } | null;
}

export interface RestoreFile {
  path: string;
  kind: string | null;
  made_at: string | null;
  bytes: number;
  sealed: boolean;
  counts: Counts | null;
}

export interface Restore {
  state: 'none' | 'staging' | 'ready' | 'swapping' | 'failed' | 'done';
  detail: string | null;
  from: string | null;
  kept_aside: string | null;
  finished_at: string | null;
  bytes: number;
  bytes_done: number;
}

/** Which one: by its row, or by its file. */
export type Which = { backup_id: string } | { path: string };

export const PATH = '/admin/restore';

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const isUnderWay = (restore: Restore): boolean => ['staging', 'ready', 'swapping'].includes(restore.state);

/** Acts that are named; others are counted together. */
export const ACTS: Record<string, PluralKey> = {
  'borrow.lent': 'restore.lent',
  'borrow.returned': 'restore.returned',
  'book.added': 'restore.added',
  'member.registered': 'restore.registered',
};

/** How far it is; 'away' while nobody answers; 'out' when the restored library does not know this session. */
export async function look(): Promise<Restore | 'away' | 'out'> {
  try {
    return await api.peek<Restore>(PATH);
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    if (cause.status === 401 || cause.status === 403) return 'out';
    if (cause.status === 0 || cause.status === 503 || cause.status === 429) return 'away';
    throw cause;
  }
}
