/* How somebody's files are to be taken, told once and kept under a name. */
import { api } from '../core/api';
import { changed, useGet } from '../core/query';
import type { Batch, Column, Duplicates, Kind } from './import_batch';

export interface Profile {
  id: string;
  name: string;
  kind: Kind;
  /** Comes with Carrel: recognised by its headers, and never changed. */
  built_in: boolean;
  encoding: string | null;
  delimiter: string | null;
  columns: Column[];
  duplicates: Duplicates;
}

const PROFILES = '/imports/profiles';

export const useProfiles = () => useGet<{ data: Profile[] }>('imports', PROFILES);

export async function saveProfile(name: string, { kind, columns, encoding, delimiter, duplicates }: Batch): Promise<void> {
  await api.post(PROFILES, { name, kind, columns, duplicates, ...(encoding ? { encoding } : {}), ...(delimiter ? { delimiter } : {}) });
  changed('imports');
}

export async function removeProfile(id: string): Promise<void> {
  await api.delete(`${PROFILES}/${encodeURIComponent(id)}`);
  changed('imports');
}
