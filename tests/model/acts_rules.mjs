// acts_rules.mjs — rules, settings, the calendar, and time itself.
import { all } from './compare.mjs';
import { changeWeek, enterClosure, previewClosure, settleMoves, takeBackClosure } from './closing.mjs';
import { dateOf, dayOf, startOf } from './days.mjs';
import { money, UNKNOWN_ID } from './draw.mjs';
import { no } from './library.mjs';
import { MEMBER_TYPES } from './acts_records.mjs';

// ---- rules and settings ----------------------------------------------------------------------------------------------

function someRule(random) {
  const wanted = {
    max_loans: random.int(2, 8), loan_days: random.int(0, 30), max_renewals: random.int(0, 3), hold_limit: random.int(1, 5),
    fine_per_day: random.pick([0, 10, 25, 100]), fine_cap: random.pick([null, null, 300, 1000]), grace_days: random.pick([0, 0, 0, 2]),
  };
  return { wanted, body: { ...wanted, fine_per_day: money(wanted.fine_per_day), fine_cap: wanted.fine_cap === null ? null : money(wanted.fine_cap) } };
}

export async function changeRule(driver) {
  const { random, library } = driver;
  const rule = random.pick(library.rules);
  const { wanted, body } = someRule(random);
  await driver.act('change a rule', { ok: 200, then: () => Object.assign(rule, wanted) }, 'PUT', `/policies/loan-rules/${rule.id}`, body);
}

export async function newRule(driver) {
  const { random, library } = driver;
  const memberType = random.pick([null, ...MEMBER_TYPES]);
  const itemType = random.pick([null, 'book', 'video', 'reference']);
  const { wanted, body } = someRule(random);
  let decision = { ok: 201, then: (reply) => library.rules.push({ id: reply.id, memberType, itemType, ...wanted }) };
  if (library.findRule(memberType, itemType)) decision = no(409, 'DUPLICATE_RULE');
  await driver.act('new rule', decision, 'POST', '/policies/loan-rules', { member_type: memberType, item_type: itemType, ...body });
}

export async function deleteRule(driver) {
  const { random, library } = driver;
  const rule = random.pick(library.rules);
  let decision = { ok: 204, then: () => library.rules.splice(library.rules.indexOf(rule), 1) };
  if (rule.memberType === null && rule.itemType === null) decision = no(409, 'RULE_IN_USE');
  await driver.act('delete a rule', decision, 'DELETE', `/policies/loan-rules/${rule.id}`);
}

const ON_OFF = [true, false];
const choices = {
  pickup_days: [1, 3, 7], renew_overdue: ON_OFF, renew_held: [false, false, true], renew_automatically: ON_OFF, block_balance: [0, 500, 2000], lost_price: [0, 1500],
  refund_found: [true, true, false], overdue_steps: [[], [1, 8, 22], [2, 3], [1]], lost_after_days: [0, 0, 40], fines_on_closed_days: [false, false, true],
};
const SETTING_TEXT = { boolean: (value) => (value ? 'on' : 'off'), object: (value) => value.join(',') };

export async function changeSetting(driver) {
  const { random, library } = driver;
  const name = random.pick(Object.keys(choices));
  const value = random.pick(choices[name]);
  const isMoney = name === 'block_balance' || name === 'lost_price';
  const shown = isMoney ? money(value) : (SETTING_TEXT[typeof value]?.(value) ?? value);
  const then = () => {
    if (name === 'fines_on_closed_days') library.calendar.closedDaysCost = value;
    else library.settings[name] = value;
  };
  await driver.act('change a setting', { ok: 200, then }, 'PUT', '/admin/system-config', { [name]: shown });
}

// ---- the calendar ----------------------------------------------------------------------------------------------------

export async function closeDays(driver) {
  const { random, library } = driver;
  const opening = random.chance(0.25);
  const first = library.today + random.int(-3, 30);
  const row = { kind: opening ? 'opening' : 'closure', first, last: first + random.pick([0, 0, 1, 2, 6, 13]), yearly: random.chance(0.2), name: `Days ${driver.done}` };
  const how = { move: random.chance(0.85), spread: random.pick([1, 1, 3, 5]) };
  const body = { kind: row.kind, first_day: dateOf(row.first), last_day: dateOf(row.last), yearly: row.yearly, name: row.name, move: how.move, spread_days: how.spread };
  await driver.act('preview a closure', previewClosure(library, row, how), 'POST', '/closures/preview', body);
  await driver.act('enter a closure', enterClosure(library, row, how), 'POST', '/closures', body);
  settleMoves(library, row, await all(driver, '/borrows?status=borrowed'));
}

export async function reopenDays(driver) {
  const { random, library } = driver;
  const row = random.chance(0.05) ? undefined : random.pick(library.calendar.closed);
  await driver.act('take a closure back', takeBackClosure(library, row), 'DELETE', `/closures/${row?.id ?? UNKNOWN_ID}`);
}

export async function changeHours(driver) {
  const { random, library } = driver;
  const closed = random.pick([[], [6], [6], [5, 6], [0, 6], [0, 1, 2, 4, 5, 6]]);
  const hours = random.chance(0.1) ? [] : [0, 1, 2, 3, 4, 5, 6].filter((day) => !closed.includes(day)).map((weekday) => ({ weekday, opens: '10:00', closes: '18:00' }));
  await driver.act('change the opening hours', changeWeek(library, hours), 'PUT', '/opening-hours', { days: hours });
}

// ---- time ------------------------------------------------------------------------------------------------------------

/** Later on the same day, or on a morning after: never at the end of a day, where an act could lie in the next. */
export async function letTimePass(driver) {
  const { random, library } = driver;
  const later = library.now + random.int(1_000, 3 * 3_600_000);
  if (dayOf(later) === library.today && random.chance(0.6)) return driver.moveTo(later);
  const days = random.pick([1, 1, 1, 1, 2, 3, 5, 8]);
  return driver.moveTo(startOf(library.today + days) + random.int(6 * 3_600_000, 12 * 3_600_000));
}
