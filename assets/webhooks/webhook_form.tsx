/* A webhook is entered or changed; its secret is shown once. */
import { useState } from 'preact/hooks';
import { useForm } from '../core/form';
import { count } from '../core/format';
import { t, tx } from '../core/messages';
import { useGet } from '../core/query';
import { said } from '../core/server_words';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Once } from '../parts/once';
import { Failed, Refused, Wait } from '../parts/states';
import { addWebhook, ALL, type EventType, updateWebhook, type Webhook } from './webhooks';

/** Those that are chosen; none: all. */
function Types({ chosen, choose }: { chosen: string[]; choose: (types: string[]) => void }) {
  const types = useGet<{ data: EventType[] }>('webhooks', '/webhooks/event-types');
  const turn = (type: string) => choose(chosen.includes(type) ? chosen.filter((one) => one !== type) : [...chosen, type]);
  if (types.error) return <Failed error={types.error} title={t('hooks.typesFailed')} again={() => void types.refetch()} />;
  if (!types.data) return <Wait />;
  return (
    <div class="hook-types">
      {types.data.data.map(({ type, meaning }) => (
        <label class="check" key={type}>
          <input type="checkbox" checked={chosen.includes(type)} onChange={() => turn(type)} />
          <span>{said(meaning)}<span class="machine">{type}</span></span>
        </label>
      ))}
    </div>
  );
}

export function Secret({ name, secret, close }: { name: string; secret: string; close: () => void }) {
  return (
    <Dialog title={tx('hooks.secretOf', { name: <bdi>{name}</bdi> })} close={close} key="secret">
      <p>{t('hooks.secretMore')}</p>
      <div class="apart"><Once label={t('hooks.secret')} value={secret} hint={t('once.hint')} /></div>
      <div class="actions"><button type="button" class="btn btn-main" onClick={close}>{t('once.done')}</button></div>
    </Dialog>
  );
}

export function WebhookForm({ hook, close }: { hook?: Webhook; close: () => void }) {
  const isAll = !hook || hook.events[0] === ALL;
  const [all, setAll] = useState(isAll);
  const [types, setTypes] = useState<string[]>(isAll || !hook ? [] : hook.events);
  const [secret, setSecret] = useState('');
  const form = useForm({ name: hook?.name ?? '', url: hook?.url ?? '' }, async ({ name, url }) => {
    const facts = { name: name.trim(), url: url.trim(), events: all || types.length === 0 ? [ALL] : types };
    if (!hook) return setSecret((await addWebhook(facts)).secret);
    await updateWebhook(hook, facts);
    close();
  });
  if (secret) return <Secret name={form.values.name} secret={secret} close={close} />;
  return (
    <Dialog title={hook ? tx('hooks.edit', { name: <bdi>{hook.name}</bdi> }) : t('hooks.add')} close={close} key="form">
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('hooks.name')} hint={t('hooks.nameHint')} required focus />
        <Field form={form} name="url" label={t('hooks.url')} hint={t('hooks.urlHint')} required machine />
        <fieldset class="hook-events">
          <legend>{t('hooks.events')}</legend>
          <label class="check"><input type="radio" name="hook-events" checked={all} onChange={() => setAll(true)} />{t('hooks.all')}</label>
          <label class="check"><input type="radio" name="hook-events" checked={!all} onChange={() => setAll(false)} />{t('hooks.some')}{all ? null : <span class="n">{count(types.length)}</span>}</label>
          {all ? null : <Types chosen={types} choose={setTypes} />}
        </fieldset>
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : hook ? 'hooks.save' : 'hooks.saveNew')}</button>
        </div>
      </form>
    </Dialog>
  );
}
