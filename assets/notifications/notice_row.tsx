/* One notice in a list: what it says, to whom, what became of it, and what can still be done. */
import { useState } from 'preact/hooks';
import { ApiError } from '../core/api';
import { moment } from '../core/format';
import { t } from '../core/messages';
import { said } from '../core/server_words';
import { say } from '../core/toast';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Refused } from '../parts/states';
import { CHANNEL, drop, kindName, maySendAgain, type Notice, sendAgain, STATE } from './notice';

const nameOf = (notice: Notice): string => notice.subject || kindName(notice.kind);
const whose = (notice: Notice): string => notice.member?.name || t('notice.forgotten');

export function StatePill({ notice }: { notice: Notice }) {
  const { name, tone } = STATE[notice.state];
  return <span class={tone ? `pill ${tone}` : 'pill'}>{t(name)}</span>;
}

/** When it happens or happened. */
const when = (notice: Notice): string => {
  if (notice.state === 'waiting') return t('notice.from', { when: moment(notice.send_at) });
  return moment(notice.ended_at || notice.created_at);
};

/** The words as they leave, or as they would. */
function Whole({ notice, close }: { notice: Notice; close: () => void }) {
  const rows: [string, string | null | undefined][] = [
    [t('notice.to'), notice.address || whose(notice)],
    [t('notice.how'), t(CHANNEL[notice.channel])],
    [t('notice.what'), kindName(notice.kind)],
    [t('notice.made'), moment(notice.created_at)],
    [t('notice.by'), notice.created_by],
    [t('notice.readAt'), notice.read_at ? moment(notice.read_at) : null],
    [t('notice.tries'), notice.tries > 1 ? String(notice.tries) : null],
    [t('notice.problem'), notice.problem ? said(notice.problem) : null],
  ];
  return (
    <Dialog title={<bdi>{nameOf(notice)}</bdi>} close={close}>
      <dl class="facts">
        {rows.filter(([, value]) => value).map(([name, value]) => <><dt>{name}</dt><dd><bdi>{value}</bdi></dd></>)}
      </dl>
      {notice.body ? <p class="letter"><bdi>{notice.body}</bdi></p> : <p class="hint apart">{t('notice.noWords')}</p>}
      <div class="actions"><button type="button" class="btn" data-focus onClick={close}>{t('notice.close')}</button></div>
    </Dialog>
  );
}

export function NoticeRow({ notice, ofMember = false }: { notice: Notice; ofMember?: boolean }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const act = (done: Promise<void>, text: string) => {
    setProblem(null);
    setBusy(true);
    done
      .then(
        () => say(text),
        (cause: unknown) => {
          if (cause instanceof ApiError) setProblem(cause);
          else throw cause;
        },
      )
      .finally(() => setBusy(false));
  };
  const about = { what: nameOf(notice), name: whose(notice) };
  return (
    <tr>
      <td class="any">
        <button type="button" class="link" onClick={() => setOpen(true)}><bdi>{nameOf(notice)}</bdi></button>
        <span class="cell-2">{kindName(notice.kind)}{notice.book?.id ? <> · <a class="plain" href={`/books/${notice.book.id}`}><bdi>{notice.book.title}</bdi></a></> : null}</span>
        {problem ? <Refused error={problem} /> : null}
        {open ? <Whole notice={notice} close={() => setOpen(false)} /> : null}
      </td>
      {ofMember ? null : (
        <td data-k={t('borrow.member')}>
          {notice.member?.id ? <a class="plain" href={`/members/${notice.member.id}`}><bdi>{notice.member.name}</bdi></a> : <span class="second">{t('notice.forgotten')}</span>}
        </td>
      )}
      <td data-k={t('notice.how')} class="any">{t(CHANNEL[notice.channel])}{notice.address && !ofMember ? <span class="cell-2 reach"><bdi>{notice.address}</bdi></span> : null}</td>
      <td class="any" data-k={t('notice.state')}>
        <StatePill notice={notice} />
        {notice.problem ? <span class="cell-2"><bdi>{said(notice.problem)}</bdi></span> : notice.channel === 'app' && notice.read_at ? <span class="cell-2">{t('notice.wasRead')}</span> : null}
      </td>
      <td class="nowrap" data-k={t('notice.when')}>{when(notice)}</td>
      <td class={notice.state === 'waiting' || maySendAgain(notice) ? 'row-actions' : 'row-actions gone'}>
        {notice.state === 'waiting' ? (
          <button type="button" class="btn btn-quiet btn-small" disabled={busy} aria-label={t('notice.dropThis', about)} onClick={() => act(drop(notice), t('notice.isDropped', about))}>{t('notice.drop')}</button>
        ) : maySendAgain(notice) ? (
          <button type="button" class="btn btn-small" disabled={busy} aria-label={t('notice.againThis', about)} onClick={() => act(sendAgain(notice), t('notice.isAgain', about))}><Icon name="refresh-cw" />{t('notice.again')}</button>
        ) : null}
      </td>
    </tr>
  );
}

export function NoticeTable({ rows, caption, ofMember = false }: { rows: Notice[]; caption: string; ofMember?: boolean }) {
  return (
    <table class="table table-stack table-roomy">
      <caption class="sr">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('notice.what')}</th>
          {ofMember ? null : <th scope="col">{t('borrow.member')}</th>}
          <th scope="col">{t('notice.how')}</th>
          <th scope="col">{t('notice.state')}</th>
          <th scope="col">{t('notice.when')}</th>
          <th scope="col"><span class="sr">{t('list.actions')}</span></th>
        </tr>
      </thead>
      <tbody>{rows.map((notice) => <NoticeRow key={notice.id} notice={notice} ofMember={ofMember} />)}</tbody>
    </table>
  );
}
