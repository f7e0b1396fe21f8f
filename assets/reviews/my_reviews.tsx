/* What a reader has said, with what became of it. */
import { count } from '../core/format';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { Section } from '../parts/page_head';
import { type Review, STATUS } from './review';
import { Stars } from './stars';

export function MyReviews() {
  const own = useList<Review>('reviews', '/reviews/own', { limit: 20 });
  const rows = own.data?.data;
  if (!rows?.length) return null;
  return (
    <Section title={t('review.mine')} count={count(own.data?.meta.total || rows.length)}>
      <ul class="lines">
        {rows.map((review) => (
          <li key={review.id}>
            <span>
              <a class="plain" href={`/books/${review.book.id}`}><bdi>{review.book.title}</bdi></a>
              <span class="sub"><Stars of={review.stars} /></span>
            </span>
            {review.status === 'shown' ? null : <span class="end"><span class="pill pill-soon">{t(STATUS[review.status])}</span></span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
