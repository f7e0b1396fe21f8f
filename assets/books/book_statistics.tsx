/* How a title is read, for the desk. */
import { count, decimal } from '../core/format';
import { type Key, t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { bookPath } from './book';

interface Statistics {
  total_times_borrowed: number;
  average_borrow_duration: number | null;
  longest_borrow_duration: number | null;
  shortest_borrow_duration: number | null;
  popularity_rank: number | null;
  return_delay_count: number;
}

const days = (n: number | null): string => (n === null ? '' : tn('date.days', n));

export function BookStatistics({ id }: { id: string }) {
  const { data, error, refetch } = useGet<Statistics>('books', `${bookPath(id)}/analytics`);
  if (data && data.total_times_borrowed === 0) return null;
  const rows: [Key, string][] = data ? [
    ['stats.rank', data.popularity_rank === null ? '' : count(data.popularity_rank)],
    ['stats.mean', data.average_borrow_duration === null ? '' : t('stats.days', { n: decimal(data.average_borrow_duration) })],
    ['stats.longest', days(data.longest_borrow_duration)],
    ['stats.shortest', days(data.shortest_borrow_duration)],
    ['stats.delays', count(data.return_delay_count)],
  ] : [];
  return (
    <Section title={t('stats.title')}>
      {error ? <Failed error={error} title={t('stats.failed')} again={() => void refetch()} /> : data ? (
        <dl class="facts">
          {rows.filter(([, value]) => value !== '').map(([name, value]) => <><dt>{t(name)}</dt><dd>{value}</dd></>)}
        </dl>
      ) : <Wait />}
    </Section>
  );
}
