/* Before a backup takes the library's place: what is in it, what there is now, and what would be lost. */
import { useEffect, useState } from 'preact/hooks';
import { api, ApiError } from '../core/api';
import { useForm } from '../core/form';
import { count, moment } from '../core/format';
import { type Key, t, tn } from '../core/messages';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused, Wait } from '../parts/states';
import { ACTS, type Counts, PATH, type Preview, type Restore, type Which } from './restore';

const ROWS: [name: Exclude<keyof Counts, 'last_activity'>, label: Key][] = [
  ['books', 'restore.books'],
  ['copies', 'restore.copies'],
  ['members', 'restore.members'],
  ['open_borrows', 'restore.open'],
  ['borrows', 'restore.loans'],
];

function Compared({ preview }: { preview: Preview }) {
  const last = (counts: Counts) => (counts.last_activity ? moment(counts.last_activity) : t('restore.never'));
  return (
    <table class="compare">
      <caption class="sr">{t('restore.compared')}</caption>
      <thead>
        <tr><td /><th scope="col">{t('restore.inBackup')}</th><th scope="col">{t('restore.now')}</th></tr>
      </thead>
      <tbody>
        {ROWS.map(([name, label]) => (
          <tr key={name}>
            <th scope="row">{t(label)}</th>
            <td>{count(preview.backup[name])}</td>
            <td>{count(preview.present[name])}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t('restore.last')}</th>
          <td>{last(preview.backup)}</td>
          <td>{last(preview.present)}</td>
        </tr>
      </tbody>
    </table>
  );
}

/** “12 lent, 9 returned, 3 others” */
function kinds(preview: Preview): string {
  const named = preview.lost.filter((one) => one.action in ACTS);
  const others = preview.lost_acts - named.reduce((sum, one) => sum + one.count, 0);
  const texts = named.map((one) => tn(ACTS[one.action]!, one.count));
  if (others > 0) texts.push(tn('restore.others', others));
  return texts.join(', ');
}

function Lost({ preview }: { preview: Preview }) {
  if (preview.lost_acts === 0) return <p>{t('restore.nothingLost')}</p>;
  return <p><b>{tn('restore.lost', preview.lost_acts)}</b> {kinds(preview)}.</p>;
}

export function RestoreDialog({ which, begun, close }: { which: Which; begun: (restore: Restore) => void; close: () => void }) {
  const [there, setThere] = useState<Preview | null>(null);
  const [refused, setRefused] = useState<ApiError | null>(null);
  useEffect(() => {
    api.post<Preview>(`${PATH}/preview`, which).then(setThere, (cause: unknown) => {
      if (cause instanceof ApiError) setRefused(cause);
      else throw cause;
    });
  }, []);
  const form = useForm({ passphrase: '', how: 'backup', until: '' }, async ({ passphrase, how, until }) => {
    // Nothing typed is no moment either: the server says so, instead of restoring the backup alone.
    const end = how === 'latest' ? 'latest' : how === 'moment' ? until.trim() || '?' : '';
    const restore = await api.post<Restore>(PATH, { ...which, confirm: true, ...(passphrase ? { passphrase } : {}), ...(end ? { until: end } : {}) });
    begun(restore);
    close();
  });
  return (
    <Dialog title={there?.made_at ? t('restore.title', { when: moment(there.made_at) }) : t('restore.titleFile')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {there ? (
          <>
            <Compared preview={there} />
            <Lost preview={there} />
            {there.journal?.last_at ? (
              <>
                <Field form={form} name="how" label={t('restore.how')} hint={t('restore.howHint')} options={[['backup', t('restore.asBackup')], ['latest', t('restore.latest', { when: moment(there.journal.last_at) })], ['moment', t('restore.toMoment')]]} />
                {form.values.how === 'moment' ? <Field form={form} name="until" label={t('restore.until')} hint={t('restore.untilHint')} machine required /> : null}
              </>
            ) : null}
            <p class="second">{t('restore.aside')}</p>
            <p class="second">{t('restore.meanwhile')}</p>
            {there.sealed ? <Field form={form} name="passphrase" label={t('restore.passphrase')} hint={t('restore.passphraseHint')} type="password" required /> : null}
          </>
        ) : refused ? (
          <Refused error={refused} />
        ) : (
          <Wait />
        )}
        {form.problem ? <Refused error={form.problem} /> : null}
        <div class="actions">
          <button type="button" class="btn" data-focus onClick={close}>{t('restore.leave')}</button>
          {there ? <button type="submit" class="btn btn-danger" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'restore.do')}</button> : null}
        </div>
      </form>
    </Dialog>
  );
}
