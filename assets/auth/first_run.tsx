/* A library without an administrator shows this page and nothing else. */
import { useState } from 'preact/hooks';
import { api } from '../core/api';
import { useForm } from '../core/form';
import { languageName } from '../core/format';
import { t } from '../core/messages';
import { navigate } from '../core/router';
import { entered } from '../core/session';
import { Field } from '../parts/field';
import { useTitle } from '../parts/page_head';
import { Refused } from '../parts/states';

type Start = 'import' | 'empty';

/** Languages whose books fill whole libraries; any other can be set in Settings. */
const LANGUAGES = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'it', 'ja', 'nl', 'pl', 'pt', 'ru', 'sw', 'tr', 'uk', 'zh'];

const byName = (a: [string, string], b: [string, string]): number => a[1].localeCompare(b[1]);
const languages = LANGUAGES.map((code): [string, string] => [code, languageName(code)]).sort(byName);

function zones(): string[] {
  // Newer than the language level this is compiled for; without it the library's computer decides, and Settings can.
  const { supportedValuesOf } = Intl as unknown as { supportedValuesOf?: (what: string) => string[] };
  if (!supportedValuesOf) return [];
  const all = supportedValuesOf('timeZone');
  return all.includes('UTC') ? all : ['UTC', ...all];
}

function ownLanguage(): string {
  const base = (navigator.language || 'en').split('-')[0] as string;
  return LANGUAGES.includes(base) ? base : 'en';
}

export default function FirstRun() {
  useTitle(t('setup.title'));
  const [start, setStart] = useState<Start>('import');
  const [known] = useState(zones);
  const form = useForm({ library_name: '', language: ownLanguage(), time_zone: '', code: '', name: '', password: '' }, async (values) => {
    const { library_name: library, time_zone: zone, ...rest } = values;
    await api.post('/auth/setup', { ...rest, ...(library.trim() ? { library_name: library.trim() } : {}), ...(zone ? { time_zone: zone } : {}) });
    navigate(start === 'import' ? '/import' : '/', { replace: true });
    await entered();
  });
  const choice = (value: Start, name: string, more: string) => (
    <label>
      <input type="radio" name="start" value={value} checked={start === value} onChange={() => setStart(value)} />
      <b>{name}</b>
      <span>{more}</span>
    </label>
  );

  return (
    <div class="first">
      <div class="first-cloth">
        <div class="label"><b><bdi>{form.values.library_name.trim() || t('setup.yourLibrary')}</bdi></b><span>Carrel</span></div>
        <p>{t('setup.stays')}</p>
        <p class="machine">{location.host}</p>
      </div>
      <main id="main" tabIndex={-1}>
        <form onSubmit={form.submit} noValidate>
          <h1>{t('setup.title')}</h1>
          <p class="lede">{t('setup.lede')}</p>
          <section class="section">
            <div><h2>{t('setup.library')}</h2><p class="hint">{t('setup.libraryMore')}</p></div>
            <div>
              <Field form={form} name="library_name" label={t('setup.libraryName')} />
              <div class="pair">
                <Field form={form} name="language" label={t('setup.language')} hint={t('setup.languageHint')} options={languages} />
                {known.length ? (
                  <Field form={form} name="time_zone" label={t('setup.zone')} hint={t(form.values.time_zone ? 'setup.zoneLater' : 'setup.zoneHint')} options={[['', t('setup.zoneOwn')], ...known.map((zone): [string, string] => [zone, zone.replace(/_/g, ' ')])]} />
                ) : null}
              </div>
            </div>
          </section>
          <section class="section">
            <div><h2>{t('setup.admin')}</h2><p class="hint">{t('setup.adminMore')}</p></div>
            <div>
              <Field form={form} name="name" label={t('account.name')} autocomplete="username" required />
              <Field form={form} name="password" label={t('account.password')} hint={t('account.passwordHint')} type="password" autocomplete="new-password" required />
              <Field form={form} name="code" label={t('setup.code')} hint={t('setup.codeHint')} machine required />
            </div>
          </section>
          <section class="section">
            <div><h2>{t('setup.start')}</h2><p class="hint">{t('setup.startMore')}</p></div>
            <fieldset class="start">
              <legend class="sr">{t('setup.start')}</legend>
              {choice('import', t('setup.own'), t('setup.ownMore'))}
              {choice('empty', t('setup.empty'), t('setup.emptyMore'))}
            </fieldset>
          </section>
          <section class="section">
            <div />
            <div>
              {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
              <div class="actions">
                {form.code === 'SETUP_DONE' ? <button type="button" class="btn" onClick={() => location.assign('/')}>{t('signin.title')}</button> : null}
                <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : start === 'import' ? 'setup.doImport' : 'setup.doEmpty')}</button>
              </div>
            </div>
          </section>
        </form>
      </main>
    </div>
  );
}
