/* The school year's turn as the API gives it, and the acts on it. */
import { api, query } from '../core/api';
import { changed } from '../core/query';

export interface Group {
  name: string;
  members: number;
}

export interface Move {
  from_group: string;
  /** null: its members leave. */
  to_group: string | null;
}

export interface RollOverFacts {
  name: string;
  moves: Move[];
  archive_leavers: boolean;
  expires_on?: string;
}

interface Counts {
  members: number;
  moved: number;
  archived: number;
  kept: number;
}

export interface RollOver {
  id: string;
  name: string;
  members: number;
  at: string;
  made_by: string;
  finished_at: string | null;
  undone_at: string | null;
  undone_by: string | null;
}

export interface RollOverReport extends Counts {
  roll_over: RollOver | null;
  moves: (Move & Counts)[];
  cannot_leave: { member: { id: string; name: string; card: string; group: string | null }; error_code: string; detail: string }[];
  cannot_leave_omitted: number;
}

const ROLL_OVERS = '/roll-overs';
const MOST = 100;

/** Every group there is, page by page. */
export async function allGroups(signal?: AbortSignal): Promise<Group[]> {
  const found: Group[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: { groups: Group[]; next: string | null } = await api.get(`/member-groups${query({ after, limit: MOST })}`, signal);
    found.push(...page.groups);
    after = page.next;
  }
  return found;
}

/** "Class 1a" → "Class 2a". */
export const nextGroup = (name: string): string => name.replace(/\d+/, (n) => String(Number(n) + 1));

export const previewRollOver = (facts: RollOverFacts): Promise<RollOverReport> => api.post<RollOverReport>(`${ROLL_OVERS}/preview`, facts);

export async function rollOver(facts: RollOverFacts): Promise<RollOverReport> {
  try {
    return await api.post<RollOverReport>(ROLL_OVERS, facts);
  } finally {
    // A part may be done where it broke off.
    changed('members', 'audit');
  }
}

export async function undoRollOver(id: string): Promise<{ put_back: number; left: number }> {
  try {
    return await api.post<{ put_back: number; left: number }>(`${ROLL_OVERS}/${encodeURIComponent(id)}/undo`);
  } finally {
    changed('members', 'audit');
  }
}
