/* What goes into the reader's hand: lent now, out already, brought back, paid. Seen beside the desk as it is printed,
 * 72 mm wide on a receipt printer, larger on a sheet. It is printed by its button, by F4 and by the browser's own Print. */
import { useEffect } from 'preact/hooks';
import { type Member, memberPath } from '../members/member';
import { me } from '../core/door';
import { day, fullDay, money, time, today, weekday } from '../core/format';
import { t } from '../core/messages';
import { useGet } from '../core/query';
import { type MemberFines, METHOD } from '../fines/money';
import { Icon } from '../parts/icon';
import { Section } from '../parts/page_head';

/** One line: what, and at its end until when or how much. */
export interface SlipLine {
  key: string;
  what: string;
  end: string;
}

export interface SlipFacts {
  member: Pick<Member, 'id' | 'name' | 'card'>;
  /** Of what this is the slip: the last act that stands on it. */
  at: string;
  lent: SlipLine[];
  had: SlipLine[];
  back: SlipLine[];
}

/** A due date in a reader's hand is a date: "today" would be another day when it is read. */
export const dueEnd = (date: string): string => t('slip.until', { day: weekday(date) });

function Part({ title, lines }: { title: string; lines: SlipLine[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h4>{title} <span class="count">{lines.length}</span></h4>
      <ol>
        {lines.map(({ key, what, end }) => (
          <li key={key}><bdi>{what}</bdi>{end ? <span class="end">{end}</span> : null}</li>
        ))}
      </ol>
    </>
  );
}

function Slip({ facts, fines }: { facts: SlipFacts; fines: MemberFines | undefined }) {
  const paid = (fines?.payments || []).filter(({ at }) => day(at, true) === day(today(), true));
  return (
    <div class="slip">
      <h3><bdi>{me.get()?.library_name}</bdi></h3>
      <span class="hint">{fullDay(facts.at)}, {time(facts.at)}</span>
      <span class="hint"><bdi>{facts.member.name}</bdi> · <span class="machine">{facts.member.card}</span></span>
      <Part title={t('slip.lent')} lines={facts.lent} />
      <Part title={t(facts.lent.length ? 'slip.had' : 'slip.out')} lines={facts.had} />
      <Part title={t('slip.back')} lines={facts.back} />
      <Part title={t('slip.paid')} lines={paid.map(({ id, receipt_number, method, amount }) => ({ key: id, what: `${t('money.receiptNo', { n: String(receipt_number) })}, ${t(METHOD[method])}`, end: money(amount) }))} />
      {fines && fines.balance > 0 ? <p class="slip-sum">{t('money.stillOwed')} <b>{money(fines.balance)}</b></p> : null}
    </div>
  );
}

/** With its button and its key. What it stands in bears `slip-way`: the rest of the page is not printed. */
export function SlipToPrint({ facts }: { facts: SlipFacts }) {
  const fines = useGet<MemberFines>('fines', `${memberPath(facts.member.id)}/fines`).data;
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'F4' || event.altKey || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      window.print();
    };
    document.body.classList.add('has-slip');
    window.addEventListener('keydown', key);
    return () => {
      document.body.classList.remove('has-slip');
      window.removeEventListener('keydown', key);
    };
  }, []);
  return (
    <Section
      title={t('slip.title')}
      class="desk-receipt slip-way"
      aside={<button type="button" class="btn btn-small" onClick={() => window.print()}><Icon name="printer" />{t('slip.print')} <kbd>F4</kbd></button>}
    >
      <Slip facts={facts} fines={fines} />
    </Section>
  );
}
