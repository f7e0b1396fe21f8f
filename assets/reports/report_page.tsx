/* One report: what it takes, its table, its CSV, paper; and keeping it under a name. */
import { useState } from 'preact/hooks';
import { query } from '../core/api';
import { count, dayRange, fullDay, time } from '../core/format';
import { t } from '../core/messages';
import { useGet, useKept } from '../core/query';
import { useSearch } from '../core/router';
import { said } from '../core/server_words';
import { Icon } from '../parts/icon';
import { Crumb, PageHead, useTitle } from '../parts/page_head';
import { useKinds } from '../policies/use_kinds';
import { Empty, Failed, Wait } from '../parts/states';
import type { Report, ReportKind } from './report';
import { ReportForm } from './report_form';
import { ReportTable } from './report_table';
import { SaveForm } from './saved_reports';

export default function ReportPage({ id }: { id: string }) {
  const [search, change] = useSearch();
  const [saving, setSaving] = useState(false);
  const kinds = useGet<{ reports: ReportKind[] }>('reports', '/reports');
  const kind = kinds.data?.reports.find((one) => one.name === id);
  const taken = Object.fromEntries((kind?.parameters || []).map(({ name }) => [name, search.get(name) || undefined]));
  const path = `/reports/${encodeURIComponent(id)}`;
  const result = useKept<Report>('reports', kind ? path : null, taken);
  const { names } = useKinds();
  const report = result.data?.report === id ? result.data : undefined;
  const title = kind ? said(kind.title) : t('nav.reports');
  useTitle(title);

  if (kinds.error) return <Failed error={kinds.error} title={t('reports.failed')} again={() => void kinds.refetch()} />;
  if (!kinds.data) return <Wait />;
  if (!kind) return <Empty icon="list-checks" title={t('page.none')} actions={<a class="btn" href="/reports">{t('nav.reports')}</a>} />;
  const made = report ? t('reports.made', { day: fullDay(report.generated_at), time: time(report.generated_at) }) : ' ';
  const days = report?.from && report.to ? `${dayRange(report.from, report.to)} · ` : '';
  return (
    <>
      <Crumb to="/reports">{t('nav.reports')}</Crumb>
      <PageHead title={title} facts={<>{days}{made}</>}>
        <button type="button" class="btn" onClick={() => setSaving(true)}><Icon name="star" />{t('reports.save')}</button>
        <a class="btn" href={`/api/v1${path}/csv${query(taken)}`} download={`${id}.csv`}><Icon name="download" />{t('list.csv')}</a>
        <button type="button" class="btn" onClick={() => window.print()}><Icon name="printer" />{t('act.print')}</button>
      </PageHead>
      <ReportForm kind={kind} search={search} change={(what) => change(what, { replace: true, stay: true })} />
      {result.error ? (
        <Failed error={result.error} title={t('reports.failed')} again={() => void result.refetch()} />
      ) : !report ? (
        <Wait />
      ) : report.rows.length === 0 ? (
        <Empty icon="list-checks" title={t('reports.none')}>{t('reports.noneMore')}</Empty>
      ) : (
        <section class="section" aria-busy={result.isFetching}>
          <ReportTable report={report} names={names} caption={`${title} (${count(report.row_count)})`} />
        </section>
      )}
      {saving ? <SaveForm report={id} parameters={query(taken).slice(1)} name={title} close={() => setSaving(false)} /> : null}
    </>
  );
}
