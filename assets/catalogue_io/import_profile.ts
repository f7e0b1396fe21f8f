/* How somebody's files are to be taken, told once and kept under a name. */
import { api } from '../core/api';
import { changed, useGet } from '../core/query';
import type { Batch, Duplicates, Kind } from './import_batch';

export interface Profile {
  id: string;
  name: string;
  kind: Kind;
  /** Comes with Carrel: recognised by its headers, and never changed. */
  built_in: boolean;
  encoding: string | null;
  delimiter: string | null;
  /** Lines of a header, a tab and a field; without a field: left out. */
  columns: string;
  duplicates: Duplicates;
}

const PROFILES = '/imports/profiles';

export const useProfiles = () => useGet<{ data: Profile[] }>('imports', PROFILES);

/** `said`: of encoding and delimiter, what is not to be recognised anew with each file. */
export async function saveProfile(name: string, { kind, columns, duplicates }: Batch, said: { encoding?: string; delimiter?: string } = {}): Promise<void> {
  const lines = columns.map(({ header, field }) => (field ? `${header}\t${field}` : header)).join('\n');
  await api.post(PROFILES, { name, kind, columns: lines, duplicates, ...said });
  changed('imports');
}

export async function removeProfile(id: string): Promise<void> {
  await api.delete(`${PROFILES}/${encodeURIComponent(id)}`);
  changed('imports');
}
