/* Programs elsewhere that are told what happens: the list of them, and what became of what they were told. */
import { api } from '../core/api';
import type { Key } from '../core/messages';
import { changed } from '../core/query';

export interface Webhook {
  id: string;
  name: string;
  url: string;
  /** Types, or "*" alone. */
  events: string[];
  enabled: boolean;
  failures: number;
  rest_until: string | null;
  last_ok_at: string | null;
  waiting: number;
  dead: number;
  version: number;
}

export type DeliveryState = 'waiting' | 'sent' | 'dead';

export interface Delivery {
  id: string;
  webhook: { id: string; name: string };
  type: string;
  state: DeliveryState;
  tries: number;
  next_try_at: string | null;
  status: number | null;
  problem: string | null;
  created_at: string;
  ended_at: string | null;
}

export interface EventType {
  type: string;
  meaning: string;
}

export interface Tested {
  ok: boolean;
  status: number | null;
  problem: string | null;
}

export interface Facts {
  name: string;
  url: string;
  events: string[];
}

interface WithSecret {
  webhook: Webhook;
  secret: string;
}

export const ALL = '*';
export const STATE: Record<DeliveryState, Key> = { waiting: 'hooks.waiting', sent: 'hooks.sent', dead: 'hooks.dead' };

async function told<T>(act: Promise<T>): Promise<T> {
  const result = await act;
  changed('webhooks', 'audit');
  return result;
}

const at = (id: string): string => `/webhooks/${encodeURIComponent(id)}`;

export const addWebhook = (facts: Facts): Promise<WithSecret> => told(api.post<WithSecret>('/webhooks', facts));
export const updateWebhook = (hook: Webhook, facts: Partial<Facts & { enabled: boolean }>): Promise<Webhook> => told(api.put<Webhook>(at(hook.id), facts, hook.version));
export const removeWebhook = (id: string): Promise<unknown> => told(api.delete(at(id)));
export const renewSecret = (id: string): Promise<WithSecret> => told(api.post<WithSecret>(`${at(id)}/secret`));
export const testWebhook = (id: string): Promise<Tested> => told(api.post<Tested>(`${at(id)}/test`));
export const sendAgain = (id: string): Promise<Delivery> => told(api.post<Delivery>(`/webhooks/deliveries/${encodeURIComponent(id)}/send`));
