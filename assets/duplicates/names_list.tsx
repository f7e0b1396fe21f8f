/* Authors, or categories: found, counted, named otherwise in all their titles, joined. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { useForm } from '../core/form';
import { count } from '../core/format';
import { type Key, t, tn, tx } from '../core/messages';
import { useGet } from '../core/query';
import { useSearch } from '../core/router';
import { say } from '../core/toast';
import { Ask, Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { SearchBox } from '../parts/search';
import { Empty, Failed, Refused, Wait } from '../parts/states';
import { type Name, type Names, removeCategory, renameAuthor, renameCategory } from './duplicate';
import { TidyHead } from './tidy_head';

const LIMIT = 30;

export type Kind = 'authors' | 'categories';

/** Who has the new name already: said before they become one. null: nobody; undefined: not known yet. */
function useTaken(kind: Kind, from: string, to: string): Name | null | undefined {
  const text = to.trim();
  const found = useGet<Names>('books', text && text !== from ? `/${kind}` : null, { q: text, limit: LIMIT });
  const same = (name: string) => name.localeCompare(text, undefined, { sensitivity: 'base' }) === 0;
  return found.data && (found.data.names.find(({ name }) => same(name) && name !== from) ?? null);
}

function RenameForm({ kind, name, close }: { kind: Kind; name: Name; close: () => void }) {
  const field = kind === 'authors' ? 'to' : 'new_name';
  const form = useForm({ [field]: name.name } as Record<string, string>, async (values) => {
    const to = (values[field] || '').trim();
    // Two names that became one are not told apart again: renaming back would take the other's titles along.
    const undo = (back: () => Promise<unknown>) => (taken === null ? back : undefined);
    if (kind === 'authors') {
      const done = await renameAuthor(name.name, to);
      say(done.left ? tn('dup.renamedLeft', done.left, { name: to }) : tn('dup.renamed', done.titles, { name: to }), undo(() => renameAuthor(to, name.name)));
    } else {
      const done = await renameCategory(name.name, to, Boolean(taken));
      say(tn('dup.renamed', done.titles, { name: to }), undo(() => renameCategory(to, name.name, false)));
    }
    close();
  });
  const taken = useTaken(kind, name.name, form.values[field] || '');
  return (
    <Dialog title={tx('dup.renameTitle', { name: <bdi>{name.name}</bdi> })} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name={field} label={t('dup.newName')} hint={tn('dup.renameHint', name.titles)} required focus />
        <div aria-live="polite">
          {taken ? <p class="notice">{tx('dup.joins', { name: <b><bdi>{taken.name}</bdi></b>, n: count(taken.titles) })}</p> : null}
        </div>
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{form.busy ? t('form.busy') : t(taken ? 'dup.join' : 'dup.rename')}</button>
        </div>
      </form>
    </Dialog>
  );
}

const NONE: Record<Kind, Key> = { authors: 'dup.noAuthors', categories: 'dup.noCategories' };

export function NamesList({ kind }: { kind: Kind }) {
  const [search, change] = useSearch();
  const q = search.get('q') || '';
  const after = search.get('after') || undefined;
  const [open, setOpen] = useState<Name | null>(null);
  const [removing, setRemoving] = useState<Name | null>(null);
  const result = useGet<Names>('books', `/${kind}`, { q, after, limit: LIMIT });
  const title = t(kind === 'authors' ? 'dup.authors' : 'dup.categories');
  const data = result.data;
  const list = (names: Name[]) => (
    <table class="table table-stack">
      <caption class="sr">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t('dup.name')}</th>
          <th scope="col" class="num">{t('dup.titles')}</th>
          <th scope="col"><span class="sr">{t('list.actions')}</span></th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name.name}>
            <td><b class="title"><bdi>{name.name}</bdi></b></td>
            <td class="num" data-k={t('dup.titles')}>{count(name.titles)}</td>
            <td class="row-actions">
              <button type="button" class="btn btn-quiet btn-small" onClick={() => setOpen(name)} aria-label={t('dup.renameThis', { name: name.name })}>{t('dup.rename')}</button>
              {kind === 'categories' ? <button type="button" class="btn btn-quiet btn-small" onClick={() => setRemoving(name)} aria-label={t('dup.removeThis', { name: name.name })}>{t('dup.remove')}</button> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  return (
    <>
      <TidyHead />
      <div class="dup-search">
        <SearchBox value={q} label={t('dup.search', { what: title })} hint={t('dup.searchHint')} change={(text) => change({ q: text || undefined, after: undefined }, { replace: true })} />
      </div>
      {result.error ? <Failed error={result.error as ApiError} title={t('dup.namesFailed')} again={() => void result.refetch()} /> : !data ? <Wait /> : data.names.length === 0 ? (
        <Empty icon="search" title={q ? tx('dup.noMatch', { q: <bdi>{q}</bdi> }) : t(NONE[kind])}>{q ? null : t('dup.noNamesMore')}</Empty>
      ) : (
        <>
          {list(data.names)}
          {data.next || after ? (
            <nav class="pager" aria-label={t('list.pages')}>
              <span />
              <div class="actions">
                {after ? <button type="button" class="btn" onClick={() => change({ after: undefined })}>{t('list.top')}</button> : null}
                {data.next ? <button type="button" class="btn" onClick={() => change({ after: data.next || undefined })}>{t('list.next')}<Icon name="chevron-right" /></button> : null}
              </div>
            </nav>
          ) : null}
        </>
      )}
      {open ? <RenameForm kind={kind} name={open} close={() => setOpen(null)} /> : null}
      {removing ? (
        <Ask
          title={tx('dup.removeTitle', { name: <bdi>{removing.name}</bdi> })}
          yes={t('dup.removeYes')}
          no={t('form.cancel')}
          danger
          act={() => removeCategory(removing.name).then(() => say(t('dup.removed', { name: removing.name })))}
          close={() => setRemoving(null)}
        >
          {tn('dup.removeMore', removing.titles)}
        </Ask>
      ) : null}
    </>
  );
}
