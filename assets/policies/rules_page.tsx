/* Who may borrow what: the matrix of rules, one of them open, and what they say about one reader and one thing. */
import { useState } from 'preact/hooks';
import type { List } from '../core/api';
import { money } from '../core/format';
import { t, tn } from '../core/messages';
import { useGet } from '../core/query';
import { kindsNamed } from '../core/server_words';
import { Section } from '../parts/page_head';
import { Failed, Wait } from '../parts/states';
import { SettingsHead } from '../settings/settings_head';
import { Kinds } from './kinds';
import { type Kind, type Rule, ruleFor, RULES } from './rule';
import { RuleBox } from './rule_box';
import { Simulator } from './simulator';

interface Place {
  member: Kind | null;
  item: Kind | null;
}

const codeOf = (kind: Kind | null): string | null => (kind ? kind.code : null);
const isSame = (a: Place | null, b: Place): boolean => a !== null && codeOf(a.member) === codeOf(b.member) && codeOf(a.item) === codeOf(b.item);
const memberName = (kind: Kind | null): string => (kind ? kind.name : t('rules.anyone'));
const itemName = (kind: Kind | null): string => (kind ? kind.name : t('rules.anyType'));

/** "as Student", "as any type", "as Anyone": where a pale cell's rule stands. */
function source(rule: Rule, place: Place, kinds: { members: Kind[]; items: Kind[] }): string {
  if (rule.member_type) return t('rules.as', { name: memberName(kinds.members.find(({ code }) => code === rule.member_type) || null) });
  return place.member ? t('rules.as', { name: t('rules.anyone') }) : t('rules.asAnyType');
}

function fine(rule: Rule): string {
  if (rule.fine_per_day === 0) return t('rules.noFine');
  const daily = money(rule.fine_per_day);
  return rule.fine_cap === null ? t('rules.fine', { daily }) : t('rules.fineTo', { daily, cap: money(rule.fine_cap) });
}

function Matrix({ rules, members, items, open, choose }: { rules: Rule[]; members: Kind[]; items: Kind[]; open: Place | null; choose: (place: Place) => void }) {
  const rows = [null, ...members];
  const columns = [null, ...items];
  return (
    // Scrolls sideways inside itself, so it must be reachable by keyboard.
    <div class="matrix-wrap" tabIndex={0} role="region" aria-label={t('rules.matrix')}>
      <table class="matrix">
        <thead>
          <tr>
            <td class="corner" />
            {columns.map((item) => <th scope="col" key={codeOf(item)}>{itemName(item)}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((member) => (
            <tr key={codeOf(member)}>
              <th scope="row">
                {memberName(member)}
                {member ? null : <span class="hint">{t('rules.anyoneMore')}</span>}
              </th>
              {columns.map((item) => {
                const place = { member, item };
                const cell = ruleFor(rules, codeOf(member), codeOf(item));
                if (!cell) return <td />;
                const { rule, own } = cell;
                const isOpen = isSame(open, place);
                const none = rule.max_loans === 0;
                return (
                  <td key={codeOf(item)} class={isOpen ? (none ? 'open none' : 'open') : none ? 'none' : own ? '' : 'from'}>
                    <button type="button" aria-expanded={isOpen} onClick={() => choose(place)}>
                      <span class="sr">{t('rules.cell', { member: memberName(member), item: itemName(item) })}: </span>
                      <b>{none ? t('rules.notLent') : rule.loan_days === 0 ? t('rules.sameDay') : tn('date.days', rule.loan_days)}</b>
                      {!own ? <small>{source(rule, place, { members, items })}</small> : none ? null : (
                        <>
                          <small>{tn('rules.loans', rule.max_loans)}, {tn('rules.renewals', rule.max_renewals)}</small>
                          <small>{fine(rule)}</small>
                        </>
                      )}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export default function RulesPage() {
  const rules = useGet<List<Rule>>('rules', RULES, { limit: 100 });
  const members = useGet<List<Kind>>('rules', '/policies/member-types', { limit: 100 });
  const items = useGet<List<Kind>>('rules', '/policies/item-types', { limit: 100 });
  const [open, setOpen] = useState<Place | null>(null);
  const named = { members: kindsNamed(members.data?.data), items: kindsNamed(items.data?.data) };
  const failed = [rules, members, items].find((one) => one.error);
  const cell = open && rules.data ? ruleFor(rules.data.data, codeOf(open.member), codeOf(open.item)) : null;
  return (
    <>
      <SettingsHead />
      {failed?.error ? (
        <Failed error={failed.error} title={t('rules.failed')} again={() => void failed.refetch()} />
      ) : !rules.data || !members.data || !items.data ? (
        <Wait />
      ) : (
        <>
          <Section title={t('rules.title')} aside={<span class="hint">{t('rules.paleMore')}</span>}>
            <Matrix rules={rules.data.data} {...named} open={open} choose={(place) => setOpen(isSame(open, place) ? null : place)} />
            {open && cell ? (
              <RuleBox
                key={`${codeOf(open.member)} ${codeOf(open.item)} ${cell.rule.id}`}
                title={t('rules.cell', { member: memberName(open.member), item: itemName(open.item) })}
                place={{ member_type: codeOf(open.member), item_type: codeOf(open.item) }}
                cell={cell}
              />
            ) : null}
          </Section>
          <Kinds />
          <Simulator {...named} />
        </>
      )}
    </>
  );
}
