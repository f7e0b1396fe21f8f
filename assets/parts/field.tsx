import type { ComponentChildren } from 'preact';
import type { Form } from '../core/form';
import { t } from '../core/messages';
import { Icon } from './icon';

interface FieldProps<Name extends string> {
  form: Form<Name>;
  name: Name;
  label: string;
  hint?: ComponentChildren;
  required?: boolean;
  type?: 'text' | 'email' | 'tel' | 'date';
  numeric?: boolean;
  machine?: boolean;
  lines?: number;
  focus?: boolean;
}

/** Label above, hint below; an error takes the hint's place. */
export function Field<Name extends string>({ form, name, label, hint, required, type = 'text', numeric, machine, lines, focus }: FieldProps<Name>) {
  const id = `f-${name}`;
  const said = form.wrong(name);
  // The server speaks of the field without naming it: "is required".
  const error = said && /^[a-z]/.test(said) ? `${label} ${said}` : said;
  const common = {
    id,
    name,
    class: `input${machine ? ' machine' : ''}`,
    value: form.values[name],
    onInput: (event: Event) => form.set(name, (event.currentTarget as HTMLInputElement).value),
    autocomplete: 'off',
    'aria-describedby': error || hint ? `${id}-more` : undefined,
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-required': required ? ('true' as const) : undefined,
    'data-focus': focus ? '' : undefined,
  };
  return (
    <div class={error ? 'field field-error' : 'field'}>
      <label for={id}>
        {label}
        {required ? null : <span class="optional"> {t('form.optional')}</span>}
      </label>
      {lines ? <textarea {...common} rows={lines} /> : <input {...common} type={type} spellcheck={false} inputMode={numeric ? 'numeric' : undefined} />}
      {error ? (
        <p class="error" id={`${id}-more`}>
          <Icon name="circle-x" />
          <span>{error}</span>
        </p>
      ) : hint ? (
        <span class="hint" id={`${id}-more`}>{hint}</span>
      ) : null}
    </div>
  );
}
