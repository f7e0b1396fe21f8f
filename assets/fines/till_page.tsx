/* What was taken, by day and method: for counting the box at the end of the day. */
import { useState } from 'preact/hooks';
import { count, day, money, today } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { Icon } from '../parts/icon';
import { Crumb, PageHead, useTitle } from '../parts/page_head';
import { Empty, Failed, Wait } from '../parts/states';
import { METHOD, type Method } from './money';

interface Taken {
  method: Method;
  count: number;
  amount: number;
}

interface Till {
  amount: number;
  methods: Taken[];
  days: { day: string; methods: Taken[] }[];
}

export default function TillPage() {
  useTitle(t('till.title'));
  const [from, setFrom] = useState(today());
  const [to, setTo] = useState(today());
  const till = useGet<Till>('fines', from && to ? '/fines/till' : null, { from, to });
  const data = till.data;
  return (
    <>
      <Crumb to="/fines">{t('nav.fines')}</Crumb>
      <PageHead title={t('till.title')} facts={data ? t('till.taken', { amount: money(data.amount) }) : ' '}>
        <button type="button" class="btn" onClick={() => window.print()}><Icon name="printer" />{t('act.print')}</button>
      </PageHead>
      <div class="list-tools range">
        <label>{t('till.from')} <input class="input" type="date" value={from} onInput={(event) => setFrom(event.currentTarget.value)} /></label>
        <label>{t('till.to')} <input class="input" type="date" value={to} onInput={(event) => setTo(event.currentTarget.value)} /></label>
      </div>
      {till.error ? (
        <Failed error={till.error} title={t('money.failed')} again={() => void till.refetch()} />
      ) : !data ? (
        <Wait />
      ) : data.days.length === 0 ? (
        <Empty icon="coins" title={t('till.none')}>{t('till.noneMore')}</Empty>
      ) : (
        <table class="table ledger">
          <caption class="sr">{t('till.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('money.date')}</th>
              <th scope="col">{t('money.method')}</th>
              <th scope="col" class="num">{t('till.payments')}</th>
              <th scope="col" class="num">{t('money.amount')}</th>
            </tr>
          </thead>
          <tbody>
            {data.days.flatMap((when) => when.methods.filter((one) => one.count > 0).map((one) => (
              <tr key={`${when.day} ${one.method}`}>
                <td class="nowrap">{day(when.day, true)}</td>
                <td>{t(METHOD[one.method])}</td>
                <td class="num">{count(one.count)}</td>
                <td class="num">{money(one.amount)}</td>
              </tr>
            )))}
          </tbody>
          <tfoot>
            {data.methods.filter((one) => one.count > 0).map((one) => (
              <tr key={one.method}>
                <td>{t('till.inAll')}</td>
                <td>{t(METHOD[one.method])}</td>
                <td class="num">{count(one.count)}</td>
                <td class="num">{money(one.amount)}</td>
              </tr>
            ))}
          </tfoot>
        </table>
      )}
    </>
  );
}
