/* People who came, as somebody counted them at the door: a number for a day. */
import { useForm } from '../core/form';
import { count, today, weekday } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { Field } from '../parts/field';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { putVisits } from './report';

export function Visits() {
  const visits = useGet<{ days: { day: string; visits: number }[]; total: number }>('reports', '/visits');
  const form = useForm({ day: today(), visits: '' }, async (values) => {
    await putVisits(values.day, /^\d{1,9}$/.test(values.visits.trim()) ? Number(values.visits) : -1);
    form.reset({ day: values.day, visits: '' });
  });
  const rows = [...(visits.data?.days || [])].reverse();
  return (
    <Section title={t('reports.visits')} count={visits.data ? t('reports.visits30', { n: count(visits.data.total) }) : undefined}>
      <form class="visits" onSubmit={form.submit} noValidate aria-label={t('reports.visits')}>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="day" label={t('reports.visitsDay')} type="date" required />
        <Field form={form} name="visits" label={t('reports.visitsCount')} numeric required />
        <button type="submit" class="btn" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'reports.visitsPut')}</button>
      </form>
      {rows.length ? (
        <ul class="lines">
          {rows.map((row) => <li key={row.day}><span>{weekday(row.day)}</span><span class="end num">{count(row.visits)}</span></li>)}
        </ul>
      ) : <p class="second">{t('reports.visitsNone')}</p>}
    </Section>
  );
}
