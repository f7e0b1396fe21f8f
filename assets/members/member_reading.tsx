/* How somebody reads: the last twelve months, and what is to be known before lending. For the desk, and for the reader. */
import { count, decimal, money, month, percent } from '../core/format';
import { type Key, t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { type Member, memberPath } from './member';

interface Reading {
  total_books_borrowed: number;
  average_borrow_duration: number | null;
  longest_borrow_duration: number | null;
  overdue_count: number;
  overdue_rate_percent: number;
  favorite_author: string | null;
  borrow_frequency_per_month: number;
  risk_level: string;
  total_fines_accrued: number;
  activity_trend: { month: string; count: number }[];
}

const RISK: Record<string, Key> = { LOW: 'risk.low', MEDIUM: 'risk.medium', HIGH: 'risk.high' };

/** A bar for each month. The numbers stand at the bars, so that nobody has to point at one. */
function Months({ trend }: { trend: Reading['activity_trend'] }) {
  const most = Math.max(1, ...trend.map((one) => one.count));
  return (
    <ol class="months" aria-label={t('stats.months')}>
      {trend.map((one) => (
        <li key={one.month}>
          <span class="num" aria-hidden="true">{one.count ? count(one.count) : ''}</span>
          <svg viewBox="0 0 10 48" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect class="ground" x="0" y="47" width="10" height="1" />
            <rect class="bar-1" x="1" y={48 - (one.count / most) * 48} width="8" height={(one.count / most) * 48} />
          </svg>
          <span class="hint" aria-hidden="true">{month(`${one.month}-01`).slice(0, 1)}</span>
          <span class="sr">{month(`${one.month}-01`)}: {tn('dash.loans', one.count)}</span>
        </li>
      ))}
    </ol>
  );
}

export function MemberReading({ member, desk = false }: { member: Member; desk?: boolean }) {
  const { data, error, refetch } = useGet<Reading>('members', `${memberPath(member.id)}/analytics`);
  if (data && data.total_books_borrowed === 0) return null;
  const risk = data ? RISK[data.risk_level] : undefined;
  const rows: [Key, string][] = data ? [
    ['stats.perMonth', decimal(data.borrow_frequency_per_month)],
    ['stats.mean', data.average_borrow_duration === null ? '' : t('stats.days', { n: decimal(data.average_borrow_duration) })],
    ['stats.longest', data.longest_borrow_duration === null ? '' : tn('date.days', data.longest_borrow_duration)],
    ['stats.author', data.favorite_author || ''],
    ['stats.late', data.overdue_count ? t('stats.lateOf', { part: percent(data.overdue_rate_percent) }) : t('stats.never')],
    ...(desk && risk ? [['stats.risk', t(risk)] as [Key, string]] : []),
    ['stats.fines', data.total_fines_accrued > 0 ? money(data.total_fines_accrued) : ''],
  ] : [];
  return (
    <Section title={t('stats.reading')}>
      {error ? <Failed error={error} title={t('stats.failed')} again={() => void refetch()} /> : data ? (
        <>
          <Months trend={data.activity_trend} />
          <dl class="facts">
            {rows.filter(([, value]) => value !== '').map(([name, value]) => <><dt>{t(name)}</dt><dd><bdi>{value}</bdi></dd></>)}
          </dl>
        </>
      ) : <Wait />}
    </Section>
  );
}
