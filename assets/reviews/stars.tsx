/* Stars: how many a review or a title has, and giving them. */
import { useId } from 'preact/hooks';
import type { Book } from '../books/book';
import { decimal } from '../core/format';
import { t, tn } from '../core/messages';
import { Icon } from '../parts/icon';

const FIVE = [1, 2, 3, 4, 5];

/** Read out in words; whole stars are filled. */
export function Stars({ of }: { of: number }) {
  return (
    <span class="stars" role="img" aria-label={t('review.of5', { n: decimal(of) })}>
      {FIVE.map((star) => <span class={star <= Math.round(of) ? 'on' : ''}><Icon name="star" /></span>)}
    </span>
  );
}

/** The mean of a title's readers and how many they are; nothing where nobody has said anything. */
export function Rating({ book }: { book: Pick<Book, 'rating' | 'rating_count'> }) {
  if (book.rating === null) return null;
  return <span class="rating"><Stars of={book.rating} /> {decimal(book.rating)} <span class="second">({tn('review.count', book.rating_count)})</span></span>;
}

/** Five radio buttons: arrow keys go through them as through any. */
export function StarChoice({ value, change, wrong }: { value: number; change: (stars: number) => void; wrong?: string | undefined }) {
  const id = useId();
  return (
    <fieldset class={wrong ? 'field field-error star-choice' : 'field star-choice'}>
      <legend>{t('review.yourStars')}</legend>
      <div class="stars">
        {FIVE.map((star) => (
          <label class={star <= value ? 'on' : ''}>
            <input class="sr" type="radio" name={id} value={star} checked={star === value} onChange={() => change(star)} />
            <Icon name="star" />
            <span class="sr">{tn('review.stars', star)}</span>
          </label>
        ))}
      </div>
      {wrong ? <p class="error"><Icon name="circle-x" /><span>{wrong}</span></p> : null}
    </fieldset>
  );
}
