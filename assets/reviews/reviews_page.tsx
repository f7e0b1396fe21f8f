/* The queue of words that wait to be read, oldest first; and all that was said. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { useForm } from '../core/form';
import { day } from '../core/format';
import { useListState } from '../core/list_state';
import { t } from '../core/messages';
import { useList } from '../core/query';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Choice, ListView } from '../parts/list_view';
import { PageHead, useTitle } from '../parts/page_head';
import { Empty, Refused } from '../parts/states';
import { decideReview, type Review, STATUS } from './review';
import { Stars } from './stars';

function RefuseForm({ review, close }: { review: Review; close: () => void }) {
  const form = useForm({ reason: '' }, async ({ reason }) => {
    await decideReview(review, reason.trim() ? { status: 'refused', reason: reason.trim() } : { status: 'refused' });
    say(t('review.isRefused', { title: review.book.title }));
    close();
  });
  return (
    <Dialog title={t('review.refuseTitle')} close={close}>
      <form onSubmit={form.submit} noValidate>
        {form.problem ? <Refused error={form.problem} /> : null}
        <Field form={form} name="reason" label={t('review.reason')} hint={t('review.reasonHint')} required focus lines={2} />
        <div class="actions">
          <button type="button" class="btn" onClick={close}>{t('form.cancel')}</button>
          <button type="submit" class="btn btn-main" aria-busy={form.busy}>{t(form.busy ? 'form.busy' : 'review.refuse')}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Row({ review, refuse }: { review: Review; refuse: () => void }) {
  const [problem, setProblem] = useState<ApiError | null>(null);
  const show = () => {
    setProblem(null);
    decideReview(review, { status: 'shown' }).then(
      () => say(t('review.isShown', { title: review.book.title })),
      (cause: unknown) => {
        if (cause instanceof ApiError) setProblem(cause);
        else throw cause;
      },
    );
  };
  const { book, member, status } = review;
  return (
    <li class="review" data-status={status}>
      <p><a class="title" href={`/books/${book.id}`}><bdi>{book.title}</bdi></a> <span class="second"><bdi>{book.author}</bdi></span></p>
      <p>
        <Stars of={review.stars} />{' '}
        <span class="second">{member?.id ? <a class="plain" href={`/members/${member.id}`}><bdi>{member.name}</bdi></a> : t('borrow.forgotten')} · {day(review.updated_at)}</span>{' '}
        {status === 'waiting' ? null : <span class={status === 'shown' ? 'pill pill-ok' : 'pill'}>{t(STATUS[status])}</span>}
      </p>
      {review.text ? <p class="said"><bdi>{review.text}</bdi></p> : null}
      {review.reason ? <p class="hint"><bdi>{t('review.why', { reason: review.reason })}</bdi></p> : null}
      {problem ? <Refused error={problem} /> : null}
      <div class="actions">
        {status === 'shown' ? null : <button type="button" class="btn btn-small" onClick={show}><Icon name="circle-check" />{t('review.show')}<span class="sr"> {book.title}</span></button>}
        {status === 'refused' ? null : <button type="button" class="btn btn-small btn-quiet" onClick={refuse}>{t('review.refuse')}<span class="sr"> {book.title}</span></button>}
      </div>
    </li>
  );
}

export default function ReviewsPage() {
  useTitle(t('nav.reviews'));
  const state = useListState('/reviews', 'created_at', 'desc');
  const [refusing, setRefusing] = useState<Review | null>(null);
  const { filter, cursor } = state;
  // The queue is worked off from its beginning; what is over is read from the newest.
  const result = useList<Review>('reviews', '/reviews', { cursor, limit: 20, status: filter === 'all' ? undefined : filter || 'waiting', order: filter === '' ? 'asc' : 'desc' });
  return (
    <>
      <PageHead title={t('nav.reviews')} />
      <div class="list-tools">
        <Choice label={t('list.which')} state={state} options={[{ show: '', name: 'review.waiting' }, { show: 'shown', name: 'review.shown' }, { show: 'refused', name: 'review.refused' }, { show: 'all', name: 'review.all' }]} />
      </div>
      <ListView result={result} state={state} failed={t('review.failed')} empty={<Empty icon="circle-check" title={t(filter === '' ? 'review.noneWaiting' : 'review.noneSuch')} />} edge={(row) => day(row.created_at)} dates={filter !== ''}>
        {(rows) => <ul class="reviews">{rows.map((review) => <Row key={review.id} review={review} refuse={() => setRefusing(review)} />)}</ul>}
      </ListView>
      {refusing ? <RefuseForm review={refusing} close={() => setRefusing(null)} /> : null}
    </>
  );
}
