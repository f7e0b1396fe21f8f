/* A new closure or exceptional opening: what it would move is shown before it is entered. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { body, useForm } from '../core/form';
import { dayRange, weekday } from '../core/format';
import { t, tn } from '../core/messages';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Stamp } from '../parts/stamp';
import { Refused } from '../parts/states';
import { addClosure, type ClosureFacts, type ClosurePreview, previewClosure, removeClosure } from './calendar';

const EXAMPLES = 6;
const PAUSE = 250;

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

function Moves({ preview }: { preview: ClosurePreview }) {
  const { loans_moved: loans, holds_moved: holds, examples } = preview;
  if (loans === 0 && holds === 0) return <p class="second">{t('closure.movesNothing')}</p>;
  return (
    <>
      <p><b>{tn('closure.loans', loans)}</b>{holds ? <>, <b>{tn('closure.holds', holds)}</b></> : null}</p>
      <ul class="lines">
        {examples.slice(0, EXAMPLES).map((one) => (
          <li key={one.borrow_id}>
            <span><bdi>{one.title}</bdi><span class="sub"><bdi>{one.member_name}</bdi></span></span>
            <span class="end move">{weekday(one.due_before)} <Icon name="chevron-right" /> <Stamp date={one.due_after} plain /></span>
          </li>
        ))}
        {loans > EXAMPLES ? <li class="second">{tn('closure.moreLoans', loans - EXAMPLES)}</li> : null}
      </ul>
    </>
  );
}

export function ClosureForm() {
  const [preview, setPreview] = useState<ClosurePreview | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const turn = useRef(0);
  const empty = { kind: 'closure', first_day: '', last_day: '', yearly: 'no', name: '', spread_days: '1' };
  const factsOf = (values: typeof empty): ClosureFacts => ({
    kind: values.kind as ClosureFacts['kind'],
    first_day: values.first_day,
    last_day: values.last_day || values.first_day,
    yearly: values.yearly === 'yes',
    name: values.name.trim(),
    move: true,
    spread_days: body({ n: values.spread_days }, ['n']).n as number,
  });
  const form = useForm(empty, async (values) => {
    const made = await addClosure(factsOf(values));
    form.reset(empty);
    setPreview(null);
    say(t('closure.added', { name: made.name }), () => removeClosure(made.id));
  });
  const { values } = form;

  // Asked while the days are being chosen; an answer that comes too late is not shown.
  useEffect(() => {
    const mine = (turn.current += 1);
    setProblem(null);
    if (!isDay(values.first_day) || (values.last_day !== '' && !isDay(values.last_day))) {
      setPreview(null);
      return undefined;
    }
    const timer = window.setTimeout(() => {
      previewClosure({ ...factsOf(values), name: values.name.trim() || t('closure.unnamed') }).then(
        (next) => {
          if (turn.current === mine) setPreview(next);
        },
        (cause: unknown) => {
          if (turn.current !== mine) return;
          setPreview(null);
          if (cause instanceof ApiError) setProblem(cause);
          else throw cause;
        },
      );
    }, PAUSE);
    return () => window.clearTimeout(timer);
  }, [values.kind, values.first_day, values.last_day, values.yearly, values.spread_days]);

  const moves = preview ? preview.loans_moved + preview.holds_moved : 0;
  const days = isDay(values.first_day) ? dayRange(values.first_day, isDay(values.last_day) ? values.last_day : values.first_day, 'short') : '';
  return (
    <Section title={t('closure.title')}>
      <form onSubmit={form.submit} noValidate>
        <Field form={form} name="kind" label={t('closure.kind')} options={[['closure', t('closure.closed')], ['opening', t('closure.opening')]]} />
        <Field form={form} name="first_day" label={t('closure.first')} type="date" required />
        <Field form={form} name="last_day" label={t('closure.last')} hint={t('closure.lastHint')} type="date" />
        <Field form={form} name="name" label={t('closure.why')} required />
        <Field form={form} name="yearly" label={t('closure.yearly')} options={[['no', t('closure.once')], ['yes', t('closure.everyYear')]]} />
        {moves ? <Field form={form} name="spread_days" label={t('closure.spread')} hint={t('closure.spreadHint')} numeric /> : null}
        {problem && !form.problem ? <Refused error={problem} /> : null}
        {preview ? <div class="below" role="status"><Moves preview={preview} /></div> : null}
        {form.problem ? <Refused error={form.problem} /> : null}
        <div class="actions">
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>
            {form.busy ? t('form.busy') : moves ? tn('closure.doMove', moves, { days }) : t('closure.do')}
          </button>
        </div>
      </form>
    </Section>
  );
}
