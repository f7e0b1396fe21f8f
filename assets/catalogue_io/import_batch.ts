/* A file that was brought, as the API gives it: read first, then written, perhaps undone; and the acts on it. */
import { useQuery } from '@tanstack/preact-query';
import { api, type ApiError } from '../core/api';
import type { Key, PluralKey } from '../core/messages';
import { changed, client, type Noun } from '../core/query';

export type Kind = 'titles' | 'copies' | 'members' | 'loans';
export type Status = 'reading' | 'ready' | 'writing' | 'stopped' | 'failed' | 'done' | 'undoing' | 'undone';
/** What is done with a row whose record the library has already. */
export type Duplicates = 'skip' | 'add_copies' | 'merge';
export type Outcome = 'refused' | 'duplicate' | 'repaired';

export interface Column {
  header: string;
  field: string | null;
}

export interface Batch {
  id: string;
  kind: Kind;
  name: string;
  status: Status;
  /** Why it could not be read or written. */
  error: string | null;
  format: '' | 'csv' | 'iso2709' | 'marcxml';
  encoding: string | null;
  delimiter: string | null;
  profile: string | null;
  duplicates: Duplicates;
  bytes: number;
  rows_read: number;
  rows_done: number;
  imported: number;
  repaired: number;
  merged: number;
  refused: number;
  copies: number;
  columns: Column[];
  /** How many rows each reason concerns. */
  summary: { reason: string; meaning: string; rows: number }[];
  created_at: string;
  created_by: string;
  started_at: string | null;
  finished_at: string | null;
  undone_at: string | null;
  undone_by: string | null;
}

export interface Row {
  row: number;
  outcome: Outcome;
  name: string | null;
  reasons: string[];
  /** The record that is there already. */
  match: { id: string | null; name: string | null } | null;
  /** null: as the batch says. */
  choice: Duplicates | null;
}

export const KINDS: Kind[] = ['titles', 'copies', 'members', 'loans'];

/** What differs from kind to kind on the pages: words, and where its records are looked at. */
export const OF_KIND: Record<Kind, { name: Key; more: Key; go: PluralKey; done: PluralKey; open: Key; list: string; record: string; nouns: Noun[]; choices: Duplicates[]; unnamed: Key }> = {
  titles: { name: 'import.titles', more: 'import.titlesMore', go: 'import.goTitles', done: 'import.doneTitles', open: 'import.toCatalogue', list: '/catalogue?sort_by=created_at&order=desc', record: '/books/', nouns: ['books'], choices: ['skip', 'add_copies', 'merge'], unnamed: 'import.noTitle' },
  copies: { name: 'import.copyRows', more: 'import.copiesMore', go: 'import.goCopies', done: 'import.doneCopies', open: 'import.toCatalogue', list: '/catalogue', record: '', nouns: ['books'], choices: ['skip', 'merge'], unnamed: 'import.noBarcode' },
  members: { name: 'import.members', more: 'import.membersMore', go: 'import.goMembers', done: 'import.doneMembers', open: 'import.toMembers', list: '/members?sort_by=created_at&order=desc', record: '/members/', nouns: ['members'], choices: ['skip', 'merge'], unnamed: 'import.noName' },
  loans: { name: 'import.loans', more: 'import.loansMore', go: 'import.goLoans', done: 'import.doneLoans', open: 'import.toLoans', list: '/borrows', record: '', nouns: ['borrows', 'books', 'members'], choices: ['skip'], unnamed: 'import.noName' },
};

export const STATUS: Record<Status, { name: Key; tone: '' | 'pill-soon' | 'pill-over' }> = {
  reading: { name: 'import.isReading', tone: 'pill-soon' },
  ready: { name: 'import.isReady', tone: 'pill-soon' },
  writing: { name: 'import.isWriting', tone: 'pill-soon' },
  stopped: { name: 'import.isStopped', tone: 'pill-over' },
  failed: { name: 'import.hasFailed', tone: 'pill-over' },
  done: { name: 'import.isDone', tone: '' },
  undoing: { name: 'import.isUndoing', tone: 'pill-soon' },
  undone: { name: 'import.isUndone', tone: '' },
};

export const CHOICE: Record<Duplicates, Key> = { skip: 'import.skip', add_copies: 'import.addCopies', merge: 'import.merge' };

export const IMPORTS = '/imports';
export const batchPath = (id: string): string => `${IMPORTS}/${encodeURIComponent(id)}`;

/** The server is at it: asked again until it is not. */
export const isBusy = (status: Status | undefined): boolean => status === 'reading' || status === 'writing' || status === 'undoing';
const ASK_MS = 600;
export const askAgain = (status: Status | undefined): number | false => (isBusy(status) ? ASK_MS : false);

export function useBatch(id: string) {
  return useQuery<Batch, ApiError>({
    queryKey: ['imports', batchPath(id)],
    queryFn: ({ signal }) => api.get<Batch>(batchPath(id), signal),
    refetchInterval: (query) => askAgain(query.state.data?.status),
  });
}

/** What an act answers is shown at once; the lists of its rows are old. */
function heard(batch: Batch): Batch {
  client.setQueryData(['imports', batchPath(batch.id)], batch);
  changed('imports');
  return batch;
}

/** How the file is to be taken. What is not said is recognised, the columns too: they follow from encoding and delimiter. */
export interface Told {
  encoding?: string;
  delimiter?: string;
  /** The fields of the columns from the first on, parted by commas. */
  columns?: string;
  duplicates?: Duplicates;
  profile?: string;
}

/** What is told of a file and decided of its rows goes to the server one after the other. null: all has arrived. */
let telling: Promise<unknown> | null = null;

function inTurn<T>(send: () => Promise<T>): Promise<T> {
  const before = telling ? telling.catch(() => undefined) : Promise.resolve();
  const mine = before.then(send).finally(() => {
    if (telling === mine) telling = null;
  });
  telling = mine;
  return mine;
}

export const readAs = (id: string, told: Told): Promise<Batch> => inTurn(() => api.put<Batch>(batchPath(id), told)).then(heard);

const decide = (send: () => Promise<unknown>): Promise<void> => inTurn(send).then(() => changed('imports'));
export const decideRow = (id: string, row: number, choice: Duplicates): Promise<void> => decide(() => api.put(`${batchPath(id)}/rows/${row}`, { choice }));
export const decideAll = (id: string, choice: Duplicates): Promise<void> => decide(() => api.post(`${batchPath(id)}/rows`, { choice, outcome: 'duplicate' }));

/** Nothing is written before the last of these has arrived; nor when that was refused. */
export async function startBatch(id: string): Promise<Batch> {
  await telling;
  return heard(await api.post<Batch>(`${batchPath(id)}/start`));
}

export const stopBatch = (id: string): Promise<Batch> => api.post<Batch>(`${batchPath(id)}/stop`).then(heard);

export async function giveUp(id: string): Promise<void> {
  await api.delete(batchPath(id));
  client.removeQueries({ queryKey: ['imports', batchPath(id)] });
  changed('imports');
}
