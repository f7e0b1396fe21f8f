/* One labelled box. (parts/field belongs to forms that the server judges; nothing here is sent.) */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from '../parts/icon';

interface Props {
  label: string;
  value: string;
  change: (next: string) => void;
  hint?: ComponentChildren;
  wrong?: string | undefined;
  type?: 'text' | 'date';
  numeric?: boolean;
  machine?: boolean;
  lines?: number;
  options?: [value: string, name: string][];
  /** Offered while typing. */
  known?: string[];
}

export function Box({ label, value, change, hint, wrong, type = 'text', numeric, machine, lines, options, known }: Props) {
  const id = useId();
  const common = {
    id,
    class: machine ? 'input machine' : 'input',
    value,
    autocomplete: 'off' as const,
    'aria-describedby': wrong || hint ? `${id}-more` : undefined,
    'aria-invalid': wrong ? ('true' as const) : undefined,
    onInput: (event: Event) => change((event.currentTarget as HTMLInputElement).value),
  };
  return (
    <div class={wrong ? 'field field-error' : 'field'}>
      <label for={id}>{label}</label>
      {options ? (
        <select {...common}>{options.map(([one, name]) => <option value={one}>{name}</option>)}</select>
      ) : lines ? (
        <textarea {...common} rows={lines} spellcheck={false} />
      ) : (
        <input {...common} type={type} spellcheck={false} inputMode={numeric ? 'decimal' : undefined} list={known ? `${id}-known` : undefined} />
      )}
      {known ? <datalist id={`${id}-known`}>{known.map((one) => <option value={one} />)}</datalist> : null}
      {wrong ? (
        <p class="error" id={`${id}-more`}><Icon name="circle-x" /><span>{wrong}</span></p>
      ) : hint ? (
        <span class="hint" id={`${id}-more`}>{hint}</span>
      ) : null}
    </div>
  );
}

/** A number as people write it, with a comma or a point, a minus or a hyphen; NaN: it is none. */
export function numberOf(text: string): number {
  const plain = text.trim().replace(',', '.').replace('\u2212', '-');
  return /^-?\d{1,4}(\.\d{1,4})?$/.test(plain) ? Number(plain) : NaN;
}
