/* What a list shows is in its address: search, filter, sort and cursor. So Back, reload and a copied link all return to it. */
import { useSearch } from './router';
import type { Order, Sort } from '../parts/table';

export interface ListState {
  q: string;
  filter: string;
  cursor: string | undefined;
  sort: Sort;
  search(q: string): void;
  go(cursor: string | undefined): void;
  /** The address of the same list under another filter. */
  href(filter: string): string;
  clear(): void;
}

export function useListState(path: string, by: string, order: Order): ListState {
  const [search, change] = useSearch();
  const q = search.get('q') || '';
  const filter = search.get('show') || '';
  return {
    q,
    filter,
    cursor: search.get('cursor') || undefined,
    sort: {
      by: search.get('sort_by') || by,
      order: (search.get('order') as Order | null) || order,
      // A cursor is bound to its sort and filters: each change starts again at the top.
      set: (nextBy, nextOrder) => change({ sort_by: nextBy, order: nextOrder, cursor: undefined }),
    },
    search: (text) => change({ q: text, cursor: undefined }, { replace: true }),
    go: (cursor) => change({ cursor }),
    href: (next) => {
      const to = new URLSearchParams(search);
      to.delete('cursor');
      if (next) to.set('show', next);
      else to.delete('show');
      const text = to.toString();
      return path + (text ? `?${text}` : '');
    },
    clear: () => change({ q: undefined, show: undefined, from: undefined, to: undefined, cursor: undefined }),
  };
}
