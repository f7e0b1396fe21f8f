/* The dialog that adds a book, and the same one that edits it. */
import { useState } from 'preact/hooks';
import { navigate } from '../core/router';
import { body, type Draft, filled, useForm } from '../core/form';
import { t } from '../core/messages';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Refused } from '../parts/states';
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

/** What was typed into "Add a book" and not saved is there again when the dialog is opened again. */
let unsaved: Draft<Name> | null = null;

export function BookForm({ book, close }: { book?: Book; close: () => void }) {
  const [shared, setShared] = useState(false);
  const form = useForm<Name>((!book && unsaved) || draftOf(book), async (values) => {
    const allow = shared ? { allow_shared_isbn: true } : {};
    if (!book) {
      const made = await createBook({ ...filled(body(values, NUMBERS)), ...allow });
      unsaved = null;
      close();
      navigate(`/books/${made.id}`);
      say(t('book.added', { title: made.title }));
      return;
    }
    const before = body(draftOf(book), NUMBERS);
    const after = body(values, NUMBERS);
    const changes = Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== before[name]));
    if (Object.keys(changes).length) await updateBook(book.id, { ...changes, ...allow }, book.version);
    close();
  });

  const leave = () => {
    if (!book) unsaved = form.values;
    close();
  };

  return (
    <Dialog title={book ? t('book.editTitle') : t('book.add')} close={leave}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="title" label={t('book.title')} required focus />
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
