/* What the library calls its kinds of titles and readers, by their codes. For the staff: a reader may not ask. */
import type { List } from '../core/api';
import { useGet } from '../core/query';
import { kindsNamed } from '../core/server_words';
import type { Kind } from './rule';

export function useKinds(): { items: Kind[]; members: Kind[]; names: Record<string, string> } {
  const items = kindsNamed(useGet<List<Kind>>('rules', '/policies/item-types', { limit: 100 }).data?.data);
  const members = kindsNamed(useGet<List<Kind>>('rules', '/policies/member-types', { limit: 100 }).data?.data);
  return { items, members, names: Object.fromEntries([...items, ...members].map((kind) => [kind.code, kind.name])) };
}
