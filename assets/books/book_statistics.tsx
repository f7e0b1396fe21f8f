/* How a title is read, for the desk. */
import { count, decimal } from '../core/format';
import { type Key, t, tn } from '../core/messages';
import { Section } from '../parts/page_head';
import type { BookAnalytics } from './book';

export function BookStatistics({ of }: { of: BookAnalytics }) {
  if (of.total_times_borrowed === 0) return null;
  const rows: [Key, string][] = [
    ['stats.rank', count(of.popularity_rank)],
    ['stats.mean', t('stats.days', { n: decimal(of.average_borrow_duration) })],
    ['stats.longest', tn('date.days', of.longest_borrow_duration)],
    ['stats.shortest', tn('date.days', of.shortest_borrow_duration)],
    ['stats.delays', count(of.return_delay_count)],
  ];
  return (
    <Section title={t('stats.title')}>
      <dl class="facts">
        {rows.map(([name, value]) => <><dt>{t(name)}</dt><dd>{value}</dd></>)}
      </dl>
    </Section>
  );
}
