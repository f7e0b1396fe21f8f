/* The kinds of readers: adults, students, staff. Each is a row of the matrix. */
import { useState } from 'preact/hooks';
import { api, ApiError, type List } from '../core/api';
import { body, filled, useForm } from '../core/form';
import { count } from '../core/format';
import { t, tn } from '../core/messages';
import { changed, useGet } from '../core/query';
import { kindName } from '../core/server_words';
import { say } from '../core/toast';
import { MEMBER_TYPES, type MemberType } from '../members/member';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';

const kindPath = (code: string): string => `${MEMBER_TYPES}/${encodeURIComponent(code)}`;
const touched = () => changed('rules', 'members', 'audit');

async function add(facts: Record<string, unknown>): Promise<MemberType> {
  const made = await api.post<MemberType>(MEMBER_TYPES, facts);
  touched();
  return made;
}

/** "Ältere Kinder" → "altere-kinder": what programs call it, unless somebody says otherwise. */
const codeFor = (name: string): string => name.normalize('NFD').toLowerCase().replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');

function KindForm({ kind, close }: { kind?: MemberType; close: () => void }) {
  const shown = kind ? kindName(kind.name) : '';
  const form = useForm({ name: shown, code: '', membership_months: kind?.membership_months ? String(kind.membership_months) : '' }, async ({ code, ...rest }) => {
    // A name that was only translated is not the library's own: it stays, and is read in other languages as before.
    const facts = body(kind && rest.name.trim() === shown ? { ...rest, name: kind.name } : rest, ['membership_months']);
    if (kind) {
      await api.put(kindPath(kind.code), facts);
      touched();
    } else await add(filled({ ...facts, code: code.trim() || codeFor(rest.name) || null }));
    say(t(kind ? 'kinds.saved' : 'kinds.added', { name: rest.name.trim() }));
    close();
  });
  return (
    <Dialog title={t(kind ? 'kinds.edit' : 'kinds.add')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('kinds.name')} required focus />
        {kind ? null : <Field form={form} name="code" label={t('kinds.code')} hint={t('kinds.codeHint', { code: codeFor(form.values.name) || '…' })} machine />}
        <Field form={form} name="membership_months" label={t('kinds.months')} hint={t('kinds.monthsHint')} numeric />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : kind ? 'kinds.save' : 'kinds.addThis')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function Kinds() {
  const kinds = useGet<List<MemberType>>('rules', MEMBER_TYPES, { limit: 100 });
  const [form, setForm] = useState<{ kind?: MemberType } | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const act = (done: Promise<unknown>) => {
    setProblem(null);
    done.catch((cause: unknown) => {
      if (cause instanceof ApiError) setProblem(cause);
      else throw cause;
    });
  };
  const remove = ({ code, name, membership_months }: MemberType) =>
    act(api.delete(kindPath(code)).then(() => {
      touched();
      say(t('kinds.removed', { name: kindName(name) }), () => act(add(membership_months ? { code, name, membership_months } : { code, name })));
    }));
  const rows = kinds.data?.data;
  return (
    <Section
      title={t('kinds.title')}
      {...(rows ? { count: count(rows.length) } : {})}
      aside={<button type="button" class="btn btn-small" onClick={() => setForm({})}><Icon name="plus" />{t('kinds.add')}</button>}
    >
      {problem ? <Refused error={problem} /> : null}
      {kinds.error ? (
        <Failed error={kinds.error} title={t('kinds.failed')} again={() => void kinds.refetch()} />
      ) : !rows ? (
        <Wait />
      ) : (
        <ul class="lines">
          {rows.map((kind) => (
            <li key={kind.code}>
              <span>
                <bdi>{kindName(kind.name)}</bdi> <span class="hint machine">{kind.code}</span>
                <span class="sub">{tn('members.count', kind.members)} · {kind.membership_months ? tn('kinds.runs', kind.membership_months) : t('kinds.forEver')}</span>
              </span>
              <span class="end">
                <button type="button" class="btn btn-quiet btn-small" onClick={() => setForm({ kind })} aria-label={t('kinds.editThis', { name: kindName(kind.name) })}>{t('act.edit')}</button>
                <button type="button" class="btn btn-quiet btn-small" onClick={() => remove(kind)} aria-label={t('kinds.removeThis', { name: kindName(kind.name) })}>{t('kinds.remove')}</button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {form ? <KindForm {...form} close={() => setForm(null)} /> : null}
    </Section>
  );
}
