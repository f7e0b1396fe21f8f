/* What was done to one record, newest first: folded away, and asked for when somebody looks. For administrators. */
import { useState } from 'preact/hooks';
import type { List } from '../core/api';
import { may } from '../core/door';
import { moment } from '../core/format';
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { Failed, Wait } from '../parts/states';
import { Changes, deed, type Entry } from './audit_page';

const SHOWN = 50;

function Entries({ path }: { path: string }) {
  const result = useGet<List<Entry>>('audit', `${path}/audit`, { limit: SHOWN });
  if (result.error) return <Failed error={result.error} title={t('audit.failed')} again={() => void result.refetch()} />;
  if (!result.data) return <Wait />;
  const { data: rows, meta } = result.data;
  return (
    <>
      {rows.length ? (
        <ul class="lines">
          {rows.map((row) => (
            <li key={`${row.at} ${row.action}`}>
              <span>{deed(row)}<Changes entry={row} /><span class="sub"><bdi>{row.actor}</bdi></span></span>
              <span class="end second nowrap"><time dateTime={row.at}>{moment(row.at)}</time></span>
            </li>
          ))}
        </ul>
      ) : <p class="second">{t('audit.none')}</p>}
      {meta.total > rows.length ? <p class="hint">{tn('audit.more', meta.total - rows.length)}</p> : null}
    </>
  );
}

/** `path` of the record, below which its log is. */
export function AuditTrail({ path }: { path: string }) {
  const [isOpen, setOpen] = useState(false);
  if (!may('admin')) return null;
  return (
    <details class="numbers section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('audit.trail')}</summary>
      {isOpen ? <Entries path={path} /> : null}
    </details>
  );
}
