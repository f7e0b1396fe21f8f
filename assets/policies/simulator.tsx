/* "May this person borrow this, until when, and which rule says so": asked without lending anything. */
import { useState } from 'preact/hooks';
import { api, ApiError, query } from '../core/api';
import { money } from '../core/format';
import { t, tn } from '../core/messages';
import { said } from '../core/server_words';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Stamp } from '../parts/stamp';
import { Refused } from '../parts/states';
import type { Kind, Rule } from './rule';

interface Refusal {
  error_code: string;
  detail: string;
}

interface Answer {
  allowed: boolean;
  due_date: string | null;
  rule: Pick<Rule, 'name' | 'loan_days' | 'max_loans' | 'max_renewals' | 'fine_per_day' | 'fine_cap'>;
  refusals: Refusal[];
}

function Says({ answer }: { answer: Answer }) {
  const { rule } = answer;
  return (
    <div class={answer.allowed ? 'notice notice-ok' : 'notice notice-over'} role="status" data-simulated={answer.allowed ? 'yes' : 'no'}>
      <Icon name={answer.allowed ? 'circle-check' : 'circle-x'} />
      <div>
        <p><b>{t(answer.allowed ? 'simulate.yes' : 'simulate.no')}</b> {answer.due_date ? <>{t('simulate.until')} <Stamp date={answer.due_date} plain /></> : null}</p>
        {answer.refusals.map((refusal) => <p key={refusal.error_code}>{said(refusal.detail)}</p>)}
        <p class="second">
          {t('simulate.rule', { name: rule.name })}: {tn('date.days', rule.loan_days)}, {tn('rules.loans', rule.max_loans)}, {tn('rules.renewals', rule.max_renewals)},{' '}
          {rule.fine_per_day === 0 ? t('rules.noFine') : t('rules.fine', { daily: money(rule.fine_per_day) })}
        </p>
      </div>
    </div>
  );
}

export function Simulator({ members, items }: { members: Kind[]; items: Kind[] }) {
  const [who, setWho] = useState('');
  const [kind, setKind] = useState(members[0]?.code || '');
  const [what, setWhat] = useState('');
  const [type, setType] = useState(items[0]?.code || '');
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const ask = (event: Event) => {
    event.preventDefault();
    setProblem(null);
    const reader = who.trim() ? { card: who.trim() } : { member_type: kind };
    const thing = what.trim() ? { barcode: what.trim() } : { item_type: type };
    api.get<Answer>(`/policies/loan-rules/simulate${query({ ...reader, ...thing })}`).then(setAnswer, (cause: unknown) => {
      setAnswer(null);
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  return (
    <Section title={t('simulate.title')} aside={<span class="hint">{t('simulate.more')}</span>}>
      <form class="simulate" onSubmit={ask}>
        <div class="field">
          <label for="sim-card">{t('simulate.card')}</label>
          <input class="input machine" id="sim-card" value={who} autocomplete="off" onInput={(event) => setWho(event.currentTarget.value)} />
        </div>
        <div class="field">
          <label for="sim-kind">{t('simulate.orKind')}</label>
          <select class="input" id="sim-kind" value={kind} disabled={who.trim() !== ''} onChange={(event) => setKind(event.currentTarget.value)}>
            {members.map(({ code, name }) => <option value={code}>{name}</option>)}
          </select>
        </div>
        <div class="field">
          <label for="sim-barcode">{t('simulate.barcode')}</label>
          <input class="input machine" id="sim-barcode" value={what} autocomplete="off" onInput={(event) => setWhat(event.currentTarget.value)} />
        </div>
        <div class="field">
          <label for="sim-type">{t('simulate.orType')}</label>
          <select class="input" id="sim-type" value={type} disabled={what.trim() !== ''} onChange={(event) => setType(event.currentTarget.value)}>
            {items.map(({ code, name }) => <option value={code}>{name}</option>)}
          </select>
        </div>
        <button type="submit" class="btn btn-main">{t('simulate.ask')}</button>
      </form>
      {problem ? <Refused error={problem} /> : answer ? <Says answer={answer} /> : null}
    </Section>
  );
}
