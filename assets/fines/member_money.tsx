/* A member's money: what is owed and for what, what was paid. For the desk, and for the reader who has signed in. */
import { useState } from 'preact/hooks';
import { day, money } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { type Member, memberPath } from '../members/member';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { type Charge, KIND, type MemberFines, METHOD } from './money';
import { ChargeForm, PayForm, WaiveForm } from './pay_form';

function What({ of }: { of: Charge }) {
  return (
    <>
      {of.title ? <bdi>{of.title}</bdi> : of.note ? <bdi>{of.note}</bdi> : t(KIND[of.kind])}
      {of.title || of.note ? <span class="cell-2">{t(KIND[of.kind])}{of.title && of.note ? <>, <bdi>{of.note}</bdi></> : null}</span> : null}
    </>
  );
}

export function MemberMoney({ member, desk = false }: { member: Member; desk?: boolean }) {
  const fines = useGet<MemberFines>('fines', `${memberPath(member.id)}/fines`);
  const [dialog, setDialog] = useState<'pay' | 'charge' | Charge | null>(null);
  const data = fines.data;
  const asked = new Set(data?.waivers.filter(({ status }) => status === 'asked').map(({ charge_id }) => charge_id));
  const owes = data ? data.balance > 0 : false;
  const close = () => setDialog(null);
  return (
    <Section
      title={t('money.title')}
      {...(owes && data ? { count: t('money.owes', { amount: money(data.balance) }) } : {})}
      {...(desk && data ? {
        aside: (
          <div class="actions">
            <button type="button" class="btn btn-small" onClick={() => setDialog('charge')}>{t('money.chargeNew')}</button>
            {owes ? <button type="button" class="btn btn-main btn-small" onClick={() => setDialog('pay')}><Icon name="coins" />{t('money.takeThis', { amount: money(data.balance) })}</button> : null}
          </div>
        ),
      } : {})}
    >
      {fines.error ? (
        <Failed error={fines.error} title={t('money.failed')} again={() => void fines.refetch()} />
      ) : !data ? (
        <Wait />
      ) : data.open_charges.length === 0 && data.payments.length === 0 ? (
        <p class="second">{t('money.nothing')}</p>
      ) : (
        <table class="table table-stack ledger">
          <caption class="sr">{t('money.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('money.date')}</th>
              <th scope="col">{t('money.what')}</th>
              <th scope="col" class="num">{t('money.amount')}</th>
              <th scope="col" class="num">{t('money.open')}</th>
              {desk ? <th scope="col"><span class="sr">{t('list.actions')}</span></th> : null}
            </tr>
          </thead>
          <tbody>
            {data.open_charges.map((one) => (
              <tr key={one.id}>
                <td class="nowrap gone">{day(one.at)}</td>
                <td><What of={one} /></td>
                <td class="num" data-k={t('money.amount')}>{money(one.amount)}</td>
                <td class="num" data-k={t('money.open')}><b>{money(one.open)}</b></td>
                {desk ? (
                  <td class="row-actions">
                    {asked.has(one.id) ? <span class="pill pill-soon">{t('money.waiverAsked')}</span> : <button type="button" class="btn btn-quiet btn-small" onClick={() => setDialog(one)}>{t('money.waive')}</button>}
                  </td>
                ) : null}
              </tr>
            ))}
            {data.payments.map((one) => (
              <tr key={one.id}>
                <td class="nowrap gone">{day(one.at)}</td>
                <td><a class="plain" href={`/receipts/${one.id}`}>{t('money.receiptNo', { n: String(one.receipt_number) })}</a><span class="cell-2">{t(METHOD[one.method])}</span></td>
                <td class="num minus" data-k={t('money.amount')}>−{money(one.amount)}</td>
                <td class="gone" />
                {desk ? <td class="gone" /> : null}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {dialog === 'pay' && data ? <PayForm member={member} balance={data.balance} close={close} /> : dialog === 'charge' ? <ChargeForm member={member} close={close} /> : dialog && dialog !== 'pay' ? <WaiveForm of={dialog} close={close} /> : null}
    </Section>
  );
}
