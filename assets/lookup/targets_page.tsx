/* Settings: which other libraries' catalogues are asked for titles. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { useForm } from '../core/form';
import { count } from '../core/format';
import { type Key, t, tx } from '../core/messages';
import { useGet, useList } from '../core/query';
import { Ask, Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { addTarget, KIND, type Kind, type KnownTarget, removeTarget, type Target, type TargetResult, testTarget, updateTarget, whyOf } from './lookup';

const kinds = (Object.keys(KIND) as Kind[]).map((kind): [string, string] => [kind, t(KIND[kind])]);
const HINT: Record<string, Key> = { z3950: 'lookup.addressHintZ3950', sru: 'lookup.addressHintSru', json: 'lookup.addressHintJson' };

function TargetForm({ target, close }: { target?: Target; close: () => void }) {
  const known = useGet<{ data: KnownTarget[] }>('lookup', target ? null : '/lookup/known');
  const [chosen, setChosen] = useState('');
  const form = useForm({ name: target?.name ?? '', kind: target?.kind ?? ('sru' as string), address: target?.address ?? '' }, async ({ name, kind, address }) => {
    const facts = { name: name.trim(), kind, address: address.trim() };
    await (target ? updateTarget(target, facts) : addTarget(facts));
    close();
  });
  const choose = (name: string) => {
    const one = known.data?.data.find((offered) => offered.name === name);
    setChosen(name);
    form.reset(one ? { name: one.name, kind: one.kind, address: one.address } : { name: '', kind: 'sru', address: '' });
  };
  const about = known.data?.data.find((offered) => offered.name === chosen)?.about;
  return (
    <Dialog title={target ? tx('lookup.edit', { name: <bdi>{target.name}</bdi> }) : t('lookup.add')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        {known.data ? (
          <div class="field">
            <label for="lookup-known">{t('lookup.known')}</label>
            <select id="lookup-known" class="input" value={chosen} onChange={(event) => choose(event.currentTarget.value)} aria-describedby={about ? 'lookup-known-more' : undefined}>
              <option value="">{t('lookup.knownNone')}</option>
              {known.data.data.map((one) => <option value={one.name}>{one.name}</option>)}
            </select>
            {about ? <span class="hint" id="lookup-known-more">{about}</span> : null}
          </div>
        ) : null}
        <Field form={form} name="name" label={t('lookup.name')} required focus />
        <Field form={form} name="kind" label={t('lookup.kind')} options={kinds} />
        <Field form={form} name="address" label={t('lookup.address')} required machine hint={t(HINT[form.values.kind] ?? 'lookup.addressHintSru')} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : target ? 'lookup.save' : 'lookup.saveNew')}</button>
        </div>
      </form>
    </Dialog>
  );
}

type Tested = 'busy' | TargetResult | ApiError;

function TestResult({ tested }: { tested: Tested | undefined }) {
  if (!tested || tested === 'busy') return null;
  if (tested instanceof ApiError) return <span class="cell-2 over"><Icon name="circle-x" tone="no" /> {tested.message}</span>;
  if (tested.ok) return <span class="cell-2"><Icon name="circle-check" tone="ok" /> {t('lookup.works', { ms: count(tested.ms) })}</span>;
  const why = whyOf(tested);
  return <span class="cell-2"><Icon name="circle-x" tone="no" /> {why ? t(why) : tested.message}{tested.detail ? <> <bdi>({tested.detail})</bdi></> : null}</span>;
}

function TargetRow({ target, edit, remove }: { target: Target; edit: () => void; remove: () => void }) {
  const [tested, setTested] = useState<Tested>();
  const [error, setError] = useState<ApiError | null>(null);
  const test = () => {
    setError(null);
    setTested('busy');
    testTarget(target.id).then(setTested, (cause: unknown) => {
      if (!(cause instanceof ApiError)) throw cause;
      setTested(cause);
    });
  };
  const turn = () => {
    updateTarget(target, { enabled: !target.enabled }).then(() => setError(null), (cause: unknown) => {
      if (!(cause instanceof ApiError)) throw cause;
      setError(cause);
    });
  };
  return (
    <tr>
      <td>
        <b class="title"><bdi>{target.name}</bdi></b>
        <span class="cell-2"><span class="machine any">{target.address}</span></span>
        <span role="status"><TestResult tested={error ?? tested} /></span>
      </td>
      <td class="side">{t(KIND[target.kind])}</td>
      <td class="nowrap"><span class={target.enabled ? 'pill pill-plain' : 'pill'}>{t(target.enabled ? 'lookup.enabled' : 'lookup.disabled')}</span></td>
      <td class="row-actions">
        <button type="button" class="btn btn-quiet btn-small" aria-busy={tested === 'busy'} onClick={test} aria-label={t('lookup.testThis', { name: target.name })}>{t(tested === 'busy' ? 'lookup.testing' : 'lookup.test')}</button>
        <button type="button" class="btn btn-quiet btn-small" onClick={turn}>{t(target.enabled ? 'lookup.disable' : 'lookup.enable')}<span class="sr"> {target.name}</span></button>
        <button type="button" class="btn btn-quiet btn-small" onClick={edit} aria-label={t('lookup.changeThis', { name: target.name })}>{t('lookup.change')}</button>
        <button type="button" class="btn btn-quiet btn-small" onClick={remove} aria-label={t('lookup.removeThis', { name: target.name })}>{t('lookup.remove')}</button>
      </td>
    </tr>
  );
}

export default function TargetsPage() {
  const [editing, setEditing] = useState<Target | 'new' | null>(null);
  const [removing, setRemoving] = useState<Target | null>(null);
  const result = useList<Target>('lookup', '/lookup/targets', { limit: 100 });
  const targets = [...(result.data?.data ?? [])].sort((a, b) => a.position - b.position);
  const add = <button type="button" class="btn btn-main" onClick={() => setEditing('new')}><Icon name="plus" />{t('lookup.add')}</button>;
  return (
    <>
      <SettingsHead>{targets.length ? add : null}</SettingsHead>
      {result.error ? (
        <Failed error={result.error} title={t('lookup.failed')} again={() => void result.refetch()} />
      ) : !result.data ? (
        <Wait />
      ) : targets.length === 0 ? (
        <Empty icon="library" title={t('lookup.empty')} actions={add}>{t('lookup.emptyMore')}</Empty>
      ) : (
        <table class="table table-stack table-roomy">
          <caption class="sr">{t('settings.catalogues')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('lookup.name')}</th>
              <th scope="col">{t('lookup.kind')}</th>
              <th scope="col">{t('lookup.enabled')}</th>
              <th scope="col"><span class="sr">{t('list.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {targets.map((target) => <TargetRow key={target.id} target={target} edit={() => setEditing(target)} remove={() => setRemoving(target)} />)}
          </tbody>
        </table>
      )}
      {editing ? <TargetForm {...(editing === 'new' ? {} : { target: editing })} close={() => setEditing(null)} /> : null}
      {removing ? (
        <Ask title={tx('lookup.removeAsk', { name: <bdi>{removing.name}</bdi> })} yes={t('lookup.remove')} no={t('lookup.keep')} act={() => removeTarget(removing.id)} close={() => setRemoving(null)}>
          {t('lookup.removeMore')}
        </Ask>
      ) : null}
    </>
  );
}
