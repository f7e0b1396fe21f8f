/* Loan rules as the API gives them: member type × item type, null meaning any. */
import { api } from '../core/api';
import { changed } from '../core/query';

export interface Rule {
  id: string;
  name: string;
  member_type: string | null;
  item_type: string | null;
  max_loans: number;
  loan_days: number;
  max_renewals: number;
  hold_limit: number;
  fine_per_day: number;
  fine_cap: number | null;
  grace_days: number;
}

export interface Kind {
  code: string;
  name: string;
}

export const RULES = '/policies/loan-rules';
const rulePath = (id: string): string => `${RULES}/${encodeURIComponent(id)}`;

export interface Cell {
  /** The rule that decides here. */
  rule: Rule;
  /** It is this cell's own, and not that of a row or column around it. */
  own: boolean;
}

/** The most specific rule decides: both types, then the member's alone, then the thing's alone, then any × any. */
export function ruleFor(rules: Rule[], member: string | null, item: string | null): Cell | null {
  const at = (m: string | null, i: string | null) => rules.find((rule) => rule.member_type === m && rule.item_type === i);
  const rule = at(member, item) || at(member, null) || at(null, item) || at(null, null);
  return rule ? { rule, own: rule.member_type === member && rule.item_type === item } : null;
}

export async function saveRule(rule: Rule | null, facts: Record<string, unknown>): Promise<void> {
  if (rule) await api.put(rulePath(rule.id), facts);
  else await api.post(RULES, facts);
  changed('rules', 'audit');
}

export async function removeRule(rule: Rule): Promise<void> {
  await api.delete(rulePath(rule.id));
  changed('rules', 'audit');
}
