/* The file on its way to the server. It lives outside the page, so one can go on working elsewhere meanwhile. */
import { ApiError, query, upload } from '../core/api';
import { changed } from '../core/query';
import { store } from '../core/store';
import { type Batch, IMPORTS, type Kind } from './import_batch';
import { keepStart } from './import_sample';

export interface Upload {
  file: File | null;
  kind: Kind;
  profile: string;
  /** How much has gone up, 0 to 1. */
  sent: number;
  error: ApiError | null;
  /** What became of it, until the page has gone there. */
  made: string | null;
}

const NOTHING: Upload = { file: null, kind: 'titles', profile: '', sent: 0, error: null, made: null };
export const uploading = store<Upload>(NOTHING);
const change = (part: Partial<Upload>) => uploading.set({ ...uploading.get(), ...part });

let turn = 0;

/* By its name. What it is in truth, the server tells by what is in it. */
const typeOf = (file: File): string => (/\.(mrc|marc|xml)$/i.test(file.name) ? 'application/marc' : 'text/csv');

export const uploader = {
  choose: (kind: Kind, profile: string): void => change({ kind, profile, error: null }),
  send(file: File): void {
    const mine = (turn += 1);
    const { kind, profile } = uploading.get();
    change({ file, sent: 0, error: null, made: null });
    upload<Batch>(`${IMPORTS}${query({ kind, profile, name: file.name })}`, file, typeOf(file), (sent) => {
      if (turn === mine) change({ sent });
    }).then(
      (batch) => {
        keepStart(batch.id, file);
        changed('imports');
        if (turn === mine) uploading.set({ ...NOTHING, kind, made: batch.id });
      },
      (cause: unknown) => {
        if (turn === mine) change({ error: cause instanceof ApiError ? cause : new ApiError(0, {}) });
      },
    );
  },
  again(): void {
    const { file } = uploading.get();
    if (file) uploader.send(file);
  },
  /** The page has shown what became of it; or another file is wanted. */
  reset(): void {
    turn += 1;
    uploading.set({ ...NOTHING, kind: uploading.get().kind });
  },
};
