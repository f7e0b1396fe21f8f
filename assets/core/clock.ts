/* What time it is at the library computer. A desk whose own clock is wrong must not make loans of yesterday or tomorrow. */

/** Milliseconds that the server's clock is ahead of this one, as its last answer said. */
let ahead = 0;

/** An answer names whole seconds of a moment ago. The time told is never behind the server's, so that no act seems
 *  to lie before the one that was answered last; what is ahead of its clock, the server takes as now. */
const ROUNDED_MS = 2000;

export function heardDate(date: string | null): void {
  const told = date ? Date.parse(date) : NaN;
  if (!Number.isNaN(told)) ahead = told + ROUNDED_MS - Date.now();
}

export const serverTime = (): string => new Date(Date.now() + ahead).toISOString();
