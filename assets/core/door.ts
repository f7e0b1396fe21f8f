/* Who has signed in, what that lets them do, and who waits while somebody signs in again. api.ts asks here; session.ts opens and closes. */
import { store } from './store';

export type Role = 'member' | 'librarian' | 'admin';
export type Access = 'anyone' | Role;

export interface Account {
  id: string;
  name: string;
  role: Role;
  member_id: string | null;
}

/** GET /auth/me. `access` counts: with sign-in switched off there is no account and everything is allowed. */
export interface Me {
  account: Account | null;
  access: Access;
  csrf_token: string | null;
  setup_required: boolean;
  auth: 'on' | 'off';
  library_name: string;
  currency: string;
  language: string;
  card_prefix: string;
  barcode_prefix: string;
  public_catalogue: boolean;
  self_registration: boolean;
}

/** null before the first answer. */
export const me = store<Me | null>(null);

const LEVEL: Record<Access, number> = { anyone: 0, member: 1, librarian: 2, admin: 3 };

export const reaches = (has: Access, needs: Access): boolean => LEVEL[has] >= LEVEL[needs];

export function may(needs: Access): boolean {
  const now = me.get();
  return now !== null && reaches(now.access, needs);
}

/* ---------- requests that found the session over ---------- */

/** True while the sign-in dialog is open. */
export const locked = store(false);

/** The session is over and its owner has said "Not now": the page says so, and lists that refresh themselves do not ask again. */
export const ended = store(false);

let waiting: ((go: boolean) => void)[] = [];

/** Resolves to true once the request can be sent again. */
export function askToSignIn(isAct: boolean): Promise<boolean> {
  if (ended.get() && !isAct) return Promise.resolve(false);
  return new Promise((resolve) => {
    waiting.push(resolve);
    locked.set(true);
  });
}

export function unlock(go: boolean): void {
  const all = waiting;
  waiting = [];
  ended.set(!go);
  locked.set(false);
  all.forEach((resolve) => resolve(go));
}
