/* One import at a time: the file, the dry run, the real run. Lives outside the page, so it can be left and come back to. */
import { ApiError, query, upload } from '../core/api';
import { changed } from '../core/query';
import { store } from '../core/store';

export interface ReportRow {
  row: number;
  outcome: 'imported' | 'repaired' | 'refused';
  title: string | null;
  reasons: string[];
}

/** What a CSV file was taken for. */
export interface Taken {
  encoding: string;
  delimiter: string;
  columns: { header: string; field: string | null }[];
}

export interface Report extends Taken {
  dry_run: boolean;
  format: 'csv' | 'iso2709' | 'marcxml';
  rows_read: number;
  imported: number;
  repaired: number;
  refused: number;
  copies_created: number;
  /** How many rows each reason concerns, however many rows are left out below. */
  summary: { reason: string; meaning: string; rows: number }[];
  rows: ReportRow[];
  rows_omitted: number;
}

/** What somebody said that knows better than the file tells; '' where it is to be recognised. */
export interface Told {
  encoding: string;
  delimiter: string;
  /** The fields of the columns from the first on, parted by commas. */
  columns: string;
}

export interface Run {
  file: File | null;
  step: 'choose' | 'reading' | 'report' | 'importing' | 'done' | 'failed';
  /** How much of the file has gone up, 0 to 1. */
  sent: number;
  report: Report | null;
  error: ApiError | null;
  told: Told;
  /** The file is being read once more, as it was told. */
  again: boolean;
  /** Which of the two runs failed. */
  dry: boolean;
}

const NOTHING_TOLD: Told = { encoding: '', delimiter: '', columns: '' };
const start: Run = { file: null, step: 'choose', sent: 0, report: null, error: null, told: NOTHING_TOLD, again: false, dry: true };
export const run = store<Run>(start);
const change = (part: Partial<Run>) => run.set({ ...run.get(), ...part });

let turn = 0;

/* By its name. What it is in truth, the server tells by what is in it. */
const isMarc = (file: File): boolean => /\.(mrc|marc|xml)$/i.test(file.name);

function bring(file: File, dry: boolean, told: Told, sent: (part: number) => void): Promise<Report> {
  return isMarc(file)
    ? upload<Report>(`/books/import/marc${query({ dry_run: dry })}`, file, 'application/marc', sent)
    : upload<Report>(`/books/import/csv${query({ dry_run: dry, ...told })}`, file, 'text/csv', sent);
}

function send(file: File, dry: boolean): void {
  const mine = (turn += 1);
  change({ file, step: dry ? 'reading' : 'importing', sent: 0, error: null, again: false, dry });
  bring(file, dry, run.get().told, (sent) => {
    if (turn === mine) change({ sent });
  }).then(
    (report) => {
      if (!dry) changed('books');
      if (turn === mine) change({ step: dry ? 'report' : 'done', report });
    },
    (cause: unknown) => {
      const error = cause instanceof ApiError ? cause : new ApiError(0, {});
      // A run that ended without an answer may have got far: the lists must not show what was before.
      if (!dry) changed('books');
      if (turn === mine) change({ step: 'failed', error });
    },
  );
}

/** Once more as it was told. What it was taken for before stays in sight, and stays when this cannot be. */
function readAs(file: File, told: Told): void {
  const mine = (turn += 1);
  change({ again: true });
  bring(file, true, told, () => undefined).then(
    (report) => {
      if (turn === mine) change({ step: 'report', again: false, error: null, report, told });
    },
    (cause: unknown) => {
      if (turn !== mine) return;
      const error = cause instanceof ApiError ? cause : new ApiError(0, {});
      // Read as it was told, the file has no column that is known: that is where the telling goes on.
      if (error.reason.headers === undefined) change({ again: false, error });
      else change({ again: false, error, step: 'failed', dry: true, told });
    },
  );
}

export const importer = {
  choose(file: File): void {
    change({ told: NOTHING_TOLD });
    send(file, true);
  },
  /** Other columns follow from another delimiter, and other headers from another encoding. */
  tell(part: Partial<Told>): void {
    const { file, told } = run.get();
    if (file) readAs(file, { ...told, columns: '', ...part });
  },
  commit(): void {
    const { file } = run.get();
    if (file) send(file, false);
  },
  again(): void {
    const { file, dry } = run.get();
    if (file) send(file, dry);
  },
  reset(): void {
    turn += 1;
    run.set(start);
  },
};
