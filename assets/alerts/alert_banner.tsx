/* What is not well with the library and its machine, above every page of those who work here, until one of them puts it away. */
import { useState } from 'preact/hooks';
import { api, ApiError } from '../core/api';
import { type Access, may } from '../core/door';
import { fullDay } from '../core/format';
import { type Key, t } from '../core/messages';
import { changed, useLive } from '../core/query';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Refused } from '../parts/states';

export interface Alert {
  id: string;
  subject: string;
  state: 'warn' | 'bad';
  text: string;
  began_at: string;
  ended_at: string | null;
  told_at: string | null;
  seen_by: string | null;
  seen_at: string | null;
}

const EVERY_MS = 60_000;

/** Where it is mended; the rest is told on the page of all that is looked at. */
const PLACE: Record<string, [path: string, text: Key, who: Access]> = {
  backups: ['/settings/backups', 'health.toBackups', 'admin'],
  journal: ['/settings/backups', 'health.toBackups', 'admin'],
  mail: ['/notices', 'nav.notices', 'librarian'],
  webhooks: ['/settings/webhooks', 'settings.webhooks', 'admin'],
};

function Line({ alert }: { alert: Alert }) {
  const [path, text, who] = PLACE[alert.subject] || ['/settings/health', 'alerts.more', 'admin'];
  const [problem, setProblem] = useState<ApiError | null>(null);
  const putAway = () => {
    setProblem(null);
    api.post(`/alerts/${encodeURIComponent(alert.id)}/seen`).then(
      () => {
        changed('alerts');
        say(t('alerts.away'));
      },
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  return (
    <div class={`notice below${alert.state === 'bad' ? ' notice-over' : ''}`} data-alert={alert.subject}>
      <Icon name="triangle-alert" />
      <div>
        <p class="strong">{said(alert.text)}</p>
        <p>{t('alerts.since', { day: fullDay(alert.began_at) })}</p>
        <div class="actions">
          {may(who) ? <a class="btn btn-small" href={path}>{t(text)}</a> : null}
          <button type="button" class="btn btn-small" onClick={putAway} aria-label={t('alerts.putAwayThis', { what: said(alert.text) })}>{t('alerts.putAway')}</button>
        </div>
        {problem ? <Refused error={problem} /> : null}
      </div>
    </div>
  );
}

/** The worst first. */
export function AlertBanner() {
  const alerts = useLive<{ data: Alert[] }>('alerts', '/alerts', {}, EVERY_MS).data?.data || [];
  const open = alerts.filter((one) => !one.seen_at);
  return <>{open.sort((a, b) => Number(b.state === 'bad') - Number(a.state === 'bad')).map((one) => <Line key={one.id} alert={one} />)}</>;
}
