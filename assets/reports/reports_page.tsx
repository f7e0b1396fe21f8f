/* What the library can be asked; what was kept; and people who came. */
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { said } from '../core/server_words';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import type { ReportKind } from './report';
import { SavedReports } from './saved_reports';
import { Visits } from './visits';

export default function ReportsPage() {
  useTitle(t('nav.reports'));
  const kinds = useGet<{ reports: ReportKind[] }>('reports', '/reports');
  return (
    <>
      <PageHead title={t('nav.reports')} />
      <Section title={t('reports.all')}>
        {kinds.error ? <Failed error={kinds.error} title={t('reports.failed')} again={() => void kinds.refetch()} /> : !kinds.data ? <Wait /> : (
          <ul class="lines">
            {kinds.data.reports.map((one) => (
              <li key={one.name}><a class="plain" href={`/reports/${one.name}`}>{said(one.title)}<span class="sub">{said(one.summary)}</span></a></li>
            ))}
          </ul>
        )}
      </Section>
      <SavedReports />
      <Visits />
    </>
  );
}
