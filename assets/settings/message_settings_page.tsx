/* How e-mails and text messages leave, when readers are told what, and who is told when something is wrong; and trying it out. */
import { useState } from 'preact/hooks';
import { api } from '../core/api';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';
import { isOfMessages, SettingsForm, useConfig } from './settings_form';
import { SettingsHead } from './settings_head';

/** One message, now: whether it can leave is known afterwards, in the words of the other side. */
function Trial() {
  const [sent, setSent] = useState('');
  const form = useForm({ channel: 'email', address: '' }, async ({ channel, address }) => {
    setSent('');
    await api.post('/notifications/test', { channel, address: address.trim() });
    setSent(address.trim());
  });
  const isMail = form.values.channel === 'email';
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      <Field form={form} name="channel" label={t('trial.how')} options={[['email', t('trial.email')], ['sms', t('trial.sms')]]} />
      <Field form={form} name="address" label={t(isMail ? 'trial.address' : 'trial.phone')} type={isMail ? 'email' : 'tel'} required />
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <div role="status">{sent ? <div class="notice notice-ok below"><Icon name="circle-check" /><p>{t('trial.sent', { address: sent })}</p></div> : null}</div>
      <div class="actions">
        <button type="submit" class="btn" aria-busy={form.busy}>{t(form.busy ? 'trial.busy' : 'trial.send')}</button>
        <span class="hint">{t('trial.more')}</span>
      </div>
    </form>
  );
}

export default function MessageSettingsPage() {
  const config = useConfig();
  const all = config.data?.settings;
  return (
    <>
      <SettingsHead />
      {config.error ? (
        <Failed error={config.error} title={t('settings.failed')} again={() => void config.refetch()} />
      ) : !all ? (
        <Wait />
      ) : (
        <div class="main-aside">
          <div><Section title={t('settings.messages')}><SettingsForm settings={all.filter((one) => one.changeable && isOfMessages(one))} /></Section></div>
          <aside><Section title={t('trial.title')}><Trial /></Section></aside>
        </div>
      )}
    </>
  );
}
