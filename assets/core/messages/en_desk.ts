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

  'cover.add': 'Add a picture',
  'cover.change': 'Change',
  'cover.remove': 'Remove',
  'cover.hint': 'Choose a file, drop one here, or paste one',
  'cover.saved': '“{title}” has its picture',
  'cover.removed': 'The picture of “{title}” is removed',
  'cover.unreadable': 'This file is no picture that can be read.',
} as const;
