import { useState } from 'preact/hooks';
import { AuditTrail } from '../audit/trail';
import { ReturnButton } from '../borrows/return_button';
import { ApiError, type List } from '../core/api';
import { may } from '../core/door';
import { count, day, fullDay } from '../core/format';
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { navigate, useScroll } from '../core/router';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Crumb, Section, useTitle } from '../parts/page_head';
import { Late, Stamp } from '../parts/stamp';
import { mergedInto } from '../duplicates/merged_into';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { archiveBook, type BookDetails, bookPath, type Copy, restoreBook, STATUS } from './book';
import { BookForm } from './book_form';
import { BookFacts, BookHead } from './book_head';
import { BookStatistics } from './book_statistics';
import { BookHolds } from '../holds/book_holds';
import { BookLists } from '../reading_lists/book_lists';
import { BookReviews } from '../reviews/book_reviews';
import { CopyForm } from './copy_form';
import { CoverForm } from './cover_form';
import { PublicBook } from './public_book';

function Copies({ copies, total }: { copies: Copy[]; total: number }) {
  const [editing, setEditing] = useState<Copy | null>(null);
  if (copies.length === 0) return <Empty icon="library" title={t('copy.none')}>{t('copy.noneMore')}</Empty>;
  const shelves = copies.some((copy) => copy.shelf);
  const notes = copies.some((copy) => copy.note || copy.acquired_on);
  return (
    <>
      <table class="table table-stack">
        <caption class="sr">{t('book.copies')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('copy.barcode')}</th>
            <th scope="col">{t('copy.state')}</th>
            {shelves ? <th scope="col">{t('copy.shelf')}</th> : null}
            {notes ? <th scope="col">{t('copy.note')}</th> : null}
            <th scope="col"><span class="sr">{t('list.actions')}</span></th>
          </tr>
        </thead>
        <tbody>
          {copies.map((copy) => {
            const status = STATUS[copy.status];
            return (
              <tr key={copy.id}>
                <td><span class="machine">{copy.barcode}</span></td>
                <td class="side"><span class={`pill ${status.pill}`}>{copy.status === 'in_repair' ? <Icon name="wrench" /> : null}{t(status.name)}</span></td>
                {shelves ? <td class={copy.shelf ? '' : 'gone'} data-k={t('copy.shelf')}><span class="machine">{copy.shelf}</span></td> : null}
                {notes ? (
                  <td class={copy.note || copy.acquired_on ? '' : 'gone'} data-k={t('copy.note')}>
                    <bdi>{copy.note}</bdi>
                    {copy.acquired_on ? <span class="cell-2">{t('copy.since', { day: fullDay(copy.acquired_on) })}</span> : null}
                  </td>
                ) : null}
                <td class="row-actions"><button type="button" class="btn btn-quiet btn-small" onClick={() => setEditing(copy)} aria-label={t('copy.editThis', { barcode: copy.barcode })}>{t('act.edit')}</button></td>
              </tr>
            );
          })}
        </tbody>
        {total > copies.length ? (
          <tfoot>
            <tr><td colSpan={5} class="second">{t('copy.more', { n: total - copies.length })}</td></tr>
          </tfoot>
        ) : null}
      </table>
      {editing ? <CopyForm book={editing.book} copy={editing} close={() => setEditing(null)} /> : null}
    </>
  );
}

function DeskBook({ id }: { id: string }) {
  const details = useGet<BookDetails>('books', `${bookPath(id)}/details`);
  const copies = useGet<List<Copy>>('books', `${bookPath(id)}/copies`, { limit: 100, include_withdrawn: true });
  const [dialog, setDialog] = useState<'edit' | 'copy' | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useTitle(details.data?.book.title || t('nav.catalogue'));
  useScroll(details.data !== undefined, id);

  const crumb = <Crumb to="/catalogue">{t('nav.catalogue')}</Crumb>;
  if (details.error) {
    return (
      <>
        {crumb}
        <Failed error={details.error} title={t('book.failed')} again={() => void details.refetch()} also={mergedInto(details.error)} />
      </>
    );
  }
  if (!details.data) return <>{crumb}<Wait /></>;

  const { book, current_borrowers: borrowers, borrow_history: history, analytics } = details.data;
  const archive = () => {
    archiveBook(id).then(
      () => {
        say(t('book.archived', { title: book.title }), () => restoreBook(id));
        navigate('/catalogue');
      },
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };

  return (
    <>
      {crumb}
      <BookHead book={book} cover={<CoverForm book={book} />}>
        <button type="button" class="btn btn-main" onClick={() => setDialog('edit')}><Icon name="pencil" />{t('act.edit')}</button>
        <button type="button" class="btn" onClick={() => setDialog('copy')}><Icon name="plus" />{t('copy.add')}</button>
        <button type="button" class="btn" onClick={archive}><Icon name="archive" />{t('act.archive')}</button>
      </BookHead>
      {problem ? <div class="below"><Refused error={problem} /></div> : null}
      <div class="main-aside">
        <div>
          {borrowers.length ? (
            <Section title={t('book.with')} count={count(borrowers.length)}>
              <table class="table table-stack">
                <caption class="sr">{t('book.with')}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t('borrow.member')}</th>
                    <th scope="col">{t('borrow.lentOn')}</th>
                    <th scope="col">{t('borrow.due')}</th>
                    <th scope="col"><span class="sr">{t('list.actions')}</span></th>
                  </tr>
                </thead>
                <tbody>
                  {borrowers.map((one) => (
                    <tr key={one.borrow_id}>
                      <td><a class="title" href={`/members/${one.member_id}`}><bdi>{one.name}</bdi></a></td>
                      <td class="gone nowrap">{day(one.borrowed_at)}</td>
                      <td class="side"><Stamp date={one.due_date} /> <Late date={one.due_date} /></td>
                      <td class="row-actions"><ReturnButton id={one.borrow_id} title={book.title} name={one.name} /></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Section>
          ) : null}
          <Section
            title={t('book.copies')}
            {...(copies.data ? { count: count(copies.data.meta.total) } : {})}
            {...(copies.data?.data.length ? { aside: <a href={`/labels?book=${book.id}`}>{t('labels.ofBook')}</a> } : {})}
          >
            {copies.error ? <Failed error={copies.error} title={t('copy.failed')} again={() => void copies.refetch()} /> : copies.data ? <Copies copies={copies.data.data} total={copies.data.meta.total} /> : <Wait />}
          </Section>
          <Section title={t('book.history')} {...(history.length ? { count: count(history.length) } : {})}>
            {history.length ? (
              <ul class="lines">
                {history.map((past) => (
                  <li>
                    <span>
                      {past.member_id === null ? <span class="gone">{t('borrow.forgotten')}</span> : <a class="plain" href={`/members/${past.member_id}`}><bdi>{past.member_name}</bdi></a>}
                      <span class="sub">{t('list.fromTo', { from: day(past.borrowed_at), to: day(past.returned_at) })}</span>
                    </span>
                    <span class="end second">{tn('date.days', past.duration_days)}</span>
                  </li>
                ))}
              </ul>
            ) : (
              <Empty icon="arrow-left-right" title={t(borrowers.length ? 'book.noneOver' : 'book.neverLent')}>{t('book.neverLentMore')}</Empty>
            )}
          </Section>
        </div>
        <aside>
          <BookHolds book={book} />
          <Section title={t('book.facts')}>
            <BookFacts book={book} />
            <p><a href={`/api/v1${bookPath(book.id)}/marc`} download="title.mrc">{t('book.marc')}</a></p>
          </Section>
          <BookStatistics of={analytics} />
          <BookReviews book={book} />
          <BookLists book={book} />
          {book.description ? <Section title={t('book.description')}><p class="second"><bdi>{book.description}</bdi></p></Section> : null}
          <AuditTrail path={bookPath(book.id)} />
        </aside>
      </div>
      {dialog === 'edit' ? <BookForm book={book} close={() => setDialog(null)} /> : null}
      {dialog === 'copy' ? <CopyForm book={book} close={() => setDialog(null)} /> : null}
    </>
  );
}

/** Who has borrowed a book is for the desk alone. */
export default function BookPage({ id }: { id: string }) {
  return may('librarian') ? <DeskBook id={id} /> : <PublicBook id={id} />;
}
