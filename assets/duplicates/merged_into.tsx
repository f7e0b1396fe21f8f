/* A record that became one with another: the way there. */
import type { ApiError } from '../core/api';
import { t } from '../core/messages';

export function mergedInto(error: ApiError) {
  const { merged_into: id, title } = error.reason;
  return typeof id === 'string' && typeof title === 'string' ? <a class="btn" href={`/books/${encodeURIComponent(id)}`}>{t('dup.goTo', { title })}</a> : null;
}
