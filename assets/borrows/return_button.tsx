import { useState } from 'preact/hooks';
import { t, tx } from '../core/messages';
import { say } from '../core/toast';
import { Ask } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { takeBack } from './borrow';

/** Takes one loan back from a list. A return cannot be undone, so it asks. */
export function ReturnButton({ id, title, name }: { id: string; title: string; name: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" class="btn btn-small" onClick={() => setAsking(true)} aria-label={t('borrow.returnThis', { title, name })}>{t('borrow.return')}</button>
      {asking ? (
        <Ask
          title={tx('borrow.ask', { title: <bdi>{title}</bdi> })}
          yes={<><Icon name="arrow-down-left" />{t('borrow.takeBack')}</>}
          no={t('borrow.keepOut')}
          act={() => takeBack(id).then((borrow) => say(t('borrow.isBack', { title: borrow.book.title })))}
          close={() => setAsking(false)}
        >
          {tx('borrow.askMore', { name: <bdi>{name}</bdi> })}
        </Ask>
      ) : null}
    </>
  );
}
