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

  'holds.hopeless': 'Ohne Exemplar',
  'holds.hopelessMore': 'Davon ist nichts mehr zu verleihen: ein Exemplar kaufen oder Bescheid sagen.',
  'holds.noneHopeless': 'Jeder vorgemerkte Titel hat ein Exemplar',
  'holds.noneHopelessMore': 'Geht das letzte Exemplar verloren, steht hier, wer darauf wartet.',
  'hours.savedMoved': 'Die Woche ist gespeichert: {moved}',
  'hours.loans.one': '{n} Rückgabedatum verschoben',
  'hours.loans.other': '{n} Rückgabedaten verschoben',
  'hours.holds.one': '{n} Vormerkung wartet länger',
  'hours.holds.other': '{n} Vormerkungen warten länger',
  'labels.reserved': 'für Bücher, die noch nicht erfasst sind',
  'labels.reservedHint': 'Diese Nummern bekommt kein anderes Exemplar. Beim Erfassen des Buchs eine davon scannen.',
  'labels.reserve.one': '{n} Barcode zurücklegen',
  'labels.reserve.other': '{n} Barcodes zurücklegen',
  'labels.reserveSome': 'Barcodes zurücklegen',
  'labels.reservedNow.one': '{n} zurückgelegt:',
  'labels.reservedNow.other': '{n} zurückgelegt:',
};
