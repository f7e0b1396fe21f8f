/* A lent copy that is not coming back. What it costs is shown and can be changed before it is charged. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Copy } from '../books/book';
import { body, filled, useForm } from '../core/form';
import { money, typedMoney } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Failed, Refused, Wait } from '../parts/states';
import { type Borrow, declareLost } from './borrow';

interface Props {
  loan: Borrow;
  name: string;
  close: () => void;
}

function LostForm({ loan, name, price, close }: Props & { price: number | null }) {
  const title = loan.book.title;
  const safe = useRef<HTMLButtonElement>(null);
  // The dialog was open before its form was there.
  useEffect(() => safe.current?.focus(), []);
  const form = useForm({ amount: price === null ? '' : typedMoney(price), note: '' }, async (values) => {
    const { balance } = await declareLost(loan.id, filled(body(values)));
    say(t('lost.done', { title, name, balance: money(balance) }));
    close();
  });
  return (
    <form onSubmit={form.submit} noValidate>
      {form.problem ? <Refused error={form.problem} /> : null}
      <Field form={form} name="amount" label={t('lost.amount')} hint={t(price === null ? 'lost.amountHint' : 'lost.priceHint')} numeric />
      <Field form={form} name="note" label={t('copy.note')} />
      <div class="actions">
        <button type="button" class="btn" ref={safe} onClick={close}>{t('borrow.keepOut')}</button>
        <button type="submit" class="btn btn-danger" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'lost.do')}</button>
      </div>
    </form>
  );
}

function LostDialog(props: Props) {
  const { loan, name, close } = props;
  const copy = useGet<Copy>('books', `/copies/${encodeURIComponent(loan.copy_id)}`);
  return (
    <Dialog title={t('lost.title', { title: loan.book.title })} close={close}>
      <p>{t('lost.more', { name })}</p>
      {loan.fine > 0 ? <p>{t('lost.late', { amount: money(loan.fine) })}</p> : null}
      {copy.error ? (
        <Failed error={copy.error} title={t('copy.failed')} again={() => void copy.refetch()} />
      ) : copy.data ? (
        <LostForm {...props} price={copy.data.price} />
      ) : (
        <Wait />
      )}
    </Dialog>
  );
}

export function LostButton({ loan, name }: { loan: Borrow; name: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" class="btn btn-quiet btn-small" onClick={() => setAsking(true)} aria-label={t('lost.this', { title: loan.book.title })}>{t('copy.lost')}</button>
      {asking ? <LostDialog loan={loan} name={name} close={() => setAsking(false)} /> : null}
    </>
  );
}
