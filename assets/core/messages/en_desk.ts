/* English: slips, covers, and what the desk's other screens say of themselves. Part of en.ts. */
export const deskside = {
  'slip.title': 'Slip',
  'slip.print': 'Print slip',
  'slip.until': 'until {day}',
  'slip.lent': 'Lent now',
  'slip.had': 'Had already',
  'slip.out': 'Out',
  'slip.back': 'Brought back',
  'slip.paid': 'Paid today',
  'desk.keyF4': 'prints the slip',
} as const;
