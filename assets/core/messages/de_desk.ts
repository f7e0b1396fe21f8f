/* Deutsch: Belege, Titelbilder und was die übrigen Seiten am Tresen sagen. Teil von de.ts. */
import type { deskside as english } from './en_desk';

export const deskside: Record<keyof typeof english, string> = {
  'slip.title': 'Beleg',
  'slip.print': 'Beleg drucken',
  'slip.until': 'bis {day}',
  'slip.lent': 'Jetzt ausgeliehen',
  'slip.had': 'Schon ausgeliehen',
  'slip.out': 'Ausgeliehen',
  'slip.back': 'Zurückgebracht',
  'slip.paid': 'Heute bezahlt',
  'desk.keyF4': 'druckt den Beleg',

  'cover.add': 'Bild hinzufügen',
  'cover.change': 'Ändern',
  'cover.remove': 'Entfernen',
  'cover.hint': 'Datei wählen, hierher ziehen oder einfügen',
  'cover.saved': '„{title}“ hat sein Bild',
  'cover.removed': 'Das Bild von „{title}“ ist entfernt',
  'cover.unreadable': 'Diese Datei ist kein lesbares Bild.',
};
