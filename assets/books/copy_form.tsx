/* Adding a copy to a title, and changing one. */
import { body, filled, useForm } from '../core/form';
import { typedMoney } from '../core/format';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { addCopy, type Book, type Copy, type CopyStatus, STATUS, updateCopy } from './book';

/** What may be said by hand; lending and holds say the others. */
const BY_HAND: CopyStatus[] = ['available', 'in_repair', 'lost', 'withdrawn'];

export function CopyForm({ book, copy, close }: { book: Pick<Book, 'id'>; copy?: Copy; close: () => void }) {
  const start = { barcode: copy?.barcode || '', status: copy?.status || 'available', shelf: copy?.shelf || '', price: copy?.price === null || copy?.price === undefined ? '' : typedMoney(copy.price), note: copy?.note || '' };
  const form = useForm<keyof typeof start>(start, async (values) => {
    const { status, ...facts } = values;
    if (copy) {
      await updateCopy(copy.id, { ...body(facts), ...(status !== copy.status ? { status } : {}) }, copy.version);
      say(t('copy.saved', { barcode: values.barcode }));
    } else await addCopy(book.id, filled(body(facts)));
    close();
  });
  const statuses = copy && !BY_HAND.includes(copy.status) ? [copy.status] : BY_HAND;
  return (
    <Dialog title={t(copy ? 'copy.edit' : 'copy.add')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="barcode" label={t('copy.barcode')} hint={copy ? undefined : t('copy.barcodeHint')} machine focus required={copy !== undefined} />
        {copy ? <Field form={form} name="status" label={t('copy.state')} options={statuses.map((status): [string, string] => [status, t(STATUS[status].name)])} /> : null}
        <Field form={form} name="shelf" label={t('copy.shelf')} />
        <Field form={form} name="price" label={t('copy.price')} hint={t('copy.priceHint')} numeric />
        <Field form={form} name="note" label={t('copy.note')} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{form.busy ? t('form.busy') : t(copy ? 'copy.save' : 'copy.addThis')}</button>
        </div>
      </form>
    </Dialog>
  );
}
