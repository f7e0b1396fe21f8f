/* How e-mails and text messages leave, when readers are told what, and who is told when something is wrong; and trying it out. */
import { t } from '../core/messages';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { AlertTest, MessageTest } from './message_test';
import { inGroup, SettingsForm, useConfig } from './settings_form';
import { SettingsHead } from './settings_head';

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
        <>
          <Section title={t('settings.messages')}>
            <SettingsForm settings={inGroup(all, 'messages')} save={'settings.saveMessages'} />
            <MessageTest />
          </Section>
          <Section title={t('settings.alerts')}>
            <SettingsForm settings={inGroup(all, 'alerts')} save={'settings.saveAlerts'} />
            <AlertTest />
          </Section>
        </>
      )}
    </>
  );
}
