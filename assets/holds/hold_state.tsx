import { weekday } from '../core/format';
import { t } from '../core/messages';
import { Icon } from '../parts/icon';
import type { Hold } from './hold';

/** Where a hold stands: here until Saturday, third in line, suspended. */
export function HoldState({ hold }: { hold: Hold }) {
  if (hold.status === 'ready') return <span class="pill pill-hold"><Icon name="bookmark-check" />{t('hold.hereUntil', { day: weekday(hold.pickup_until || '') })}</span>;
  if (hold.status === 'waiting') {
    return (
      <>
        <span class="pill pill-plain">{t('hold.inLine', { n: hold.position || 1 })}</span>{' '}
        {hold.suspended ? <span class="pill pill-soon">{hold.suspended_until ? t('hold.suspendedUntil', { day: weekday(hold.suspended_until) }) : t('hold.suspended')}</span> : null}
      </>
    );
  }
  return <span class="pill">{t(hold.status === 'fulfilled' ? 'hold.fulfilled' : hold.status === 'expired' ? 'hold.expired' : 'hold.cancelled')}</span>;
}
