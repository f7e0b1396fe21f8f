// summary.mjs — what was done and what was refused, as a table that can go into a note.

export function printSummary(driver, seconds) {
  const { library } = driver;
  const rows = [...driver.counts].sort();
  const yes = rows.reduce((sum, [, count]) => sum + count.yes, 0);
  const refused = rows.reduce((sum, [, count]) => sum + count.no, 0);
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(`model: seed ${driver.seed} in ${driver.zone}, ${driver.done - 1} acts, ${driver.requests} requests, ${seconds} s; ${yes} done, ${refused} refused (${Math.round((100 * refused) / (yes + refused))} %)`);
  console.log(`model: ${library.titles.length} titles, ${library.copies.length} copies, ${library.members.length} members, ${library.loans.length} loans, ${library.holds.length} holds, ${library.ledger.charges.length} charges, up to ${new Date(library.now).toISOString().slice(0, 10)}`);
  console.log(`\n${'act'.padEnd(width)}   done  refused`);
  for (const [name, count] of rows) console.log(`${name.padEnd(width)} ${String(count.yes).padStart(6)}  ${String(count.no).padStart(7)}`);
  console.log('\nrefused   code (status), what is said, and the reason for programs: an example of each kind');
  for (const [, { count, code, status, reason, detail }] of [...driver.refusals].sort()) {
    console.log(`${String(count).padStart(7)}   ${code} (${status}): ${detail}${reason === undefined ? '' : `\n${' '.repeat(10)}${JSON.stringify(reason)}`}`);
  }
}
