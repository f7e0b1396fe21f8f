/* What a code can be when nobody can be asked: by what was seen before, and by the prefixes of this library's codes. */
import { me } from '../core/door';
import type { Copy } from '../books/book';
import type { Member } from '../members/member';

/** Letters and spaces are somebody typing; a code has a figure in it. */
export const looksTyped = (text: string): boolean => !/\d/.test(text) || /\s/.test(text);

const REMEMBERED_MAX = 1000;
/** What codes were when somebody still answered, so that a name and a title can be shown, and a card told from a copy. */
export const remembered = new Map<string, { copy: Copy } | { member: Member }>();

export function remember(code: string, what: { copy: Copy } | { member: Member }): void {
  remembered.delete(code);
  remembered.set(code, what);
  const oldest = remembered.keys().next().value;
  if (remembered.size > REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
}

/** A card nobody has said the name of. Its id is empty until somebody does. */
export function stranger(card: string): Member {
  return {
    id: '', card, name: card, email: null, phone: null, member_type: '', status: 'active', expires_on: null, group: null, note: null,
    active_borrows_count: 0, created_at: '', updated_at: '', deleted_at: null, version: 0,
  };
}

/** By the prefixes of the codes this library makes. A code without one is a copy when it can only be lent, and else to be asked for. */
export function guess(text: string, isOpen: boolean): 'card' | 'copy' | 'ask' {
  const { card_prefix: card, barcode_prefix: copy } = me.get() || { card_prefix: '', barcode_prefix: '' };
  const isCard = card !== '' && text.startsWith(card);
  const isCopy = copy !== '' && text.startsWith(copy);
  if (isCard && isCopy && card.length !== copy.length) return card.length > copy.length ? 'card' : 'copy';
  if (isCard !== isCopy) return isCard ? 'card' : 'copy';
  return isOpen ? 'copy' : 'ask';
}
