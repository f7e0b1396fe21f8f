/* Settings that can be changed, as a form out of the server's own table. Used by each page that has some of them. */
import { api } from '../core/api';
import { useForm } from '../core/form';
import { type Key, t } from '../core/messages';
import { changed, client, useGet } from '../core/query';
import { refresh } from '../core/session';
import { settingMeaning, settingName } from '../core/server_words';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';

export interface Setting {
  name: string;
  value: string | null;
  source: 'flag' | 'environment' | '.env' | 'stored' | 'default' | 'none';
  changeable: boolean;
  meaning: string;
  /** A password: its value is nothing, or dots. */
  concealed: boolean;
  type: 'text' | 'integer' | 'amount' | 'choice';
  choices: string[] | null;
  default: string | null;
  minimum: number | null;
  maximum: number | null;
}

export interface Config {
  settings: Setting[];
}

export const PATH = '/admin/system-config';

/** What may be chosen, in the reader's words. One that is not here is a name of its own. */
const CHOICE: Record<string, Key> = { on: 'settings.on', off: 'settings.off', second: 'settings.second', all: 'settings.all', slow: 'settings.slow', smtp: 'settings.smtp', sendmail: 'settings.sendmail', starttls: 'settings.starttls', tls: 'settings.tls', none: 'settings.none' };
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
  if (setting.concealed && text.startsWith(KEPT) && text !== KEPT) return text.slice(KEPT.length);
  return setting.type !== 'text' && setting.type !== 'choice' && /^\d{1,9}$/.test(text.trim()) ? Number(text) : text.trim();
}

/** Those that concern notices, messages and alerts have a page of their own. */
export const isOfMessages = ({ name }: Setting): boolean => /^(mail|smtp|sendmail|sms|notice|alert)_/.test(name);

/** As a concealed value is shown; PUT takes it as: leave it. What is typed behind it is a new one. */
const KEPT = '••••••••';

export function SettingsForm({ settings }: { settings: Setting[] }) {
  const before = textsOf(settings);
  const form = useForm<string>(before, async (values) => {
    const changes = settings.filter(({ name }) => values[name] !== before[name]);
    if (changes.length) {
      const config = await api.put<Config>(PATH, Object.fromEntries(changes.map((one) => [one.name, sent(one, values[one.name] as string)])));
      client.setQueryData(['settings', PATH, {}], config);
      form.reset(textsOf(config.settings.filter(({ name }) => name in before)));
      changed('audit');
      await refresh();
    }
    say(t('settings.saved'));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {settings.map((setting) => {
        const { name, value, meaning, type, choices, concealed } = setting;
        return <Field
          key={name}
          form={form}
          name={name}
          label={settingName(name)}
          hint={<>{settingMeaning(name, meaning)}<br />{rangeOf(setting)}</>}
          required={value !== ''}
          {...(concealed ? { type: 'password' as const } : {})}
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

export const useConfig = () => useGet<Config>('settings', PATH);
