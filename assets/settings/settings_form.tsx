/* Settings that can be changed, as a form out of the server's own table. Used by each page that has some of them. */
import { Fragment } from 'preact';
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
  return setting.type !== 'text' && setting.type !== 'choice' && /^\d{1,9}$/.test(text.trim()) ? Number(text) : text.trim();
}

/** Those that concern messages and alerts have a page of their own. */
export type Group = '' | 'messages' | 'alerts';
const groupOf = (name: string): Group => (/^(mail|smtp|sendmail|sms|notice)_/.test(name) ? 'messages' : name.startsWith('alert_') ? 'alerts' : '');
export const inGroup = (all: Setting[], group: Group): Setting[] => all.filter((one) => one.changeable && groupOf(one.name) === group);

/** What stands for a password that is set; what is typed behind it is a new one. */
const DOTS = /•+/g;

/** The new text of a setting, or null where it stays as it is. */
function textOf({ name, concealed }: Setting, values: Record<string, string>, before: Record<string, string>): string | null {
  const text = values[name] as string;
  if (text === before[name]) return null;
  const typed = concealed ? text.replace(DOTS, '') : text;
  return concealed && typed === '' && text !== '' ? null : typed;
}

/** Where a new matter begins: the name of its first setting. */
const HEADS: Record<string, Key> = { mail_transport: 'notice.email', sms_url: 'notice.sms', notice_channels: 'settings.whenTold' };

export function SettingsForm({ settings, save }: { settings: Setting[]; save: Key }) {
  const before = textsOf(settings);
  const form = useForm<string>(before, async (values) => {
    const changes = settings.filter((one) => textOf(one, values, before) !== null);
    if (changes.length) {
      const config = await api.put<Config>(PATH, Object.fromEntries(changes.map((one) => [one.name, sent(one, textOf(one, values, before) as string)])));
      client.setQueryData(['settings', PATH, {}], config);
      form.reset(textsOf(config.settings.filter(({ name }) => name in before)));
      changed('audit');
      void refresh().catch(() => undefined); // the library's name elsewhere on the page; saving does not wait for it
    }
    say(t('settings.saved'));
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {settings.map((setting) => {
        const { name, value, meaning, type, choices, concealed } = setting;
        const head = HEADS[name];
        return <Fragment key={name}>{head ? <h3 class="minor apart below">{t(head)}</h3> : null}<Field
          form={form}
          name={name}
          label={settingName(name)}
          hint={<>{settingMeaning(name, meaning)}<br />{rangeOf(setting)}</>}
          required={value !== '' && !concealed}
          {...(concealed ? { type: 'password' as const } : {})}
          numeric={type === 'integer' || type === 'amount'}
          {...(choices ? { options: choices.map((one): [string, string] => [one, choiceName(one)]) } : {})}
        /></Fragment>;
      })}
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : save)}</button>
        <span class="hint">{t('settings.emptyMore')}</span>
      </div>
    </form>
  );
}

export const useConfig = () => useGet<Config>('settings', PATH);
