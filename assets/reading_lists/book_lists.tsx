/* On which lists a title stands, and putting it on one. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { may, me } from '../core/door';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { addToList, type ReadingList, takeOffList } from './reading_list';

/** Of a reader their own, of the staff the library's. */
function AddToList({ book }: { book: { id: string } }) {
  const own = !may('librarian');
  const lists = useList<ReadingList>('reading_lists', '/reading-lists', { own, limit: 100 });
  const [problem, setProblem] = useState<ApiError | null>(null);
  const add = (list: ReadingList) => {
    setProblem(null);
    addToList(list.id, book.id).then(
      () => say(t('lists.isOn', { name: list.name }), () => takeOffList(list.id, book.id)),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const rows = lists.data?.data;
  if (!rows) return null;
  return (
    <details class="add-to-list">
      <summary>{t('lists.addThis')}</summary>
      {problem ? <Refused error={problem} /> : null}
      <ul class="picks">
        {rows.map((list) => (
          <li key={list.id}><button type="button" onClick={() => add(list)}><Icon name="plus" /> <bdi>{list.name}</bdi></button></li>
        ))}
      </ul>
      <p><a href="/lists">{t('lists.all')}</a></p>
    </details>
  );
}

export function BookLists({ book }: { book: { id: string } }) {
  const access = useStore(me)?.access;
  const on = useList<ReadingList>('reading_lists', '/reading-lists', { book_id: book.id, limit: 20 });
  const mine = useList<ReadingList>('reading_lists', access === 'member' ? '/reading-lists' : null, { book_id: book.id, own: true, limit: 20 });
  const rows = [...(mine.data?.data || []), ...(on.data?.data || [])];
  if (!on.data || (rows.length === 0 && access === 'anyone')) return null;
  return (
    <Section title={t('nav.lists')}>
      {rows.length ? (
        <ul class="lines">
          {rows.map((list) => <li key={list.id}><a class="plain" href={`/lists/${list.id}`}><bdi>{list.name}</bdi></a></li>)}
        </ul>
      ) : null}
      {access === 'anyone' ? null : <AddToList book={book} />}
    </Section>
  );
}
