/* What a report takes, as the server says it: each answer goes into the address at once. */
import { useId } from 'preact/hooks';
import { today } from '../core/format';
import { t } from '../core/messages';
import { useKinds } from '../policies/use_kinds';
import { choiceName, type Parameter, parameterName, type ReportKind } from './report';

interface FormProps {
  kind: ReportKind;
  search: URLSearchParams;
  change(change: Record<string, string | undefined>): void;
}

function options(kind: ReportKind, parameter: Parameter, kinds: ReturnType<typeof useKinds>): [string, string][] | null {
  if (parameter.name === 'item_type') return [['', t('reports.any')], ...kinds.items.map((one): [string, string] => [one.code, one.name])];
  if (parameter.name === 'member_type') return [['', t('reports.any')], ...kinds.members.map((one): [string, string] => [one.code, one.name])];
  if (parameter.choices.length === 0) return null;
  const all = parameter.choices.map((choice): [string, string] => [choice, choiceName(kind, parameter.name, choice)]);
  return parameter.name === 'period' ? [...all, ['own', t('reports.ownDays')]] : all;
}

export function ReportForm({ kind, search, change }: FormProps) {
  const kinds = useKinds();
  const id = useId();
  const own = Boolean(search.get('from') || search.get('to'));
  const shown = kind.parameters.filter(({ name }) => (name !== 'from' && name !== 'to') || own);

  const set = (name: string, value: string, usual: string | null) => {
    if (name === 'period') return change(value === 'own' ? { period: undefined, from: `${today().slice(0, 4)}-01-01`, to: today() } : { period: value === usual ? undefined : value, from: undefined, to: undefined });
    change({ [name]: value === usual ? undefined : value });
  };

  return (
    <form class="range report-form" aria-label={t('reports.which')} noValidate onSubmit={(event) => event.preventDefault()}>
      {shown.map((parameter) => {
        const { name, type } = parameter;
        const value = name === 'period' && own ? 'own' : search.get(name) || parameter.default || '';
        const choices = options(kind, parameter, kinds);
        const take = (event: Event) => set(name, (event.currentTarget as HTMLInputElement).value.trim(), parameter.default);
        if (type === 'bool') {
          return <label class="check"><input type="checkbox" checked={search.get(name) === 'true'} onChange={(event) => change({ [name]: event.currentTarget.checked ? 'true' : undefined })} /><span>{parameterName(name)}</span></label>;
        }
        return (
          <div class="ask">
            <label class="k" for={`${id}-${name}`}>{parameterName(name)}</label>
            {choices ? (
              <select class="input" id={`${id}-${name}`} name={name} value={value} onChange={take}>{choices.map(([choice, text]) => <option value={choice} selected={choice === value}>{text}</option>)}</select>
            ) : (
              <input class="input" id={`${id}-${name}`} name={name} type={type === 'day' ? 'date' : 'text'} inputMode={type === 'integer' ? 'numeric' : undefined} autocomplete="off" value={value} onChange={take} />
            )}
          </div>
        );
      })}
    </form>
  );
}
