/* A copy on the hold shelf that turns out to be damaged or is not there. */
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { copyGone, type Gone, type Hold } from './hold';

export function GoneForm({ hold, close }: { hold: Hold; close: () => void }) {
  const name = hold.member?.name || '';
  const form = useForm({ status: 'lost' }, async ({ status }) => {
    await copyGone(hold.id, status as Gone);
    say(t('gone.done', { title: hold.book.title, name }));
    close();
  });
  return (
    <Dialog title={t('gone.title', { title: hold.book.title })} close={close}>
      <p>{t('gone.more', { name })}</p>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="status" label={t('gone.what')} options={[['lost', t('copy.lost')], ['in_repair', t('copy.inRepair')], ['withdrawn', t('copy.withdrawn')]]} />
        <div class="actions">
          <button type="button" class="btn" data-focus onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'gone.do')}</button>
        </div>
      </form>
    </Dialog>
  );
}
