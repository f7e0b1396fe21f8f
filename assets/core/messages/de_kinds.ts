/* German: what Carrel itself calls the kinds of titles and of members that every library starts with (src/db/migrations/0001_base.sql).
   A name that a library has given is not among them, and stays. */
export const kinds: Record<string, string> = {
  Book: 'Buch',
  Periodical: 'Zeitschrift',
  Audio: 'Ton',
  Video: 'Film',
  Game: 'Spiel',
  'Reference work': 'Nachschlagewerk',
  Other: 'Sonstiges',

  Adult: 'Erwachsene',
  Student: 'Schüler, Studierende',
  Faculty: 'Lehrkräfte',
  Child: 'Kinder',
  Staff: 'Personal',
};
