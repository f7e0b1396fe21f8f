/* What readers think of a title: their words without their names, and a reader's own. Nothing at all where reviews are off. */
import { useState } from 'preact/hooks';
import { type Book, bookPath } from '../books/book';
import { me } from '../core/door';
import { useForm } from '../core/form';
import { count, fullDay } from '../core/format';
import { t } from '../core/messages';
import { useGet, useList } from '../core/query';
import { useStore } from '../core/store';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';
import { Refused } from '../parts/states';
import { changeReview, type OwnReview, removeReview, type Review, type ShownReview, STATUS, writeReview } from './review';
import { Rating, StarChoice, Stars } from './stars';

const SHOWN = 20;

function ReviewForm({ book, review, close }: { book: Book; review: Review | null; close: () => void }) {
  const [stars, setStars] = useState(review?.stars || 0);
  const [unsaid, setUnsaid] = useState(false);
  const form = useForm({ text: review?.text || '' }, async ({ text }) => {
    setUnsaid(stars === 0);
    if (stars === 0) return;
    const said = { stars, text: text.trim() || null };
    const made = review ? await changeReview(review.id, said) : await writeReview(book.id, said);
    say(t(made.status === 'waiting' ? 'review.saidWaits' : 'review.said'));
    close();
  });
  return (
    <form class="narrow" onSubmit={form.submit} noValidate aria-label={t('review.write')}>
      {form.problem ? <div class="below"><Refused error={form.problem} /></div> : null}
      <StarChoice value={stars} change={setStars} wrong={unsaid && stars === 0 ? t('review.noStars') : undefined} />
      <Field form={form} name="text" label={t('review.words')} hint={t('review.wordsHint')} lines={4} />
      <div class="actions">
        <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'review.send')}</button>
        <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
      </div>
    </form>
  );
}

function Own({ book }: { book: Book }) {
  const { data } = useGet<OwnReview>('reviews', `${bookPath(book.id)}/reviews/own`);
  const [writing, setWriting] = useState(false);
  const [asking, setAsking] = useState(false);
  if (!data) return null;
  const { review } = data;
  if (writing) return <ReviewForm book={book} review={review} close={() => setWriting(false)} />;
  if (!review) {
    if (!data.may_review) return <p class="hint">{t('review.borrowersOnly')}</p>;
    return <div class="actions below"><button type="button" class="btn" onClick={() => setWriting(true)}><Icon name="star" />{t('review.write')}</button></div>;
  }
  return (
    <div class="review own-review">
      <p><span class="strong">{t('review.yours')}</span> <Stars of={review.stars} /> {review.status === 'shown' ? null : <span class="pill pill-soon">{t(STATUS[review.status])}</span>}</p>
      {review.text ? <p class="said"><bdi>{review.text}</bdi></p> : null}
      {review.reason ? <p class="hint"><bdi>{t('review.why', { reason: review.reason })}</bdi></p> : null}
      <div class="actions">
        {data.may_review ? <button type="button" class="btn btn-small" onClick={() => setWriting(true)}><Icon name="pencil" />{t('review.change')}</button> : null}
        <button type="button" class="btn btn-small btn-quiet" onClick={() => setAsking(true)}>{t('review.takeBack')}</button>
      </div>
      {asking ? (
        <Ask title={t('review.takeBackTitle')} yes={t('review.takeBack')} no={t('form.cancel')} danger act={() => removeReview(review.id).then(() => say(t('review.taken')))} close={() => setAsking(false)}>
          {t('review.takeBackMore')}
        </Ask>
      ) : null}
    </div>
  );
}

export function BookReviews({ book }: { book: Book }) {
  const access = useStore(me)?.access;
  const shown = useList<ShownReview>('reviews', `${bookPath(book.id)}/reviews`, { limit: SHOWN });
  if (!shown.data) return null; // They are switched off, or not here yet: the title stands without them.
  const { data: rows, meta } = shown.data;
  return (
    <Section title={t('review.title')} {...(meta.total ? { count: count(meta.total) } : {})}>
      {book.rating === null ? <p class="second">{t('review.none')}</p> : <p><Rating book={book} /></p>}
      {access === 'member' ? <Own book={book} /> : null}
      <ul class="reviews">
        {rows.filter((row) => row.text).map((row) => (
          <li class="review" key={row.id}>
            <p><Stars of={row.stars} /> <span class="second">{t('review.aReader', { day: fullDay(row.created_at) })}</span></p>
            <p class="said"><bdi>{row.text}</bdi></p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
