/* A list of notices that is looked at again while something in it is on its way. */
import { useQuery } from '@tanstack/preact-query';
import { api, type ApiError, type List, type Params, query } from '../core/api';
import type { Notice } from './notice';

const SOON_MS = 2_000;
const LATER_MS = 30_000;

/** About to leave, or leaving now. */
const isUnderWay = ({ state, send_at: from }: Notice): boolean => state === 'claimed' || (state === 'waiting' && new Date(from).getTime() <= Date.now());

export function useNotices(path: string, params: Params) {
  return useQuery<List<Notice>, ApiError>({
    queryKey: ['notices', path, params],
    queryFn: ({ signal }) => api.get<List<Notice>>(path + query(params), signal),
    placeholderData: (previous, asked) => (asked && asked.queryKey[1] === path ? previous : undefined),
    refetchInterval: (asked) => (asked.state.data?.data.some(isUnderWay) ? SOON_MS : LATER_MS),
  });
}
