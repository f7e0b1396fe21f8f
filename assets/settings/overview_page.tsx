/* The administrator's overview: how the library is, what wants somebody, what Carrel did last and does next. Each part leads to its page. */
import type { ComponentChildren } from 'preact';
import type { Alert } from '../alerts/alert_banner';
import type { ApiError, List } from '../core/api';
import { moment } from '../core/format';
import { t } from '../core/messages';
import { useGet, useLive } from '../core/query';
import { said } from '../core/server_words';
import { IMPORTS, type Batch } from '../catalogue_io/import_batch';
import { StatusPill } from '../catalogue_io/imports_page';
import { type Health, OVERALL, PILL, STATE, WORDS } from '../health/health_page';
import { type Job, nameOf, next, Outcome } from '../jobs/jobs_page';
import { ChannelStates } from '../notifications/channel_states';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { SettingsHead } from './settings_head';

const EVERY_MS = 30_000;

/** What a part shows once it is here, and until then. */
function Part<T>({ title, to, result, failed, children }: { title: string; to: string; result: { data: T | undefined; error: ApiError | null; refetch: () => unknown }; failed: string; children: (data: T) => ComponentChildren }) {
  return (
    <Section title={title} aside={<a href={to}>{t('overview.allOf')}<span class="sr"> {title}</span></a>}>
      {result.error ? <Failed error={result.error} title={failed} again={() => void result.refetch()} /> : result.data ? children(result.data) : <Wait />}
    </Section>
  );
}

function HealthPart() {
  const result = useLive<Health>('health', '/admin/health-check', {}, EVERY_MS);
  return (
    <Part title={t('overview.health')} to="/settings/health" result={result} failed={t('health.failed')}>
      {({ state, checks }) => (
        <>
          <div class={`notice below${state === 'ok' ? ' notice-ok' : state === 'bad' ? ' notice-over' : ''}`} role="status">
            <Icon name={state === 'ok' ? 'circle-check' : 'triangle-alert'} />
            <p>{t(OVERALL[state])}</p>
          </div>
          <ul class="lines">
            {checks.map((check) => {
              const words = WORDS[check.name]?.(check);
              return (
                <li key={check.name}>
                  <span class="who">
                    {words?.link && check.state !== 'ok' ? <a class="plain strong" href={words.link[0]}>{t(words.name)}</a> : words ? t(words.name) : check.name}
                    <span class="sub">{check.state === 'ok' && words?.figures?.length ? words.figures[0] : words ? words.what : said(check.text)}</span>
                  </span>
                  <span class="end"><span class={PILL[check.state]}>{t(STATE[check.state])}</span></span>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Part>
  );
}

const isGood = ({ ok }: Job): boolean => ok !== false;

function JobsPart() {
  const result = useLive<{ jobs: Job[] }>('jobs', '/admin/jobs', {}, EVERY_MS);
  return (
    <Part title={t('overview.jobs')} to="/settings/jobs" result={result} failed={t('jobs.failed')}>
      {({ jobs }) => (
        <table class="table table-stack">
          <caption class="sr">{t('overview.jobs')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('jobs.what')}</th>
              <th scope="col">{t('jobs.last')}</th>
              <th scope="col">{t('jobs.next')}</th>
            </tr>
          </thead>
          <tbody>
            {[...jobs].sort((a, b) => Number(isGood(a)) - Number(isGood(b))).map((job) => (
              <tr key={job.name}>
                <td class="any">{nameOf(job)}{isGood(job) || !job.outcome ? null : <span class="cell-2"><Outcome text={job.outcome} /></span>}</td>
                <td class="nowrap" data-k={t('jobs.last')}>{job.finished_at ? moment(job.finished_at) : t('jobs.never')}</td>
                <td class="nowrap" data-k={t('jobs.next')}>{next(job)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

function ImportsPart() {
  const result = useGet<List<Batch>>('imports', IMPORTS, { limit: 3 });
  return (
    <Part title={t('overview.imports')} to="/imports" result={result} failed={t('overview.importsFailed')}>
      {({ data }) => data.length === 0 ? <p class="second">{t('overview.noImports')}</p> : (
        <ul class="lines">
          {data.map((batch) => (
            <li key={batch.id}>
              <span class="who"><a class="plain import-name" href={`/imports/${encodeURIComponent(batch.id)}`}><bdi>{batch.name}</bdi></a><span class="sub">{moment(batch.created_at)}</span></span>
              <span class="end"><StatusPill batch={batch} /></span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function AlertsPart() {
  const result = useLive<{ data: Alert[] }>('alerts', '/alerts', {}, EVERY_MS);
  return (
    <Part title={t('overview.alerts')} to="/settings/health" result={result} failed={t('overview.alertsFailed')}>
      {({ data: alerts }) => alerts.length === 0 ? <p class="second">{t('overview.noAlerts')}</p> : (
        <ul class="lines">
          {alerts.map((alert) => (
            <li key={alert.id}>
              <span class="who"><bdi>{said(alert.text)}</bdi><span class="sub">{t('overview.since', { when: moment(alert.began_at) })}{alert.seen_by ? <> · <bdi>{t('overview.seenBy', { name: alert.seen_by })}</bdi></> : null}</span></span>
              <span class="end"><span class={PILL[alert.state]}>{t(STATE[alert.state])}</span></span>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

export default function OverviewPage() {
  return (
    <>
      <SettingsHead />
      <div class="cols cols-2">
        <div>
          <AlertsPart />
          <HealthPart />
        </div>
        <div>
          <Section title={t('overview.notices')} aside={<a href="/notices">{t('overview.allOf')}<span class="sr"> {t('overview.notices')}</span></a>}><ChannelStates /></Section>
          <ImportsPart />
          <JobsPart />
        </div>
      </div>
    </>
  );
}
