/* What Carrel does by itself: when it last did, how it went, and doing it now. */
import { useState } from 'preact/hooks';
import { api, ApiError } from '../core/api';
import { moment } from '../core/format';
import { type Key, t, tn } from '../core/messages';
import { changed, useGet } from '../core/query';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';

export interface Job {
  name: string;
  summary: string;
  period_s: number;
  started_at: string | null;
  finished_at: string | null;
  outcome: string | null;
  ok: boolean | null;
  running: boolean;
  next_run_at: string | null;
}

/** One that is not here shows the server's own words. */
const WHAT: Record<string, Key> = {
  prune_events: 'jobs.pruneEvents',
  prune_deliveries: 'jobs.pruneDeliveries',
  remove_sessions: 'jobs.removeSessions',
  write_seen: 'jobs.writeSeen',
  write_searches: 'jobs.writeSearches',
  forget_replies: 'jobs.forgetReplies',
  forget_loans: 'jobs.forgetLoans',
  renew_automatically: 'jobs.renew',
  accrue_fines: 'jobs.fines',
  expire_holds: 'jobs.holds',
  prune_imports: 'jobs.pruneImports',
  reports: 'jobs.reports',
  prune_notices: 'jobs.pruneNotices',
  renew_certificate: 'jobs.certificate',
  backup: 'jobs.backup',
  journal: 'jobs.journal',
  alerts: 'jobs.alerts',
  prune_alerts: 'jobs.pruneAlerts',
};

const HOUR = 3600;
export const nameOf = (job: Job): string => {
  const key = WHAT[job.name];
  return key ? t(key) : job.summary;
};

function often(seconds: number): string {
  if (seconds % (24 * HOUR) === 0) return tn('jobs.everyDay', seconds / (24 * HOUR));
  return seconds % HOUR === 0 ? tn('jobs.everyHour', seconds / HOUR) : tn('jobs.everyMinute', Math.max(1, Math.round(seconds / 60)));
}

/** When it runs next: what is due within the minute is said to come in a moment. */
export function next(job: Job): string {
  if (job.running) return t('jobs.now');
  if (!job.next_run_at) return '';
  return Date.parse(job.next_run_at) - Date.now() < 60_000 ? t('jobs.soon') : moment(job.next_run_at);
}

/** How it went, in the reader's words when it went well. */
export function Outcome({ text }: { text: string }) {
  const rows = /^ok: (\d+) rows$/.exec(text)?.[1];
  return rows !== undefined ? <span class="nowrap">{tn('jobs.rows', Number(rows))}</span> : <span class="pill pill-over"><bdi>{said(text)}</bdi></span>;
}

export default function JobsPage() {
  const jobs = useGet<{ jobs: Job[] }>('jobs', '/admin/jobs');
  const [running, setRunning] = useState('');
  const [problem, setProblem] = useState<ApiError | null>(null);
  const run = (job: Job) => {
    setRunning(job.name);
    setProblem(null);
    api.post<{ ok: boolean }>(`/admin/jobs/${encodeURIComponent(job.name)}/run`)
      .then(
        ({ ok }) => {
          changed('jobs', 'audit', 'borrows', 'holds', 'fines', 'members', 'books');
          if (ok) say(t('jobs.done', { name: nameOf(job) }));
        },
        (cause: unknown) => {
          if (cause instanceof ApiError) setProblem(cause);
          else throw cause;
        },
      )
      .finally(() => setRunning(''));
  };
  return (
    <>
      <SettingsHead />
      <Section title={t('jobs.title')}>
        {problem ? <div class="below"><Refused error={problem} /></div> : null}
        {jobs.error ? (
          <Failed error={jobs.error} title={t('jobs.failed')} again={() => void jobs.refetch()} />
        ) : !jobs.data ? (
          <Wait />
        ) : (
          <table class="table table-stack table-roomy">
            <caption class="sr">{t('jobs.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('jobs.what')}</th>
                <th scope="col">{t('jobs.often')}</th>
                <th scope="col">{t('jobs.last')}</th>
                <th scope="col">{t('jobs.outcome')}</th>
                <th scope="col">{t('jobs.next')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {jobs.data.jobs.map((job) => (
                <tr key={job.name}>
                  <td>{nameOf(job)}<span class="cell-2 machine">{job.name}</span></td>
                  <td class="side">{often(job.period_s)}</td>
                  <td class="nowrap" data-k={t('jobs.last')}>{job.finished_at ? moment(job.finished_at) : t('jobs.never')}</td>
                  <td class={job.outcome ? '' : 'gone'} data-k={t('jobs.outcome')}>
                    {job.outcome ? <Outcome text={job.outcome} /> : null}
                  </td>
                  <td class="nowrap" data-k={t('jobs.next')}>{next(job)}</td>
                  <td class="row-actions">
                    <button type="button" class="btn btn-small" disabled={running !== ''} aria-busy={running === job.name} onClick={() => run(job)} aria-label={t('jobs.runThis', { name: nameOf(job) })}>
                      {t(running === job.name ? 'form.busy' : 'jobs.run')}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </>
  );
}
