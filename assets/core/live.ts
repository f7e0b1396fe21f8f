/* What is done at another desk reaches the pages here: the server's events say which lists are old.
 *
 * One stream for each tab in sight (a browser has six connections to a server, and a stream keeps one). The server
 * has room for a few; who finds none asks every few seconds instead, and tries again later.
 */
import { api, query } from './api';
import { ended, locked, me, reaches } from './door';
import { changed, client, type Noun } from './query';

interface Told {
  events: { type: string }[];
  last_event_id: string | null;
  missed: boolean;
}

const ASK_MS = 5_000;
/** Asked so often before the stream is tried again. */
const ASKS = 12;
/** Ten loans in a second are one reason to look again. */
const GATHER_MS = 300;

const TOUCHES: [pattern: RegExp, nouns: Noun[]][] = [
  [/^(Book(Issued|Returned|Renewed|Overdue)|Copy|DueDate|LoansForgotten)/, ['borrows', 'books', 'members']],
  [/^(BookReserved|Hold|TitleAvailable)/, ['holds', 'books', 'members']],
  [/^(Fine|Waiver)/, ['fines', 'members']],
  [/^Review/, ['reviews', 'books']],
  [/^ReadingList/, ['reading_lists']],
  [/^Stocktake/, ['stocktakes', 'books']],
  [/^Import/, ['imports', 'books', 'members']],
  [/^Backup/, ['backups']],
  [/^Account/, ['accounts']],
  [/^Rules/, ['rules']],
  [/^Settings/, ['settings']],
  [/^Webhook/, ['webhooks']],
  [/^Book|^Catalogue/, ['books']],
  [/^Member/, ['members']],
  [/^Calendar/, ['calendar', 'borrows']],
];

let stream: EventSource | null = null;
let timer = 0;
/** Counts the stops: an answer that comes after one asks no further. */
let turn = 0;
let last: string | null = null;

const gathered = new Set<Noun>();
let gathering = 0;

function hear(type: string): void {
  for (const noun of TOUCHES.find(([pattern]) => pattern.test(type))?.[1] || []) gathered.add(noun);
  if (gathered.size === 0 || gathering) return;
  gathering = window.setTimeout(() => {
    gathering = 0;
    changed(...gathered);
    gathered.clear();
  }, GATHER_MS);
}

function stop(): void {
  turn += 1;
  stream?.close();
  stream = null;
  window.clearTimeout(timer);
  timer = 0;
}

/** Between two streams: what came after the last event that was heard. */
async function ask(left: number): Promise<void> {
  const mine = turn;
  try {
    const told = await api.peek<Told>(`/events${query({ after: last })}`);
    if (mine !== turn) return;
    if (told.missed) void client.invalidateQueries();
    // Without a place to go on from, the newest is only that place.
    else if (last) told.events.forEach(({ type }) => hear(type));
    last = told.last_event_id;
  } catch {
    /* the banner says that nobody answers; the next time may be better */
  }
  if (mine !== turn) return;
  timer = window.setTimeout(() => (left > 0 ? void ask(left - 1) : listen()), ASK_MS);
}

const TYPES = [
  'BookAdded', 'BookUpdated', 'BookArchived', 'BookRestored', 'BookMerged', 'BookMergeUndone', 'BookIssued', 'BookReturned', 'BookRenewed', 'BookOverdue', 'DueDateMoved', 'CopyAdded', 'CopyStatusChanged', 'CopyLost',
  'CopyFound', 'BookReserved', 'HoldReady', 'HoldFulfilled', 'HoldCancelled', 'HoldExpired', 'HoldWaitsAgain', 'TitleAvailable', 'ReviewWritten', 'ReviewDecided', 'ReadingListShown', 'FineCalculated', 'FinePaid',
  'FineWaived', 'WaiverAsked', 'WaiverRefused', 'MembershipRenewed', 'CalendarChanged', 'RulesChanged', 'SettingsChanged', 'MembersRolledOver', 'MemberRegistered', 'MemberUpdated', 'MemberStatusChanged',
  'MemberArchived', 'MemberRestored', 'AccountCreated', 'AccountChanged', 'AccountClosed', 'PasswordCodeAsked', 'LoansForgotten', 'HoldsForgotten', 'CatalogueImported', 'ImportEnded', 'ImportUndone', 'StocktakeEnded', 'BackupMade',
  'BackupFailed', 'WebhookDisabled', 'LibrarySeeded',
];

function listen(): void {
  stop();
  const now = me.get();
  if (!now || !reaches(now.access, 'librarian') || document.hidden || locked.get() || ended.get()) return;
  const own = new EventSource(`/api/v1/events${query({ after: last })}`);
  stream = own;
  for (const type of TYPES) {
    own.addEventListener(type, (event) => {
      last = (event as MessageEvent).lastEventId;
      hear(type);
    });
  }
  own.addEventListener('missed', () => void client.invalidateQueries());
  // A stream that broke comes back by itself; one that was refused stays closed.
  own.onerror = () => {
    if (own !== stream || own.readyState !== EventSource.CLOSED) return;
    stop();
    void ask(ASKS);
  };
}

/** To be called once. */
export function goLive(): void {
  document.addEventListener('visibilitychange', listen);
  for (const source of [me, locked, ended]) source.watch(listen);
  listen();
}
