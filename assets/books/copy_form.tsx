import { body, filled, useForm } from '../core/form';
import { t } from '../core/messages';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { addCopy, type Book } from './book';

export function CopyForm({ book, close }: { book: Book; close: () => void }) {
  const form = useForm({ barcode: '', shelf: '', note: '' }, async (values) => {
    await addCopy(book.id, filled(body(values)));
    close();
  });
  return (
    <Dialog title={t('copy.add')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="barcode" label={t('copy.barcode')} hint={t('copy.barcodeHint')} machine focus />
        <Field form={form} name="shelf" label={t('copy.shelf')} />
        <Field form={form} name="note" label={t('copy.note')} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{form.busy ? t('form.busy') : t('copy.addThis')}</button>
        </div>
      </form>
    </Dialog>
  );
}
