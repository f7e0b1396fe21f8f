/* A member as the API gives it, and the acts on it. */
import { api } from '../core/api';
import { changed } from '../core/query';

export type MemberStatus = 'active' | 'expired' | 'suspended';

export interface Member {
  id: string;
  card: string;
  name: string;
  email: string | null;
  phone: string | null;
  member_type: string;
  status: MemberStatus;
  expires_on: string | null;
  group: string | null;
  note: string | null;
  active_borrows_count: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
  version: number;
}

export interface MemberProfile {
  member: Member;
  membership_duration_days: number;
  active_borrows_count: number;
  analytics_summary: {
    total_books_borrowed: number;
    overdue_rate_percent: number;
    risk_level: string;
  };
}

export const memberPath = (id: string): string => `/members/${encodeURIComponent(id)}`;

export async function createMember(body: Record<string, unknown>): Promise<Member> {
  const made = await api.post<Member>('/members', body);
  changed('members');
  return made;
}

export async function updateMember(id: string, body: Record<string, unknown>, version: number): Promise<void> {
  try {
    await api.patch<Member>(memberPath(id), body, version);
  } finally {
    // Also when it was refused: somebody else may have changed it, and the page should show that.
    changed('members', 'borrows');
  }
}

/** Until a day, or as long as a membership of the member's kind runs. */
export async function renewMembership(id: string, until: string, version: number): Promise<Member> {
  const renewed = await api.post<Member>(`${memberPath(id)}/renew`, until ? { until } : {}, version);
  changed('members');
  return renewed;
}

/** From now on the old card finds nobody. */
export async function replaceCard(id: string, card: string, version: number): Promise<Member> {
  const replaced = await api.post<Member>(`${memberPath(id)}/card`, card ? { card } : {}, version);
  changed('members', 'borrows', 'holds');
  return replaced;
}

/** A kind of reader, of which there are a few. */
export interface MemberType {
  code: string;
  name: string;
  /** null: for ever. */
  membership_months: number | null;
  members: number;
}

export const MEMBER_TYPES = '/member-types';

export async function archiveMember(id: string): Promise<void> {
  await api.delete(memberPath(id));
  changed('members');
}

export async function restoreMember(id: string): Promise<void> {
  await api.post(`${memberPath(id)}/restore`);
  changed('members');
}
