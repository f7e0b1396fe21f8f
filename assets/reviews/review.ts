/* Reviews as the API gives them, and the acts on them. */
import { bookPath } from '../books/book';
import { api } from '../core/api';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export type ReviewStatus = 'waiting' | 'shown' | 'refused';

/** What everybody sees: never whose it is. */
export interface ShownReview {
  id: string;
  stars: number;
  text: string | null;
  created_at: string;
}

export interface Review extends ShownReview {
  status: ReviewStatus;
  reason: string | null;
  updated_at: string;
  version: number;
  book: { id: string; title: string; author: string };
  member: { id: string | null; name: string | null } | null;
}

/** What the reader who asks has said of a title, or may say. */
export interface OwnReview {
  may_review: boolean;
  why_not: string | null;
  review: Review | null;
}

export const STATUS: Record<ReviewStatus, Key> = { waiting: 'review.waiting', shown: 'review.shown', refused: 'review.refused' };

const path = (id: string): string => `/reviews/${encodeURIComponent(id)}`;

interface Said {
  stars: number;
  text: string | null;
}

export async function writeReview(book: string, said: Said): Promise<Review> {
  const { text, stars } = said;
  const made = await api.post<Review>(`${bookPath(book)}/reviews`, text === null ? { stars } : { stars, text });
  changed('reviews', 'books');
  return made;
}

export async function changeReview(id: string, said: Said): Promise<Review> {
  const made = await api.put<Review>(path(id), said);
  changed('reviews', 'books');
  return made;
}

export async function removeReview(id: string): Promise<void> {
  await api.delete(path(id));
  changed('reviews', 'books');
}

/** About the words that were read: `version` is theirs. */
export async function decideReview(review: Review, decision: { status: 'shown' | 'refused'; reason?: string }): Promise<void> {
  await api.post(`${path(review.id)}/decide`, decision, review.version);
  changed('reviews', 'books');
}
