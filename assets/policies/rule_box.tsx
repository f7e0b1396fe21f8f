/* One rule, open below the matrix: changed, or given to a cell that followed another. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { body, useForm } from '../core/form';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { type Cell, removeRule, saveRule } from './rule';

const NUMBERS = ['loan_days', 'max_loans', 'max_renewals', 'hold_limit', 'grace_days'];

export function RuleBox({ title, place, cell }: { title: string; place: { member_type: string | null; item_type: string | null }; cell: Cell }) {
  const { rule, own } = cell;
  const [problem, setProblem] = useState<ApiError | null>(null);
  const form = useForm(
    {
      loan_days: String(rule.loan_days),
      max_loans: String(rule.max_loans),
      max_renewals: String(rule.max_renewals),
      hold_limit: String(rule.hold_limit),
      fine_per_day: String(rule.fine_per_day),
      fine_cap: rule.fine_cap === null ? '' : String(rule.fine_cap),
      grace_days: String(rule.grace_days),
    },
    async (values) => {
      const facts = body(values, NUMBERS);
      await saveRule(own ? rule : null, own ? facts : { ...facts, ...place });
      say(t('rules.saved', { name: title }));
    },
  );
  const follow = () => {
    setProblem(null);
    removeRule(rule).then(
      () => say(t('rules.removed', { name: title })),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const general = place.member_type === null && place.item_type === null;
  const error = form.problem || problem;
  return (
    <form class="rule-box" onSubmit={form.submit} noValidate>
      <h3>{title}</h3>
      <div class="rule-edit">
        <Field form={form} name="loan_days" label={t('rules.days')} hint={t('rules.daysHint')} numeric required />
        <Field form={form} name="max_loans" label={t('rules.atOnce')} hint={t('rules.atOnceHint')} numeric required />
        <Field form={form} name="max_renewals" label={t('rules.renewalsLabel')} numeric required />
        <Field form={form} name="hold_limit" label={t('rules.holds')} numeric required />
        <Field form={form} name="fine_per_day" label={t('rules.fineADay')} numeric required />
        <Field form={form} name="fine_cap" label={t('rules.fineAtMost')} hint={t('rules.fineAtMostHint')} numeric />
        <Field form={form} name="grace_days" label={t('rules.grace')} hint={t('rules.graceHint')} numeric required />
      </div>
      {error ? <Refused error={error} /> : null}
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : own ? 'rules.save' : 'rules.give')}</button>
        {own && !general ? <button type="button" class="btn" onClick={follow}>{t('rules.follow')}</button> : null}
        <span class="hint">{t('rules.fromNext')}</span>
      </div>
    </form>
  );
}
