import { useState } from 'preact/hooks';
import { ApiError, type List } from '../core/api';
import { count, day } from '../core/format';
import { useListState } from '../core/list_state';
import { t, tn, tx } from '../core/messages';
import { useGet, useList } from '../core/query';
import { say } from '../core/toast';
import { Email } from '../parts/email';
import { CsvLink } from '../parts/csv_link';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { SearchBox } from '../parts/search';
import { Empty, Refused } from '../parts/states';
import { SortHead, SortSelect } from '../parts/table';
import { archiveMember, type Member, restoreMember } from './member';
import { MemberForm } from './member_form';
import { MemberStatus } from './member_status';

export default function MembersPage() {
  useTitle(t('nav.members'));
  const state = useListState('/members', 'name', 'asc');
  const { q, filter, sort, cursor } = state;
  const [form, setForm] = useState<{ member?: Member } | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);

  const result = useList<Member>('members', '/members', { q, cursor, limit: 20, sort_by: sort.by, order: sort.order, archived: filter === 'archived' });
  const all = useGet<List<Member>>('members', '/members', { limit: 1 });

  const act = (done: Promise<void>, text: string, undo?: () => void) => {
    setProblem(null);
    done.then(
      () => say(text, undo),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const restore = (member: Member) => act(restoreMember(member.id), t('member.restored', { name: member.name }));
  const archive = (member: Member) => act(archiveMember(member.id), t('member.archived', { name: member.name }), () => restore(member));

  const edge = (member: Member): string => (sort.by === 'created_at' ? day(member.created_at) : sort.by === 'email' ? member.email || '' : member.name);

  const register = (
    <button type="button" class="btn btn-main" onClick={() => setForm({})}>
      <Icon name="plus" />
      {t('member.register')}
    </button>
  );
  const empty = q ? (
    <Empty icon="search" title={tx('members.noMatch', { q: <bdi>{q}</bdi> })} actions={<button type="button" class="btn" onClick={state.clear}>{t('list.showAll')}</button>}>
      {t('members.noMatchMore')}
    </Empty>
  ) : filter === 'archived' ? (
    <Empty icon="archive" title={t('members.noneArchived')}>{t('members.noneArchivedMore')}</Empty>
  ) : (
    <Empty icon="users" title={t('members.empty')}>{t('members.emptyMore')}</Empty>
  );

  return (
    <>
      <PageHead title={t('nav.members')} facts={all.data ? tn('members.count', all.data.meta.total) : ' '}>
        <CsvLink path="/members" params={{ q, sort_by: sort.by, order: sort.order, archived: filter === 'archived' }} name={t('nav.members')} />
        {register}
      </PageHead>
      <SearchBox value={q} label={t('members.search')} hint={t('members.searchHint')} change={state.search} />
      <div class="list-tools">
        <Choice label={t('list.which')} state={state} options={[{ show: '', name: 'members.all' }, { show: 'archived', name: 'list.archived' }]} />
        <SortSelect
          sort={sort}
          orders={[
            { by: 'name', order: 'asc', name: 'member.name' },
            { by: 'created_at', order: 'desc', name: 'order.newest' },
            { by: 'email', order: 'asc', name: 'member.email' },
          ]}
        />
        {q && result.data ? <span class="second" role="status">{tn('members.found', result.data.meta.total)}</span> : null}
      </div>
      {problem ? <Refused error={problem} /> : null}
      <ListView result={result} state={state} failed={t('members.failed')} empty={empty} edge={edge} dates={sort.by === 'created_at' && sort.order === 'desc'}>
        {(rows) => (
          <table class="table table-stack">
            <caption class="sr">{t('nav.members')}</caption>
            <thead>
              <tr>
                <SortHead by="name" sort={sort}>{t('member.name')}</SortHead>
                <th scope="col">{t('member.card')}</th>
                <SortHead by="email" sort={sort}>{t('member.email')}</SortHead>
                <th scope="col" class="num">{t('member.onLoan')}</th>
                <SortHead by="created_at" sort={sort} first="desc" spare>{t('member.since')}</SortHead>
                <th scope="col"><span class="sr">{t('list.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {rows.map((member) => (
                <tr key={member.id}>
                  <td>
                    {member.deleted_at ? <b class="title"><bdi>{member.name}</bdi></b> : <a class="title" href={`/members/${member.id}`}><bdi>{member.name}</bdi></a>}{' '}
                    <MemberStatus member={member} />
                    {member.group ? <span class="cell-2"><bdi>{member.group}</bdi></span> : null}
                  </td>
                  <td data-k={t('member.card')} class="nowrap"><span class="machine">{member.card}</span></td>
                  <td class="gone any address">{member.email ? <Email plain address={member.email} /> : null}</td>
                  <td class={member.active_borrows_count ? 'num' : 'num gone'} data-k={t('member.onLoan')}>{member.active_borrows_count ? count(member.active_borrows_count) : ''}</td>
                  <td class="nowrap gone spare">{day(member.created_at)}</td>
                  <td class={member.deleted_at ? 'row-actions' : 'row-actions gone'}>
                    {member.deleted_at ? (
                      <button type="button" class="btn btn-small" onClick={() => restore(member)}>
                        <Icon name="archive-restore" />
                        {t('act.restore')}
                      </button>
                    ) : (
                      <>
                        <button type="button" class="btn btn-quiet btn-small" onClick={() => setForm({ member })} aria-label={t('member.editThis', { name: member.name })}>{t('act.edit')}</button>
                        <button type="button" class="btn btn-quiet btn-small" onClick={() => archive(member)} aria-label={t('member.archiveThis', { name: member.name })}>{t('act.archive')}</button>
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </ListView>
      {form ? <MemberForm {...(form.member ? { member: form.member } : {})} close={() => setForm(null)} /> : null}
    </>
  );
}
