/* English: the journal of changes. Part of en.ts. */
export const journal = {
  'journal.off': 'The journal is off: a backup gives back the moment it was made, no later one.',
  'journal.ok': 'Every change is also written there: a backup can be brought to any moment since {since}.',
  'journal.last': 'Last written {when}.',
  'journal.lag': 'The newest change has waited for {seconds} s.',
  'journal.starting': 'A backup is put there first; from then on every change is written there too.',
  'journal.away': 'The second folder is not there. What is changed waits for it; plug it in.',
  'journal.gap': 'Since {since} changes have not been written to the second folder. Plug it in: it begins anew, with a backup of its own.',
  'jobs.journal': 'Looks after the journal of changes in the second folder',
} as const;
