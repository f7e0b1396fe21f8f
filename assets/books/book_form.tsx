/* The dialog that adds a book, and the same one that edits it. */
import { useState } from 'preact/hooks';
import { navigate } from '../core/router';
import { ApiError } from '../core/api';
import { body, type Draft, filled, useForm } from '../core/form';
import { t, tx } from '../core/messages';
import { useList } from '../core/query';
import { say } from '../core/toast';
import { type FoundRecord, keepRecord, type Target } from '../lookup/lookup';
import { LookupBox, NotSetUp, textsOf } from '../lookup/lookup_box';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Refused, Wait } from '../parts/states';
import { type Book, createBook, updateBook } from './book';

type Name = 'title' | 'subtitle' | 'author' | 'isbn' | 'publisher' | 'year' | 'language' | 'total_copies' | 'description';
const NUMBERS = ['year', 'total_copies'];

function draftOf(book?: Book): Draft<Name> {
  return {
    title: book?.title || '',
    subtitle: book?.subtitle || '',
    author: book?.author || '',
    isbn: book?.isbn || '',
    publisher: book?.publisher || '',
    year: book?.year ? String(book.year) : '',
    language: book?.language || '',
    total_copies: book ? String(book.total_copies) : '1',
    description: book?.description || '',
  };
}

/** What a record from elsewhere tells that has no place in the form: kept, unless the book has it already. */
function besides(record: FoundRecord | null, book?: Book): Record<string, unknown> {
  const found = record?.book;
  return {
    ...(found?.edition && !book?.edition ? { edition: found.edition } : {}),
    ...(found?.categories.length && !book?.categories.length ? { categories: found.categories } : {}),
    ...(found?.item_type && !book ? { item_type: found.item_type } : {}),
  };
}

/** The title is there in any case; that its record is not kept is told and no more. */
async function keep(bookId: string, record: FoundRecord | null): Promise<void> {
  if (!record?.marc) return;
  try {
    await keepRecord(bookId, record.marc);
  } catch (cause) {
    if (!(cause instanceof ApiError)) throw cause;
    say(t('lookup.recordNotKept', { why: cause.message }));
  }
}

/** What was typed into "Add a book" and not saved is there again when the dialog is opened again. */
let unsaved: Draft<Name> | null = null;

interface Props {
  book?: Book;
  close: () => void;
}

/** Which field is the first depends on whether anybody can be asked: that is known before the dialog opens. */
export function BookForm(props: Props) {
  const targets = useList<Target>('lookup', '/lookup/targets', { limit: 100 });
  if (targets.isPending) return <Wait />;
  return <TheForm {...props} isSetUp={targets.data?.data.some((one) => one.enabled) ?? false} isKnown={targets.data !== undefined} />;
}

function TheForm({ book, close, isSetUp, isKnown }: Props & { isSetUp: boolean; isKnown: boolean }) {
  const [shared, setShared] = useState(false);
  const [taken, setTaken] = useState<{ record: FoundRecord; before: Draft<Name> } | null>(null);
  const record = taken?.record ?? null;
  const form = useForm<Name>((!book && unsaved) || draftOf(book), async (values) => {
    const allow = shared ? { allow_shared_isbn: true } : {};
    if (!book) {
      const made = await createBook({ ...besides(record), ...filled(body(values, NUMBERS)), ...allow });
      await keep(made.id, record);
      unsaved = null;
      close();
      navigate(`/books/${made.id}`);
      say(t('book.added', { title: made.title }));
      return;
    }
    const before = body(draftOf(book), NUMBERS);
    const after = body(values, NUMBERS);
    const changes = Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name]));
    const all = { ...besides(record, book), ...changes };
    if (Object.keys(all).length) await updateBook(book.id, { ...all, ...allow }, book.version);
    await keep(book.id, record);
    close();
  });

  const take = (found: FoundRecord) => {
    setTaken({ record: found, before: form.values });
    form.reset({ ...form.values, ...textsOf(found.book) });
    // The next Enter saves: go where that is.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.dialog .taken + form button[type="submit"]')?.focus());
  };
  const undo = () => {
    if (taken) form.reset(taken.before);
    setTaken(null);
  };
  const more = [record && besides(record, book).edition, ...(record && besides(record, book).categories ? record.book.categories : [])].filter(Boolean).join(', ');

  const leave = () => {
    if (!book) unsaved = form.values;
    close();
  };

  return (
    <Dialog title={book ? t('book.editTitle') : t('book.add')} close={leave}>
      {isSetUp ? <LookupBox typed={form.values} focus={!book} take={take} /> : isKnown && !book ? <NotSetUp /> : null}
      {taken ? (
        <div class="notice notice-ok taken" role="status">
          <Icon name="circle-check" />
          <div>
            <p>{tx('lookup.taken', { source: <bdi>{taken.record.source}</bdi> })}</p>
            {more ? <p>{tx('lookup.takenMore', { more: <bdi>{more}</bdi> })}</p> : null}
            <button type="button" class="btn btn-quiet btn-small" onClick={undo}><Icon name="undo-2" />{t('lookup.undo')}</button>
          </div>
        </div>
      ) : null}
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="title" label={t('book.title')} required focus={!isSetUp || book !== undefined} />
        <Field form={form} name="subtitle" label={t('book.subtitle')} />
        <Field form={form} name="author" label={t('book.author')} required hint={t('book.authorHint')} />
        <div class="pair">
          <Field form={form} name="isbn" label={t('book.isbn')} machine />
          <Field form={form} name="year" label={t('book.year')} numeric />
          <Field form={form} name="publisher" label={t('book.publisher')} />
          <Field form={form} name="language" label={t('book.language')} hint={t('book.languageHint')} />
        </div>
        {shared || form.code === 'DUPLICATE_ISBN' ? (
          <label class="check">
            <input type="checkbox" checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
            <span>{t('book.sharedIsbn')}</span>
          </label>
        ) : null}
        {book ? null : <Field form={form} name="total_copies" label={t('book.copies')} numeric required hint={t('book.copiesHint')} />}
        <Field form={form} name="description" label={t('book.description')} lines={3} />
        <div class="actions">
          <button type="button" class="btn" onClick={leave}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{form.busy ? t('form.busy') : book ? t('book.save') : t('book.addThis')}</button>
        </div>
      </form>
    </Dialog>
  );
}
