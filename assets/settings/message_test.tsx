/* Trying what is set for messages: one, now, and in the mail server's or the gateway's own words why not. */
import { useState } from 'preact/hooks';
import { api } from '../core/api';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';

interface Way {
  ok: boolean;
  problem: string | null;
}

interface Ways {
  email: Way | null;
  chat: Way | null;
}

export function MessageTest() {
  const form = useForm<'channel' | 'address'>({ channel: 'email', address: '' }, async (values) => {
    await api.post('/notifications/test', { channel: values.channel, address: values.address.trim() });
    say(t('message.sent', { address: values.address.trim() }));
  });
  return (
    <form class="narrow apart" onSubmit={form.submit} noValidate>
      <Field form={form} name="channel" label={t('message.channel')} options={[['email', t('message.email')], ['sms', t('message.sms')]]} />
      <Field form={form} name="address" label={t('message.address')} hint={t('message.addressMore')} required />
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <div class="actions">
        <button type="submit" class="btn" aria-busy={form.busy}>{t(form.busy ? 'message.sending' : 'message.test')}</button>
      </div>
    </form>
  );
}

/** The same for those who are told when something is not well. */
export function AlertTest() {
  const [told, setTold] = useState<Ways | null>(null);
  const form = useForm<never>({}, async () => setTold(await api.post<Ways>('/alerts/test')));
  const ways = told ? ([['message.email', told.email], ['message.chat', told.chat]] as const) : [];
  return (
    <form class="narrow apart" onSubmit={form.submit} noValidate>
      <p class="second">{t('alerts.testMore')}</p>
      <div class="actions">
        <button type="submit" class="btn" aria-busy={form.busy}>{t(form.busy ? 'message.sending' : 'alerts.test')}</button>
      </div>
      <div role="status">
        {ways.map(([name, way]) => (way ? <p class={way.ok ? undefined : 'error'}>{t('alerts.testedWay', { way: t(name), how: way.ok ? t('alerts.taken') : said(way.problem || '') })}</p> : null))}
      </div>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
    </form>
  );
}
