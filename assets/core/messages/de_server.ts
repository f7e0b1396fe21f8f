/* German: the server's words. Loaded beside de.ts: pages of an English library never ask for it. */
import { deeds, facts } from './de_audit';
import { eventsRefusals } from './de_events_refusals';
import { importRefusals } from './de_import_refusals';
import { kinds } from './de_kinds';
import { mailRefusals } from './de_mail_refusals';
import { reportRefusals } from './de_report_refusals';
import { noticeRefusals } from './de_notice_refusals';
import { recordRefusals } from './de_record_refusals';
import { refusals } from './de_refusals';
import { settings } from './de_settings';
import type { ServerWords } from '../server_words';

export const server: ServerWords = { sentences: { ...refusals, ...recordRefusals, ...importRefusals, ...eventsRefusals, ...mailRefusals, ...noticeRefusals, ...reportRefusals }, settings, deeds, facts, kinds };
