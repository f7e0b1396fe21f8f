/* How it stands with the journal: every change once more in the second folder. Of no use without such a folder. */
import { count, moment } from '../core/format';
import { t } from '../core/messages';
import { Icon } from '../parts/icon';

export interface Journal {
  on: boolean;
  folder_is_there: boolean;
  has_base: boolean;
  lag_ms: number;
  last_written_at: string | null;
  gap_since: string | null;
  series_from: string | null;
}

/** A change waits a second before it is written, together with others; longer is worth a word. */
const LATE_MS = 10_000;

function words(journal: Journal): string {
  if (!journal.on) return t('journal.off');
  if (!journal.folder_is_there) return t('journal.away');
  if (journal.series_from === null || !journal.has_base) return t('journal.starting');
  const last = journal.last_written_at === null ? '' : ` ${t('journal.last', { when: moment(journal.last_written_at) })}`;
  return t('journal.ok', { since: moment(journal.series_from) }) + last;
}

export function JournalLine({ journal }: { journal: Journal }) {
  const trouble = !journal.on ? null
    : journal.gap_since !== null ? t('journal.gap', { since: moment(journal.gap_since) })
      : journal.folder_is_there && journal.lag_ms > LATE_MS ? t('journal.lag', { seconds: count(Math.round(journal.lag_ms / 1000)) }) : null;
  if (trouble === null) return <p class="second">{words(journal)}</p>;
  return (
    <div class="notice below">
      <Icon name="triangle-alert" />
      <p>{trouble}</p>
    </div>
  );
}
