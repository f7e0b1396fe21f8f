/* What a reader owes, has paid and was let off, as the API gives it, and the acts on it. Amounts are the server's; nothing is added up here. */
import { api } from '../core/api';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export type ChargeKind = 'overdue' | 'lost' | 'damage' | 'fee';
export type Method = 'cash' | 'card' | 'mobile_money' | 'other';

export interface Charge {
  id: string;
  member_id: string;
  kind: ChargeKind;
  amount: number;
  settled: number;
  open: number;
  at: string;
  note: string | null;
  borrow_id: string | null;
  title: string | null;
  member: { id: string; name: string; card: string };
}

export interface Payment {
  id: string;
  receipt_number: number;
  method: Method;
  amount: number;
  at: string;
  taken_by: string;
}

export interface Waiver {
  id: string;
  charge_id: string | null;
  kind: 'waiver' | 'correction' | 'found';
  status: 'asked' | 'approved' | 'refused';
  amount: number;
  reason: string;
  asked_by: string;
  asked_at: string;
  member: { id: string; name: string };
}

export interface MemberFines {
  balance: number;
  open_charges: Charge[];
  payments: Payment[];
  waivers: Waiver[];
}

export interface Receipt {
  id: string;
  receipt_number: number;
  library: string;
  at: string;
  member: { id: string; name: string; card: string };
  method: Method;
  amount: number;
  reference: string | null;
  taken_by: string;
  allocations: { kind: ChargeKind; title: string | null; note: string | null; charged_at: string; charged_until: string; amount: number }[];
  balance_after: number | null;
}

export const KIND: Record<ChargeKind, Key> = { overdue: 'money.overdue', lost: 'money.lost', damage: 'money.damage', fee: 'money.fee' };
export const METHOD: Record<Method, Key> = { cash: 'money.cash', card: 'money.card', mobile_money: 'money.mobile', other: 'money.otherWay' };
export const METHODS = Object.keys(METHOD) as Method[];

const touched = () => changed('fines', 'members');

export async function pay(facts: { member_id: string; amount: string; method: string; reference?: string }): Promise<Receipt> {
  const receipt = await api.post<Receipt>('/fines/pay', facts);
  touched();
  return receipt;
}

export async function charge(facts: Record<string, unknown>): Promise<void> {
  await api.post('/fines/charge', facts);
  touched();
}

export async function askWaiver(chargeId: string, facts: Record<string, unknown>): Promise<void> {
  await api.post(`/fines/waive/${encodeURIComponent(chargeId)}`, facts);
  touched();
}

export async function decideWaiver(id: string, approve: boolean): Promise<void> {
  await api.post(`/fines/waivers/${encodeURIComponent(id)}/${approve ? 'approve' : 'refuse'}`);
  touched();
}
