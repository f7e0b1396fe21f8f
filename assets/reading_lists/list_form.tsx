/* A new list, or another name for one. Whether it is shown is asked of the staff alone. */
import { may } from '../core/door';
import { useForm } from '../core/form';
import { t } from '../core/messages';
import { navigate } from '../core/router';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { beginList, changeList, type ReadingList } from './reading_list';

export function ListForm({ list, close }: { list?: ReadingList; close: () => void }) {
  const isStaff = may('librarian');
  const form = useForm({ name: list?.name || '', description: list?.description || '', shown: list?.shown ? 'yes' : 'no' }, async ({ name, description, shown }) => {
    const facts = { name: name.trim(), description: description.trim() || null };
    if (list) {
      await changeList(list.id, isStaff ? { ...facts, shown: shown === 'yes' } : facts);
      close();
      return;
    }
    const made = await beginList({ ...facts, shown: isStaff && shown === 'yes' });
    close();
    navigate(`/lists/${encodeURIComponent(made.id)}`);
  });
  return (
    <Dialog title={t(list ? 'lists.edit' : 'lists.begin')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="name" label={t('lists.name')} hint={t('lists.nameHint')} required focus />
        <Field form={form} name="description" label={t('lists.description')} lines={3} />
        {isStaff ? <Field form={form} name="shown" label={t('lists.who')} options={[['no', t('lists.staffOnly')], ['yes', t('lists.everybody')]]} /> : null}
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : list ? 'lists.save' : 'lists.begin')}</button>
        </div>
      </form>
    </Dialog>
  );
}
