/* German: backups that only a passphrase opens. Part of de.ts. */
import type { seal as english } from './en_seal';

export const seal: Record<keyof typeof english, string> = {
  'seal.title': 'Wer eine Sicherung öffnen kann',
  'seal.off': 'Wer eine findet, kann alles darin lesen: Namen, Adressen, Ausleihen.',
  'seal.offSet': 'Wer eine findet, kann alles darin lesen. Eine Passphrase ist gesetzt: wählen, welche Sicherungen sie verschließt.',
  'seal.second': 'Die im zweiten Ordner öffnet nur die Passphrase. Die neben der Bibliothek kann lesen, wer an diesen Rechner kommt.',
  'seal.all': 'Nur die Passphrase öffnet sie.',
  'seal.lost': 'Geht die Passphrase verloren, kann sie niemand mehr öffnen, auch Carrel nicht. Sie aufschreiben und nicht bei diesem Rechner aufheben.',
  'seal.older': 'Sicherungen, die es schon gibt, bleiben, wie sie sind; sie öffnet die Passphrase ihrer Zeit.',
  'seal.passphrase': 'Passphrase',
  'seal.newPassphrase': 'Neue Passphrase',
  'seal.hint': 'Zehn Zeichen oder mehr. Vier, fünf Wörter, die nichts miteinander zu tun haben, merkt man sich leicht und errät niemand.',
  'seal.again': 'Die Passphrase noch einmal',
  'seal.differs': 'Die beiden sind nicht gleich. Beide neu eingeben.',
  'seal.set': 'Passphrase setzen',
  'seal.change': 'Passphrase ändern',
  'seal.isSet': 'Die Passphrase ist gesetzt',
  'seal.which': 'Nur die Passphrase öffnet',
  'seal.whichOff': 'keine',
  'seal.whichSecond': 'die im zweiten Ordner',
  'seal.whichAll': 'alle',
  'seal.save': 'Auswahl speichern',
  'seal.saved': 'Gespeichert. Es gilt ab der nächsten Sicherung.',
  'seal.remove': 'Passphrase wegnehmen',
  'seal.removed': 'Die Passphrase ist weggenommen',
  'seal.pill': 'Versiegelt',
};
