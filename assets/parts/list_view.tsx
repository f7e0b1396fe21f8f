/* One frame for every list: waiting, failed, empty or the table, and the pager. */
import type { ComponentChildren } from 'preact';
import type { ApiError, List } from '../core/api';
import type { ListState } from '../core/list_state';
import { type Key, t } from '../core/messages';
import { useScroll } from '../core/router';
import { Failed, Wait } from './states';
import { Pager } from './table';

interface Props<T> {
  result: { data: List<T> | undefined; error: ApiError | null; isPlaceholderData: boolean; refetch: () => unknown };
  state: ListState;
  failed: string;
  empty: ComponentChildren;
  /** What the page runs from and to, in the words of its sort. */
  edge: (row: T) => string;
  dates?: boolean;
  children: (rows: T[]) => ComponentChildren;
}

export function ListView<T>({ result, state, failed, empty, edge, dates, children }: Props<T>) {
  const { data, error, isPlaceholderData } = result;
  useScroll(data !== undefined && !isPlaceholderData, location.pathname + location.search);

  if (error) {
    // A cursor outlives neither a change of sort nor an upgrade: the way out is the top of the list.
    const top = state.cursor ? <button type="button" class="btn" onClick={() => state.go(undefined)}>{t('list.top')}</button> : null;
    return <Failed error={error} title={failed} again={() => void result.refetch()} also={top} />;
  }
  if (!data) return <Wait />;
  if (data.data.length === 0) return <>{empty}</>;
  const rows = data.data;
  return (
    <div aria-busy={isPlaceholderData}>
      {children(rows)}
      <Pager
        meta={data.meta}
        shown={rows.length}
        from={edge(rows[0] as T)}
        to={edge(rows[rows.length - 1] as T)}
        {...(dates ? { dates } : {})}
        go={state.go}
      />
    </div>
  );
}

/** The few named parts of a list, as links: All · In now · Archived. */
export function Choice({ label, state, options }: { label: string; state: ListState; options: { show: string; name: Key }[] }) {
  return (
    <nav class="choice" aria-label={label}>
      {options.map(({ show, name }) => (
        <a href={state.href(show)} {...(state.filter === show ? { 'aria-current': 'true' as const } : {})}>{t(name)}</a>
      ))}
    </nav>
  );
}
