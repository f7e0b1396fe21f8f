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
};
