/* A receipt as it is printed: one payment, what it was for, what is still owed. */
import { dayRange, fullDay, money, time } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { Icon } from '../parts/icon';
import { PageHead, useTitle } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { KIND, METHOD, type Receipt } from './money';

export default function ReceiptPage({ id }: { id: string }) {
  const { data, error, refetch } = useGet<Receipt>('fines', `/fines/${encodeURIComponent(id)}/receipt`);
  useTitle(data ? t('money.receiptNo', { n: String(data.receipt_number) }) : t('money.receipt'));
  if (error) return <Failed error={error} title={t('money.failed')} again={() => void refetch()} />;
  if (!data) return <Wait />;
  return (
    <>
      <PageHead title={t('money.receiptNo', { n: String(data.receipt_number) })} facts={<bdi>{data.library}</bdi>}>
        <button type="button" class="btn btn-main" onClick={() => window.print()}><Icon name="printer" />{t('act.print')}</button>
      </PageHead>
      <dl class="facts">
        <dt>{t('money.date')}</dt><dd>{fullDay(data.at)}, {time(data.at)}</dd>
        <dt>{t('borrow.member')}</dt><dd><bdi>{data.member.name}</bdi> <span class="machine">{data.member.card}</span></dd>
        <dt>{t('money.method')}</dt><dd>{t(METHOD[data.method])}{data.reference ? <> <span class="machine">{data.reference}</span></> : null}</dd>
        <dt>{t('money.takenBy')}</dt><dd><bdi>{data.taken_by}</bdi></dd>
      </dl>
      <table class="table ledger">
        <caption class="sr">{t('money.what')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('money.what')}</th>
            <th scope="col" class="num">{t('money.amount')}</th>
          </tr>
        </thead>
        <tbody>
          {data.allocations.map((line, i) => (
            <tr key={i}>
              <td>
                {t(KIND[line.kind])}{line.title ? <>: <bdi>{line.title}</bdi></> : line.note ? <>: <bdi>{line.note}</bdi></> : null}
                {line.charged_until === line.charged_at ? null : <span class="sub">{dayRange(line.charged_at, line.charged_until, 'short')}</span>}
              </td>
              <td class="num">{money(line.amount)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr><td>{t('money.paidInAll')}</td><td class="num">{money(data.amount)}</td></tr>
          {data.balance_after === null ? null : <tr><td>{t('money.stillOwed')}</td><td class="num">{money(data.balance_after)}</td></tr>}
        </tfoot>
      </table>
    </>
  );
}
