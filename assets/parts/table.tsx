/* Sortable heads and the keyset pager. */
import type { ComponentChildren } from 'preact';
import type { ListMeta } from '../core/api';
import { count as written } from '../core/format';
import { type Key, t } from '../core/messages';
import { Icon } from './icon';

export type Order = 'asc' | 'desc';

export interface Sort {
  by: string;
  order: Order;
  set(by: string, order: Order): void;
}

interface HeadProps {
  by: string;
  sort: Sort;
  /** The order of the first press: names run up, dates and counts run down. */
  first?: Order;
  num?: boolean;
  /** Left out where the page is narrow. */
  spare?: boolean;
  children: ComponentChildren;
}

export function SortHead({ by, sort, first = 'asc', num, spare, children }: HeadProps) {
  const on = sort.by === by;
  const next: Order = on ? (sort.order === 'asc' ? 'desc' : 'asc') : first;
  return (
    <th scope="col" class={num ? 'num' : spare ? 'spare' : ''} {...(on ? { 'aria-sort': sort.order === 'asc' ? ('ascending' as const) : ('descending' as const) } : {})}>
      <button type="button" onClick={() => sort.set(by, next)}>
        {children}
        {on ? <Icon name={sort.order === 'asc' ? 'arrow-up' : 'arrow-down'} /> : null}
      </button>
    </th>
  );
}

/** The same orders as a list, where a stacked table has no heads to press. */
export function SortSelect({ sort, orders }: { sort: Sort; orders: { by: string; order: Order; name: Key }[] }) {
  const known = orders.some((o) => o.by === sort.by && o.order === sort.order);
  return (
    <label class="sort-small">
      <span>{t('list.order')}</span>
      <select
        class="input"
        value={known ? `${sort.by} ${sort.order}` : ''}
        onChange={(event) => {
          const [by, order] = event.currentTarget.value.split(' ');
          if (by) sort.set(by, order as Order);
        }}
      >
        {known ? null : <option value="">{t('list.otherOrder')}</option>}
        {orders.map((o) => (
          <option value={`${o.by} ${o.order}`}>{t(o.name)}</option>
        ))}
      </select>
    </label>
  );
}

interface PagerProps {
  meta: ListMeta;
  shown: number;
  /** What the page runs from and to, in the words of its sort. */
  from: string;
  to: string;
  /** Dates say Newer and Older, everything else Previous and Next. */
  dates?: boolean;
  go(cursor: string | undefined): void;
}

export function Pager({ meta, shown, from, to, dates, go }: PagerProps) {
  const paged = meta.previous_cursor !== null || meta.next_cursor !== null;
  const range = !paged ? '' : from && to ? (from === to ? from : t('list.fromTo', { from, to })) : '';
  return (
    <nav class="pager" aria-label={t('list.pages')}>
      <span class="num">
        {range ? <><bdi>{range}</bdi> · </> : null}
        {t('list.of', { shown: written(shown), total: written(meta.total) })}
      </span>
      {paged ? (
        <div class="actions">
          <button type="button" class="btn btn-small" disabled={!meta.previous_cursor} onClick={() => go(meta.previous_cursor || undefined)}>
            <Icon name="chevron-left" />
            {t(dates ? 'list.newer' : 'list.previous')}
          </button>
          <button type="button" class="btn btn-small" disabled={!meta.next_cursor} onClick={() => go(meta.next_cursor || undefined)}>
            {t(dates ? 'list.older' : 'list.next')}
            <Icon name="chevron-right" />
          </button>
        </div>
      ) : null}
    </nav>
  );
}
