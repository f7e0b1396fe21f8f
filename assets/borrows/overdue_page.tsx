/* What is late, longest first, with how to reach those who have it: to be called, written to, or printed. */
import { day, money } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { useList } from '../core/query';
import { CsvLink } from '../parts/csv_link';
import { Icon } from '../parts/icon';
import { Email } from '../parts/email';
import { ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { Late, Stamp } from '../parts/stamp';
import { Empty } from '../parts/states';
import type { Borrow } from './borrow';
import { ChooseCell, ChooseHead, RenewChosen, useChosen } from './renew_chosen';
import { RenewButton } from './renew_button';
import { ReturnButton } from './return_button';

export default function OverduePage() {
  useTitle(t('nav.overdue'));
  const state = useListState('/overdue', 'due_date', 'asc');
  const result = useList<Borrow>('borrows', '/borrows/overdue', { cursor: state.cursor, limit: 50, sort_by: 'due_date', order: 'asc' });
  const chosen = useChosen(result.data?.data);
  return (
    <>
      <PageHead title={t('nav.overdue')} facts={result.data ? tn('overdue.count', result.data.meta.total) : ' '}>
        <CsvLink path="/borrows/overdue" params={{ sort_by: 'due_date', order: 'asc' }} name={t('nav.overdue')} />
        <button type="button" class="btn" onClick={() => window.print()}><Icon name="printer" />{t('act.print')}</button>
      </PageHead>
      <RenewChosen chosen={chosen} />
      <ListView
        result={result}
        state={state}
        failed={t('borrows.failed')}
        empty={<Empty icon="clock-alert" title={t('borrows.noneLate')} />}
        edge={(row) => day(row.due_date)}
      >
        {(rows) => (
          <table class="table table-stack table-roomy">
            <caption class="sr">{t('nav.overdue')}</caption>
            <thead>
              <tr>
                <ChooseHead chosen={chosen} />
                <th scope="col">{t('book.title')}</th>
                <th scope="col">{t('borrow.member')}</th>
                <th scope="col">{t('overdue.reach')}</th>
                <th scope="col">{t('borrow.due')}</th>
                <th scope="col" class="num">{t('overdue.soFar')}</th>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <ChooseCell chosen={chosen} loan={row} />
                  <td>
                    <a class="title" href={`/books/${row.book_id}`}><bdi>{row.book.title}</bdi></a>
                    <span class="cell-2 machine spare">{row.copy?.barcode}</span>
                  </td>
                  <td data-k={t('borrow.member')}>{row.member ? <a class="plain" href={`/members/${row.member_id}`}><bdi>{row.member.name}</bdi></a> : null}</td>
                  <td class={row.member?.phone || row.member?.email ? 'any reach' : 'gone'} data-k={t('overdue.reach')}>
                    {row.member?.phone ? <a class="plain nowrap" href={`tel:${row.member.phone.replace(/[^\d+]/g, '')}`}><bdi dir="ltr">{row.member.phone}</bdi></a> : null}
                    {row.member?.email ? <span class="cell-2"><Email plain address={row.member.email} /></span> : null}
                  </td>
                  <td class="side"><Stamp date={row.due_date} /> <Late date={row.due_date} /></td>
                  <td class="num" data-k={t('overdue.soFar')}>{row.fine > 0 ? money(row.fine) : null}</td>
                  <td class="row-actions">
                    <RenewButton loan={row} />
                    <ReturnButton id={row.id} title={row.book.title} name={row.member?.name || ''} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
    </>
  );
}
