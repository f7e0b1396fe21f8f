/* The library's settings: the server's own table as a form. A setting that a flag or the environment decides says so instead of a field. */
import { api } from '../core/api';
import { useForm } from '../core/form';
import { type Key, t } from '../core/messages';
import { changed, client, useGet } from '../core/query';
import { refresh } from '../core/session';
import { settingMeaning, settingName } from '../core/server_words';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Section } from '../parts/page_head';
import { Failed, Refused, Wait } from '../parts/states';
import { AlertTest, MessageTest } from './message_test';
import { SettingsHead } from './settings_head';

interface Setting {
  name: string;
  value: string | null;
  /** A password or a key: its value is not told, only whether there is one. */
  concealed: boolean;
  source: 'flag' | 'environment' | '.env' | 'stored' | 'default' | 'none';
  changeable: boolean;
  meaning: string;
  type: 'text' | 'integer' | 'amount' | 'choice';
  choices: string[] | null;
}

interface Config {
  settings: Setting[];
}

const PATH = '/admin/system-config';

const SOURCE: Partial<Record<Setting['source'], Key>> = {
  'flag': 'settings.byFlag',
  'environment': 'settings.byEnvironment',
  '.env': 'settings.byFile',
  'stored': 'settings.byStored',
  'default': 'settings.byDefault',
};

const flag = (name: string): string => `--${name.replace(/_/g, '-')}`;

/** What may be chosen, in the reader's words. One that is not here is a name of its own. */
const CHOICE: Record<string, Key> = {
  on: 'settings.on',
  off: 'settings.off',
  second: 'settings.second',
  all: 'settings.all',
  smtp: 'settings.smtp',
  sendmail: 'settings.sendmail',
  starttls: 'settings.starttls',
  tls: 'settings.tls',
  none: 'settings.none',
  slow: 'settings.slow',
};
const choiceName = (value: string): string => {
  const key = CHOICE[value];
  return key ? t(key) : value;
};

const textsOf = (settings: Setting[]): Record<string, string> => Object.fromEntries(settings.map(({ name, value }) => [name, value || '']));

/** As PUT takes it. An empty field goes back to the default. */
function sent(setting: Setting, text: string): string | number | null {
  if (text.trim() === '') return null;
  return setting.type !== 'text' && setting.type !== 'choice' && /^\d{1,9}$/.test(text.trim()) ? Number(text) : text.trim();
}

/** What stands for a password that is set; what is typed behind it is a new one. */
const DOTS = /•+/g;

/** The new text of a setting, or null where it stays as it is. */
function textOf({ name, concealed }: Setting, values: Record<string, string>, before: Record<string, string>): string | null {
  const text = values[name] as string;
  if (text === before[name]) return null;
  const typed = concealed ? text.replace(DOTS, '') : text;
  return concealed && typed === '' && text !== '' ? null : typed;
}

function Form({ settings, save }: { settings: Setting[]; save: Key }) {
  const before = textsOf(settings);
  const form = useForm<string>(before, async (values) => {
    const changes = settings.filter((one) => textOf(one, values, before) !== null);
    if (changes.length) {
      const config = await api.put<Config>(PATH, Object.fromEntries(changes.map((one) => [one.name, sent(one, textOf(one, values, before) as string)])));
      client.setQueryData(['settings', PATH, {}], config);
      form.reset(textsOf(config.settings.filter((one) => one.name in before)));
      changed('audit');
      await refresh();
    }
    say(t('settings.saved'));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {settings.map(({ name, value, meaning, type, choices, concealed }) => (
        <Field
          key={name}
          form={form}
          name={name}
          label={settingName(name)}
          hint={settingMeaning(name, meaning)}
          required={value !== '' && !concealed}
          type={concealed ? 'password' : 'text'}
          numeric={type === 'integer' || type === 'amount'}
          {...(choices ? { options: choices.map((one): [string, string] => [one, choiceName(one)]) } : {})}
        />
      ))}
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : save)}</button>
        <span class="hint">{t('settings.emptyMore')}</span>
      </div>
    </form>
  );
}

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

type Group = '' | 'messages' | 'alerts';
const groupOf = (name: string): Group => (/^(mail|smtp|sendmail|sms|notice)_/.test(name) ? 'messages' : name.startsWith('alert_') ? 'alerts' : '');
const inGroup = (all: Setting[], group: Group): Setting[] => all.filter((one) => one.changeable && groupOf(one.name) === group);

export default function SettingsPage() {
  const config = useGet<Config>('settings', PATH);
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
          <Section title={t('settings.ofLibrary')}><Form settings={inGroup(all, '')} save={'settings.save'} /></Section>
          <Section title={t('settings.messages')}>
            <Form settings={inGroup(all, 'messages')} save={'settings.saveMessages'} />
            <MessageTest />
          </Section>
          <Section title={t('settings.alerts')}>
            <Form settings={inGroup(all, 'alerts')} save={'settings.saveAlerts'} />
            <AlertTest />
          </Section>
          <Section title={t('settings.given')}><Given settings={all.filter((one) => !one.changeable)} /></Section>
        </>
      )}
    </>
  );
}
