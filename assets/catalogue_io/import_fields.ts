/* What the columns of a file can be, kind by kind, and how that is called (src/catalogue_io/import_fields.c). */
import { type Key, t } from '../core/messages';
import type { Kind } from './import_batch';

const FIELDS: Record<Kind, [field: string, name: Key][]> = {
  titles: [
    ['title', 'book.title'], ['subtitle', 'book.subtitle'], ['author', 'book.author'], ['isbn', 'book.isbn'], ['publisher', 'book.publisher'],
    ['edition', 'book.edition'], ['year', 'book.year'], ['language', 'book.language'], ['description', 'book.description'], ['item_type', 'import.itemType'],
    ['categories', 'book.categories'], ['total_copies', 'book.copies'], ['barcode', 'copy.barcode'], ['copies_apart', 'import.copiesApart'],
  ],
  copies: [
    ['barcode', 'copy.barcode'], ['isbn', 'book.isbn'], ['title', 'book.title'], ['author', 'book.author'], ['year', 'book.year'], ['book_id', 'import.bookId'],
    ['shelf', 'copy.shelf'], ['status', 'copy.state'], ['acquired_on', 'import.acquired'], ['price', 'import.price'], ['note', 'copy.note'],
  ],
  members: [
    ['card', 'member.card'], ['name', 'member.name'], ['first_name', 'import.firstName'], ['last_name', 'import.lastName'], ['email', 'member.email'],
    ['phone', 'member.phone'], ['member_type', 'kinds.kind'], ['group', 'member.group'], ['birth_date', 'import.birthDate'], ['expires_on', 'member.until'],
    ['status', 'copy.state'], ['status_reason', 'import.why'], ['suspended_until', 'import.suspendedUntil'], ['note', 'member.note'],
  ],
  loans: [
    ['card', 'member.card'], ['email', 'member.email'], ['member', 'member.name'], ['barcode', 'copy.barcode'], ['isbn', 'book.isbn'],
    ['borrowed_on', 'borrow.lentOn'], ['due_on', 'borrow.due'], ['renewals', 'import.renewals'],
  ],
};

/** Fields and their names, as a list to choose from. */
export const fieldsOf = (kind: Kind): [field: string, name: string][] => FIELDS[kind].map(([field, name]) => [field, t(name)]);

export const ENCODINGS = ['UTF-8', 'Windows-1252', 'UTF-16LE', 'UTF-16BE'];

/** As the API names it, as the file has it, as it is called. */
export const DELIMITERS: { name: string; sign: string; text: Key }[] = [
  { name: 'comma', sign: ',', text: 'import.comma' },
  { name: 'semicolon', sign: ';', text: 'import.semicolon' },
  { name: 'tab', sign: '\t', text: 'import.tab' },
  { name: 'bar', sign: '|', text: 'import.bar' },
];

/** Told by its name or by its sign. */
export const delimiterOf = (told: string | null) => DELIMITERS.find(({ name, sign }) => told === name || told === sign);
