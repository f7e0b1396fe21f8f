/* How many reviews wait to be read, beside their name in the navigation; asked again now and then. */
import type { List } from '../core/api';
import { count } from '../core/format';
import { t } from '../core/messages';
import { useLive } from '../core/query';
import type { Review } from './review';

const EVERY_MS = 5 * 60_000;

export function WaitingReviews() {
  const waiting = useLive<List<Review>>('reviews', '/reviews', { status: 'waiting', limit: 1 }, EVERY_MS).data?.meta.total;
  return waiting ? <> <span class="pill pill-soon">{count(waiting)}<span class="sr"> {t('review.waiting')}</span></span></> : null;
}
