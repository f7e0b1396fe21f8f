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
import { SettingsHead } from './settings_head';

interface Setting {
  name: string;
  value: string | null;
  source: 'flag' | 'environment' | '.env' | 'stored' | 'default' | 'none';
  changeable: boolean;
  meaning: string;
  type: 'text' | 'integer' | 'amount' | 'choice';
  choices: string[] | null;
  default: string | null;
  minimum: number | null;
  maximum: number | null;
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
const CHOICE: Record<string, Key> = { on: 'settings.on', off: 'settings.off', second: 'settings.second', all: 'settings.all' };
const choiceName = (value: string): string => {
  const key = CHOICE[value];
  return key ? t(key) : value;
};

/** What may be put in, what holds otherwise, and whether the library has said something. */
function rangeOf({ type, minimum, maximum, choices, source, default: fallback }: Setting): string {
  const named = fallback === null || fallback === '' ? t('settings.noValue') : choices ? choiceName(fallback) : fallback;
  return [
    type === 'integer' && minimum !== null && maximum !== null ? t('settings.bounds', { from: minimum, to: maximum }) : '',
    type === 'text' && maximum !== null ? t('settings.atMost', { n: maximum }) : '',
    t('settings.byNothing', { value: named }),
    source === 'stored' ? t('settings.isStored') : '',
  ].filter(Boolean).join(' · ');
}

const textsOf = (settings: Setting[]): Record<string, string> => Object.fromEntries(settings.map(({ name, value }) => [name, value || '']));

/** As PUT takes it. An empty field goes back to the default. */
function sent(setting: Setting, text: string): string | number | null {
  if (text.trim() === '') return null;
  return setting.type !== 'text' && setting.type !== 'choice' && /^\d{1,9}$/.test(text.trim()) ? Number(text) : text.trim();
}

function Form({ settings }: { settings: Setting[] }) {
  const before = textsOf(settings);
  const form = useForm<string>(before, async (values) => {
    const changes = settings.filter(({ name }) => values[name] !== before[name]);
    if (changes.length) {
      const config = await api.put<Config>(PATH, Object.fromEntries(changes.map((one) => [one.name, sent(one, values[one.name] as string)])));
      client.setQueryData(['settings', PATH, {}], config);
      form.reset(textsOf(config.settings.filter((one) => one.changeable)));
      changed('audit');
      await refresh();
    }
    say(t('settings.saved'));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {settings.map((setting) => {
        const { name, value, meaning, type, choices } = setting;
        return <Field
          key={name}
          form={form}
          name={name}
          label={settingName(name)}
          hint={<>{settingMeaning(name, meaning)}<br />{rangeOf(setting)}</>}
          required={value !== ''}
          numeric={type === 'integer' || type === 'amount'}
          {...(choices ? { options: choices.map((one): [string, string] => [one, choiceName(one)]) } : {})}
        />;
      })}
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'settings.save')}</button>
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
          <Section title={t('settings.ofLibrary')}><Form settings={all.filter((one) => one.changeable)} /></Section>
          <Section title={t('settings.given')}><Given settings={all.filter((one) => !one.changeable)} /></Section>
        </>
      )}
    </>
  );
}
