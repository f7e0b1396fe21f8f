/* German: the journal of changes. Part of de.ts. */
export const journal = {
  'journal.off': 'Das Journal ist aus: Eine Sicherung gibt den Stand zurück, zu dem sie gemacht wurde, keinen späteren.',
  'journal.ok': 'Jede Änderung wird auch dorthin geschrieben: Eine Sicherung lässt sich auf jeden Zeitpunkt seit {since} bringen.',
  'journal.last': 'Zuletzt geschrieben: {when}.',
  'journal.lag': 'Die neueste Änderung wartet seit {seconds} s.',
  'journal.starting': 'Zuerst kommt eine Sicherung dorthin; von da an wird auch jede Änderung dorthin geschrieben.',
  'journal.away': 'Der zweite Ordner ist nicht da. Was geändert wird, wartet auf ihn: einstecken.',
  'journal.gap': 'Seit {since} wurden Änderungen nicht in den zweiten Ordner geschrieben. Einstecken: Es beginnt neu, mit einer eigenen Sicherung.',
  'jobs.journal': 'Kümmert sich um das Journal der Änderungen im zweiten Ordner',
};
