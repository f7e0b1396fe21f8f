/* The dialogs about money: taking it, charging it, asking that it be let off. */
import { body, filled, useForm } from '../core/form';
import { money, typedMoney } from '../core/format';
import { t } from '../core/messages';
import { navigate } from '../core/router';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
import { askWaiver, charge, type Charge, KIND, METHOD, METHODS, pay } from './money';

interface Who {
  id: string;
  name: string;
}

export function PayForm({ member, balance, close }: { member: Who; balance: number; close: () => void }) {
  const form = useForm({ amount: typedMoney(balance), method: 'cash', reference: '' }, async ({ amount, method, reference }) => {
    const receipt = await pay({ member_id: member.id, amount: amount.trim(), method, ...(reference.trim() ? { reference: reference.trim() } : {}) });
    say(t('money.paid', { amount: money(receipt.amount), n: String(receipt.receipt_number) }));
    close();
    navigate(`/receipts/${encodeURIComponent(receipt.id)}`);
  });
  return (
    <Dialog title={t('money.takeFrom', { name: member.name })} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="amount" label={t('money.amount')} hint={t('money.oldestFirst', { balance: money(balance) })} numeric required focus />
        <Field form={form} name="method" label={t('money.method')} options={METHODS.map((method): [string, string] => [method, t(METHOD[method])])} />
        {form.values.method === 'cash' ? null : <Field form={form} name="reference" label={t('money.reference')} hint={t('money.referenceHint')} machine />}
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'money.take')}</button>
        </div>
      </form>
    </Dialog>
  );
}

export function ChargeForm({ member, close }: { member: Who; close: () => void }) {
  const form = useForm({ kind: 'damage', amount: '', note: '' }, async (values) => {
    await charge({ member_id: member.id, ...filled(body(values)) });
    say(t('money.charged', { name: member.name }));
    close();
  });
  const kinds = (['damage', 'lost', 'fee'] as const).map((kind): [string, string] => [kind, t(KIND[kind])]);
  return (
    <Dialog title={t('money.chargeTo', { name: member.name })} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="kind" label={t('money.what')} options={kinds} />
        <Field form={form} name="amount" label={t('money.amount')} numeric required focus />
        <Field form={form} name="note" label={t('copy.note')} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'money.charge')}</button>
        </div>
      </form>
    </Dialog>
  );
}

/** Asked for by the desk; an administrator decides. */
export function WaiveForm({ of, close }: { of: Charge; close: () => void }) {
  const form = useForm({ amount: typedMoney(of.open), reason: '' }, async ({ amount, reason }) => {
    await askWaiver(of.id, { amount: amount.trim(), reason: reason.trim() });
    say(t('money.waiveAsked'));
    close();
  });
  return (
    <Dialog title={t('money.waiveTitle')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="amount" label={t('money.amount')} numeric required />
        <Field form={form} name="reason" label={t('money.why')} required focus />
        <p class="hint">{t('money.waiveMore')}</p>
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'money.waiveAsk')}</button>
        </div>
      </form>
    </Dialog>
  );
}
