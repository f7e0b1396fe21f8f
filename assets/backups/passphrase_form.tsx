/* Who can open a backup: the passphrase, and which backups it closes. It is sent once and never shown again. */
import { api, ApiError } from '../core/api';
import { useForm } from '../core/form';
import { type Key, t } from '../core/messages';
import { changed } from '../core/query';
import { say } from '../core/toast';
import { Field } from '../parts/field';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';

export type Seal = 'off' | 'second' | 'all';

export interface Sealing {
  seal: Seal;
  passphrase_set: boolean;
}

const PATH = '/admin/backups/passphrase';
const done = (said: Key): void => {
  changed('backups', 'audit', 'settings');
  say(t(said));
};

function Passphrase({ isSet }: { isSet: boolean }) {
  const form = useForm({ passphrase: '', again: '' }, async ({ passphrase, again }) => {
    // A slip of the finger would lock every backup for good.
    if (passphrase !== again) throw new ApiError(422, { validation_errors: [{ loc: ['again'], msg: t('seal.differs'), type: 'differs' }] });
    await api.put(PATH, { passphrase });
    form.reset({ passphrase: '', again: '' });
    done('seal.isSet');
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <Field form={form} name="passphrase" label={t(isSet ? 'seal.newPassphrase' : 'seal.passphrase')} hint={t('seal.hint')} type="password" autocomplete="new-password" required />
      <Field form={form} name="again" label={t('seal.again')} type="password" autocomplete="new-password" required />
      <div class="actions">
        <button type="submit" class={isSet ? 'btn' : 'btn btn-main'} aria-busy={form.busy}>{t(form.busy ? 'form.busy' : isSet ? 'seal.change' : 'seal.set')}</button>
      </div>
    </form>
  );
}

function Which({ seal }: { seal: Seal }) {
  const form = useForm({ backup_seal: seal as string }, async (values) => {
    await api.put('/admin/system-config', values);
    done('seal.saved');
  });
  const options: [Seal, string][] = [['off', t('seal.whichOff')], ['second', t('seal.whichSecond')], ['all', t('seal.whichAll')]];
  return (
    <form class="narrow" onSubmit={form.submit} noValidate>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <Field form={form} name="backup_seal" label={t('seal.which')} options={options} />
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'seal.save')}</button>
      </div>
    </form>
  );
}

function Remove() {
  const form = useForm({}, async () => {
    await api.delete(PATH);
    done('seal.removed');
  });
  return (
    <form class="actions" onSubmit={form.submit} noValidate>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <button type="submit" class="btn" aria-busy={form.busy}>{t('seal.remove')}</button>
    </form>
  );
}

export function PassphraseForm({ overview: { seal, passphrase_set: isSet } }: { overview: Sealing }) {
  return (
    <Section title={t('seal.title')}>
      <p class="below">{t(seal === 'off' ? (isSet ? 'seal.offSet' : 'seal.off') : seal === 'second' ? 'seal.second' : 'seal.all')}</p>
      {isSet ? <div class="below"><Which seal={seal} key={seal} /></div> : null}
      <p class="second below">{t('seal.lost')} {isSet ? t('seal.older') : null}</p>
      <div class="below"><Passphrase isSet={isSet} /></div>
      {isSet && seal === 'off' ? <Remove /> : null}
    </Section>
  );
}
