import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Form } from '../core/form';
import { t } from '../core/messages';
import { Icon } from './icon';

interface FieldProps<Name extends string> {
  form: Form<Name>;
  name: Name;
  label: string;
  hint?: ComponentChildren;
  required?: boolean;
  type?: 'text' | 'email' | 'tel' | 'date' | 'password';
  numeric?: boolean;
  machine?: boolean;
  lines?: number;
  focus?: boolean;
  /** What a browser may fill in by itself. */
  autocomplete?: 'username' | 'current-password' | 'new-password' | 'name' | 'email' | 'tel';
  /** A choice instead of free text: value and what it is called. */
  options?: [value: string, name: string][];
}

/** Label above, hint below; an error takes the hint's place. */
export function Field<Name extends string>({ form, name, label, hint, required, type = 'text', numeric, machine, lines, focus, autocomplete, options }: FieldProps<Name>) {
  // Unique, because the sign-in dialog may open over a form that has a name, too.
  const id = useId();
  const [shown, setShown] = useState(false);
  const said = form.wrong(name);
  // The server speaks of the field without naming it: "is required".
  const error = said && /^[a-z]/.test(said) ? `${label} ${said}` : said;
  const common = {
    id,
    name,
    class: `input${machine ? ' machine' : ''}`,
    value: form.values[name],
    onInput: (event: Event) => form.set(name, (event.currentTarget as HTMLInputElement).value),
    autocomplete: autocomplete || 'off',
    'aria-describedby': error || hint ? `${id}-more` : undefined,
    'aria-invalid': error ? ('true' as const) : undefined,
    'aria-required': required ? ('true' as const) : undefined,
    'data-focus': focus ? '' : undefined,
  };
  const box = options ? (
    <select {...common}>
      {options.map(([value, text]) => <option value={value}>{text}</option>)}
    </select>
  ) : lines ? (
    <textarea {...common} rows={lines} />
  ) : (
    <input {...common} type={type === 'password' && shown ? 'text' : type} spellcheck={false} autocapitalize={autocomplete ? 'none' : undefined} inputMode={numeric ? 'numeric' : undefined} />
  );
  return (
    <div class={error ? 'field field-error' : 'field'}>
      <label for={id}>
        {label}
        {required || options ? null : <span class="optional"> {t('form.optional')}</span>}
      </label>
      {type === 'password' ? (
        <div class="secret">
          {box}
          <button type="button" class="btn btn-quiet btn-small" onClick={() => setShown(!shown)}>
            {t(shown ? 'form.hide' : 'form.show')}
            <span class="sr"> {label}</span>
          </button>
        </div>
      ) : box}
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
