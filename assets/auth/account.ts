/* Accounts and keys as the API gives them, and the acts on them. */
import { api } from '../core/api';
import type { Role } from '../core/door';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export const ROLE: Record<Role, Key> = { member: 'role.member', librarian: 'role.librarian', admin: 'role.admin' };
export const ROLES: Role[] = ['member', 'librarian', 'admin'];

export interface AccountRow {
  id: string;
  name: string;
  role: Role;
  member_id: string | null;
  member_name: string | null;
  password_set: boolean;
  reset_asked_at: string | null;
  locked_until: string | null;
  last_login_at: string | null;
  disabled_at: string | null;
  version: number;
}

export interface KeyRow {
  id: string;
  name: string;
  role: Role;
  created_by: string;
  created_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface Code {
  code: string;
  expires_at: string;
}

const path = (id: string): string => `/admin/accounts/${encodeURIComponent(id)}`;

export async function createAccount(body: Record<string, unknown>): Promise<AccountRow> {
  const made = await api.post<AccountRow>('/admin/accounts', body);
  changed('accounts', 'audit');
  return made;
}

export async function updateAccount(id: string, body: Record<string, unknown>, version?: number): Promise<void> {
  try {
    await api.patch(path(id), body, version);
  } finally {
    changed('accounts', 'audit');
  }
}

export async function makeCode(id: string): Promise<Code> {
  const code = await api.post<Code>(`${path(id)}/reset-code`);
  changed('audit');
  return code;
}

export async function createKey(name: string, role: string): Promise<{ api_key: KeyRow; key: string }> {
  const made = await api.post<{ api_key: KeyRow; key: string }>('/admin/api-keys', { name, role });
  changed('keys', 'audit');
  return made;
}

export async function revokeKey(id: string): Promise<void> {
  await api.delete(`/admin/api-keys/${encodeURIComponent(id)}`);
  changed('keys', 'audit');
}
