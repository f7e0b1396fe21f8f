// acts.mjs — everything that can happen in a library, and how often it does. Each act draws who and what, lets the model
// decide and the server answer; most draws are sensible, some are not, so that about a third of all acts is refused.
import * as desk from './acts_desk.mjs';
import * as holds from './acts_holds.mjs';
import * as money from './acts_money.mjs';
import * as records from './acts_records.mjs';
import * as rules from './acts_rules.mjs';
import { expireHolds } from './holding.mjs';
import { accrue, renewDue } from './lending.mjs';

const night = (name, work) => (driver) => driver.job(name, () => work(driver.library));

/** name: [weight, function, the route without which it cannot be] */
export const acts = {
  lend: [30, desk.lendSomething, 'POST /borrows'],
  returnLoan: [10, desk.returnLoan, 'POST /borrows/{id}/return'],
  returnCopy: [10, desk.returnCopy, 'POST /borrows/return'],
  renewLoan: [6, desk.renewLoan, 'POST /borrows/{id}/renew'],
  renewSeveral: [1, desk.renewSeveral, 'POST /borrows/renew'],
  loseCopy: [0.9, desk.loseCopy, 'POST /borrows/{id}/lost'],
  findCopy: [0.9, desk.findCopy, 'POST /borrows/{id}/lost'],
  calculate: [0.8, desk.calculate, 'POST /fines/calculate'],
  accrueFines: [1, night('accrue_fines', (library) => accrue(library, { escalate: true }).loans), 'job accrue_fines'],
  renewDue: [1, night('renew_automatically', renewDue), 'job renew_automatically'],
  simulate: [2, desk.simulate, 'GET /policies/loan-rules/simulate'],
  closeDays: [0.7, rules.closeDays, 'POST /closures'],
  reopenDays: [0.5, rules.reopenDays, 'DELETE /closures/{id}'],
  place: [9, holds.place, 'POST /holds'],
  cancel: [2, holds.cancel, 'DELETE /holds/{id}'],
  suspend: [2, holds.suspend, 'PUT /holds/{id}/suspend'],
  move: [1.2, holds.move, 'PUT /holds/{id}/position'],
  pull: [3, holds.pull, 'POST /holds/pull'],
  watch: [1.5, holds.watch, 'POST /books/{id}/watch'],
  expire: [2, night('expire_holds', expireHolds), 'job expire_holds'],
  chargeSomething: [0.7, money.chargeSomething, 'POST /fines/charge'],
  paySomething: [5, money.paySomething, 'POST /fines/pay'],
  askForWaiver: [1.2, money.askForWaiver, 'POST /fines/waive/{id}'],
  decide: [1, money.decide, 'POST /fines/waivers/{id}/approve'],
  newRule: [0.4, rules.newRule, 'POST /policies/loan-rules'],
  deleteRule: [0.3, rules.deleteRule, 'DELETE /policies/loan-rules/{id}'],
  changeSetting: [1, rules.changeSetting, 'PUT /admin/system-config'],
  changeHours: [0.25, rules.changeHours, 'PUT /opening-hours'],
  newMember: [0.6, records.newMember, 'POST /members'],
  changeStatus: [1.5, records.changeStatus, 'PUT /members/{id}/status'],
  changeMembership: [1, records.changeMembership, 'PATCH /members/{id}'],
  archiveMember: [1, records.archiveMember, 'DELETE /members/{id}'],
  restoreMember: [0.7, records.restoreMember, 'POST /members/{id}/restore'],
  newTitle: [0.6, records.newTitle, 'POST /books'],
  newCopy: [0.6, records.newCopy, 'POST /books/{id}/copies'],
  changeCopy: [2, records.changeCopy, 'PATCH /copies/{id}'],
  archiveTitle: [0.8, records.archiveTitle, 'DELETE /books/{id}'],
  restoreTitle: [0.7, records.restoreTitle, 'POST /books/{id}/restore'],
  changeRule: [0.5, rules.changeRule, 'PUT /policies/loan-rules/{id}'],
  letTimePass: [6, rules.letTimePass],
};
