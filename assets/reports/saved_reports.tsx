/* Reports under a name: opened again, sent by themselves, sent now. */
import { useState } from 'preact/hooks';
import { api, ApiError, type List } from '../core/api';
import { useForm } from '../core/form';
import { day, fullDay } from '../core/format';
import { t } from '../core/messages';
import { changed, useGet } from '../core/query';
import { said } from '../core/server_words';
import { Ask, Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';
import { savedPath, SCHEDULES, type SavedReport } from './report';

interface SaveProps {
  report: string;
  parameters: string;
  name: string;
  close: () => void;
  /** The one that is edited. */
  saved?: SavedReport;
}

export function SaveForm({ report, parameters, name, close, saved }: SaveProps) {
  const form = useForm({ name, schedule: saved?.schedule || 'none', recipients: saved?.recipients || '' }, async (values) => {
    const facts = { ...values, name: values.name.trim(), recipients: values.recipients.trim(), report, parameters };
    if (saved) await api.put(savedPath(saved.id), facts, saved.version);
    else await api.post('/reports/saved', facts);
    changed('reports');
    close();
  });
  return (
    <Dialog title={t(saved ? 'reports.edit' : 'reports.save')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('reports.name')} required focus />
        <Field form={form} name="schedule" label={t('reports.schedule')} options={SCHEDULES.map(([value, key]) => [value, t(key)])} />
        <Field form={form} name="recipients" label={t('reports.recipients')} hint={t('reports.recipientsHint')} required={form.values.schedule !== 'none'} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'reports.keep')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function SavedRow({ row }: { row: SavedReport }) {
  const [asking, setAsking] = useState<'' | 'edit' | 'remove'>('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const send = () => {
    setBusy(true);
    setProblem(null);
    api.post(`${savedPath(row.id)}/send`).then(() => changed('reports'), (cause: unknown) => {
      if (!(cause instanceof ApiError)) throw cause;
      setProblem(cause);
    }).finally(() => setBusy(false));
  };
  const when = SCHEDULES.find(([value]) => value === row.schedule)?.[1];
  return (
    <tr>
      <td>
        <a class="title" href={`/reports/${row.report}${row.parameters ? `?${row.parameters}` : ''}`}><bdi>{row.name}</bdi></a>
        {row.problem ? <span class="sub over"><Icon name="triangle-alert" /> <bdi>{said(row.problem)}</bdi></span> : null}
        {problem ? <Refused error={problem} /> : null}
      </td>
      <td data-k={t('reports.schedule')}>{when ? t(when) : row.schedule}{row.next_on ? <span class="sub">{t('reports.next', { day: fullDay(row.next_on) })}</span> : null}</td>
      <td data-k={t('reports.last')}>{row.last_at ? day(row.last_at) : '–'}</td>
      <td class="row-actions">
        {row.recipients ? <button type="button" class="btn btn-small" aria-busy={busy} disabled={busy} onClick={send}>{t(busy ? 'form.busy' : 'reports.send')}<span class="sr"> {row.name}</span></button> : null}
        <button type="button" class="btn btn-small" onClick={() => setAsking('edit')}>{t('act.edit')}<span class="sr"> {row.name}</span></button>
        <button type="button" class="btn btn-small" onClick={() => setAsking('remove')}>{t('reports.remove')}<span class="sr"> {row.name}</span></button>
        {asking === 'edit' ? <SaveForm report={row.report} parameters={row.parameters} name={row.name} saved={row} close={() => setAsking('')} /> : null}
        {asking === 'remove' ? (
          <Ask
            title={t('reports.removeAsk', { name: row.name })} yes={t('reports.remove')} no={t('form.cancel')} close={() => setAsking('')}
            act={() => api.delete(savedPath(row.id)).then(() => changed('reports'))}
          >{t('reports.removeMore')}</Ask>
        ) : null}
      </td>
    </tr>
  );
}

export function SavedReports() {
  const saved = useGet<List<SavedReport>>('reports', '/reports/saved', { limit: 100 });
  const rows = saved.data?.data;
  return (
    <Section title={t('reports.saved')} count={rows?.length || undefined}>
      {saved.error ? <Failed error={saved.error} title={t('reports.failed')} again={() => void saved.refetch()} /> : !rows ? <Wait /> : rows.length === 0 ? <p class="second">{t('reports.noneSaved')}</p> : (
        <table class="table table-stack">
          <caption class="sr">{t('reports.saved')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('reports.name')}</th>
              <th scope="col">{t('reports.schedule')}</th>
              <th scope="col">{t('reports.last')}</th>
              <th scope="col"><span class="sr">{t('reports.acts')}</span></th>
            </tr>
          </thead>
          <tbody>{rows.map((row) => <SavedRow key={row.id} row={row} />)}</tbody>
        </table>
      )}
    </Section>
  );
}
