/* The library's settings. One that a flag or the environment decides says so instead of a field. */
import { type Key, t } from '../core/messages';
import { settingMeaning } from '../core/server_words';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { inGroup, type Setting, SettingsForm, useConfig } from './settings_form';
import { SettingsHead } from './settings_head';

const SOURCE: Partial<Record<Setting['source'], Key>> = {
  'flag': 'settings.byFlag',
  'environment': 'settings.byEnvironment',
  '.env': 'settings.byFile',
  'stored': 'settings.byStored',
  'default': 'settings.byDefault',
};

const flag = (name: string): string => `--${name.replace(/_/g, '-')}`;

function Given({ settings }: { settings: Setting[] }) {
  return (
    <>
      <p class="second below">{t('settings.givenMore')}</p>
      <table class="table table-stack">
        <caption class="sr">{t('settings.given')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('settings.what')}</th>
            <th scope="col">{t('settings.value')}</th>
            <th scope="col">{t('settings.from')}</th>
          </tr>
        </thead>
        <tbody>
          {settings.map(({ name, value, source, meaning }) => {
            const from = SOURCE[source];
            return (
              <tr key={name}>
                <td><b class="machine">{flag(name)}</b><span class="cell-2">{settingMeaning(name, meaning)}</span></td>
                <td class="any" data-k={t('settings.value')}>{value === null || value === '' ? t('settings.noValue') : <span class="machine">{value}</span>}</td>
                <td class={from ? 'nowrap' : 'gone'} data-k={t('settings.from')}>{from ? t(from) : null}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

export default function SettingsPage() {
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
          <Section title={t('settings.ofLibrary')}><SettingsForm settings={inGroup(all, '')} save={'settings.save'} /></Section>
          <Section title={t('settings.given')}><Given settings={all.filter((one) => !one.changeable)} /></Section>
        </>
      )}
    </>
  );
}
