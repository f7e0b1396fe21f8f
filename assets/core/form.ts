/* A form's texts, its sending, and the server's words put beside the field at fault. */
import { useRef, useState } from 'preact/hooks';
import { ApiError } from './api';

/** 409s that are about one field. */
const FIELD_OF_CODE: Record<string, string> = {
  DUPLICATE_ISBN: 'isbn',
  DUPLICATE_EMAIL: 'email',
  DUPLICATE_CARD: 'card',
  DUPLICATE_BARCODE: 'barcode',
  DUPLICATE_WEBHOOK: 'name',
  DUPLICATE_ACCOUNT: 'account_name',
  WRONG_PASSWORD: 'current_password',
  WRONG_SETUP_CODE: 'code',
  INVALID_CODE: 'code',
};

export type Draft<Name extends string> = Record<Name, string>;

export interface Form<Name extends string> {
  values: Draft<Name>;
  set(name: Name, value: string): void;
  reset(values: Draft<Name>): void;
  /** The message for a field. */
  wrong(name: Name): string | undefined;
  /** Why the last sending was refused, for programs: DUPLICATE_ISBN. */
  code: string;
  /** The message that belongs to no field shown. */
  problem: ApiError | null;
  busy: boolean;
  submit(event: Event): void;
}

export function useForm<Name extends string>(initial: Draft<Name>, send: (values: Draft<Name>) => Promise<unknown>): Form<Name> {
  const [values, setValues] = useState(initial);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);

  const wrong = (name: Name): string | undefined => {
    if (!error) return undefined;
    return error.field(name) || (FIELD_OF_CODE[error.code] === name ? error.message : undefined);
  };
  const beside = (Object.keys(values) as Name[]).some((name) => wrong(name));

  return {
    values,
    set: (name, value) => setValues((now) => ({ ...now, [name]: value })),
    reset: (next) => {
      setValues(next);
      setError(null);
    },
    wrong,
    code: error ? error.code : '',
    problem: error && !beside ? error : null,
    busy,
    submit(event) {
      event.preventDefault();
      if (sending.current) return;
      const form = event.currentTarget as HTMLFormElement;
      sending.current = true;
      setBusy(true);
      setError(null);
      send(values)
        .catch((cause: unknown) => {
          if (!(cause instanceof ApiError)) throw cause;
          setError(cause);
          // After the next paint the first wrong field is marked: go there.
          requestAnimationFrame(() => setTimeout(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()));
        })
        .finally(() => {
          sending.current = false;
          setBusy(false);
        });
    },
  };
}

/** Texts of a form → members of a body: empty becomes null, digits become numbers where asked. What is not a number stays text, so that the server can say so. */
export function body(values: Record<string, string>, numbers: string[] = []): Record<string, string | number | null> {
  const out: Record<string, string | number | null> = {};
  for (const [name, raw] of Object.entries(values)) {
    const text = raw.trim();
    out[name] = text === '' ? null : numbers.includes(name) && /^-?\d{1,9}$/.test(text) ? Number(text) : text;
  }
  return out;
}

/** Without the members that were left empty: for creating. */
export function filled(values: Record<string, string | number | null>): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) out[name] = value;
  return out;
}
