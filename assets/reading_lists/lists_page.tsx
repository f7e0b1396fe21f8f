/* The library's reading lists; for a reader who has signed in, their own above them. */
import { useState } from 'preact/hooks';
import { may, me } from '../core/door';
import { useListState } from '../core/list_state';
import { t, tn } from '../core/messages';
import { useList } from '../core/query';
import { useStore } from '../core/store';
import { Icon } from '../parts/icon';
import { ListView } from '../parts/list_view';
import { PageHead, Section, useTitle } from '../parts/page_head';
import { Empty } from '../parts/states';
import { ListForm } from './list_form';
import type { ReadingList } from './reading_list';

function Lines({ rows }: { rows: ReadingList[] }) {
  return (
    <ul class="lines">
      {rows.map((list) => (
        <li key={list.id}>
          <span>
            <a class="title" href={`/lists/${list.id}`}><bdi>{list.name}</bdi></a>
            {list.description ? <span class="sub"><bdi>{list.description}</bdi></span> : null}
          </span>
          <span class="end second">
            {tn('lists.titles', list.entries)}
            {may('librarian') && list.shown ? <span class="sub"><span class="pill pill-ok">{t('lists.isShown')}</span></span> : null}
          </span>
        </li>
      ))}
    </ul>
  );
}

function OwnLists() {
  const own = useList<ReadingList>('reading_lists', '/reading-lists', { own: true, limit: 100 });
  if (!own.data) return null;
  return (
    <Section title={t('lists.mine')}>
      {own.data.data.length ? <Lines rows={own.data.data} /> : <p class="second">{t('lists.noneOwn')}</p>}
    </Section>
  );
}

export default function ListsPage() {
  useTitle(t('nav.lists'));
  const isReader = useStore(me)?.access === 'member';
  const state = useListState('/lists', 'name', 'asc');
  const [beginning, setBeginning] = useState(false);
  const result = useList<ReadingList>('reading_lists', '/reading-lists', { cursor: state.cursor, limit: 20 });
  const all = (
    <ListView result={result} state={state} failed={t('lists.failed')} empty={<Empty icon="list" title={t('lists.none')}>{may('librarian') ? t('lists.noneMore') : null}</Empty>} edge={(row) => row.name}>
      {(rows) => <Lines rows={rows} />}
    </ListView>
  );
  return (
    <>
      <PageHead title={t('nav.lists')}>
        {may('member') ? <button type="button" class="btn btn-main" onClick={() => setBeginning(true)}><Icon name="plus" />{t('lists.begin')}</button> : null}
      </PageHead>
      {isReader ? <><OwnLists /><Section title={t('lists.ofLibrary')}>{all}</Section></> : all}
      {beginning ? <ListForm close={() => setBeginning(false)} /> : null}
    </>
  );
}
