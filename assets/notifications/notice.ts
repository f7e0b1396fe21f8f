/* A notice as the API gives it, its words, and the acts on it. */
import { api, type List, type Params, query } from '../core/api';
import { type Key, t } from '../core/messages';
import { changed } from '../core/query';

export type Channel = 'app' | 'email' | 'sms';
export type NoticeState = 'waiting' | 'claimed' | 'sent' | 'failed' | 'unsure' | 'dropped';

export interface Notice {
  id: string;
  /** Without an id: forgotten. */
  member: { id: string | null; name: string | null } | null;
  kind: string;
  channel: Channel;
  state: NoticeState;
  subject: string | null;
  body: string | null;
  address?: string | null;
  created_at: string;
  created_by?: string;
  send_at: string;
  claimed_at: string | null;
  ended_at: string | null;
  read_at: string | null;
  tries: number;
  problem?: string | null;
  book: { id: string | null; title: string | null } | null;
}

export interface ChannelState {
  channel: Channel;
  on: boolean;
  why_off: string | null;
  waiting: number;
  failed: number;
  last_sent_at: string | null;
  last_problem: string | null;
  last_problem_at: string | null;
}

/** What there is to be told, and what may be said in it. */
export interface Kind {
  kind: string;
  summary: string;
  channels: Channel[];
  urgent: boolean;
  /** May a reader say no to it? */
  chosen: boolean;
  placeholders: { name: string; meaning: string }[];
}

export const NOTICES = '/notifications';
export const CHANNELS_PATH = `${NOTICES}/channels`;
export const KINDS_PATH = `${NOTICES}/kinds`;
export const ofMember = (member: string): string => `${NOTICES}/member/${encodeURIComponent(member)}`;
const one = (id: string): string => `${NOTICES}/${encodeURIComponent(id)}`;

export const CHANNELS: Channel[] = ['app', 'email', 'sms'];
export const CHANNEL: Record<Channel, Key> = { app: 'notice.app', email: 'notice.email', sms: 'notice.sms' };

export const STATE: Record<NoticeState, { name: Key; tone: string }> = {
  waiting: { name: 'notice.waiting', tone: '' },
  claimed: { name: 'notice.claimed', tone: '' },
  sent: { name: 'notice.sent', tone: '' },
  failed: { name: 'notice.failed', tone: 'pill-over' },
  unsure: { name: 'notice.unsure', tone: 'pill-soon' },
  dropped: { name: 'notice.dropped', tone: '' },
};

/** What a notice is about. One that is not here is called as the server calls it. */
const KIND: Record<string, Key> = {
  due_soon: 'notice.dueSoon',
  overdue: 'notice.overdue',
  hold_ready: 'notice.holdReady',
  hold_expiring: 'notice.holdExpiring',
  hold_ended: 'notice.holdEnded',
  hold_waits_again: 'notice.holdWaitsAgain',
  hold_cancelled: 'notice.holdCancelled',
  title_available: 'notice.titleAvailable',
  due_date_moved: 'notice.dueDateMoved',
  membership_expiring: 'notice.membershipExpiring',
  receipt: 'notice.receipt',
  password_code: 'notice.passwordCode',
  message: 'notice.message',
  digest: 'notice.digest',
};
export const kindName = (kind: string): string => {
  const key = KIND[kind];
  return key ? t(key) : kind;
};

/** What may be done with one, by somebody of the staff. */
export const maySendAgain = ({ state }: Notice): boolean => state === 'failed' || state === 'unsure' || state === 'dropped';

export async function sendAgain(notice: Notice): Promise<void> {
  await api.post(`${one(notice.id)}/send`);
  changed('notices');
}

export async function drop(notice: Notice): Promise<void> {
  await api.delete(one(notice.id));
  changed('notices');
}

export async function read(notice: Notice): Promise<void> {
  await api.put(`${one(notice.id)}/read`, {});
  changed('notices');
}

export async function readAll(member: string): Promise<void> {
  await api.put(`${ofMember(member)}/read`, {});
  changed('notices');
}

export interface Sent {
  queued: number;
  without_address: { id: string; name: string }[];
}

export async function sendMessage(body: Record<string, unknown>): Promise<Sent> {
  const sent = await api.post<Sent>(`${NOTICES}/send`, body);
  changed('notices');
  return sent;
}

/** How many there are of these. */
export const countOf = async (params: Params, signal?: AbortSignal): Promise<number> =>
  (await api.get<List<Notice>>(NOTICES + query({ ...params, limit: 1 }), signal)).meta.total;

/* ---------- templates ---------- */

/** The words in force. `language` is another one than was asked for, where there are none in that. */
export interface Template {
  kind: string;
  channel: Channel;
  language: string;
  subject: string | null;
  body: string;
  is_own: boolean;
  version: number;
}

export interface Preview {
  subject: string | null;
  text: string;
  problems: string[];
}

export const TEMPLATES = `${NOTICES}/templates`;

export async function saveTemplate(facts: Record<string, string>): Promise<void> {
  await api.put(TEMPLATES, facts);
  changed('notices', 'audit');
}

/** Back to the program's words. */
export async function forgetTemplate({ kind, channel, language }: Template): Promise<void> {
  await api.delete(`${TEMPLATES}/${[kind, channel, language].map(encodeURIComponent).join('/')}`);
  changed('notices', 'audit');
}

/** What a template becomes, filled with an example. Nothing changes by it. */
export const previewTemplate = (facts: Record<string, string>, member = ''): Promise<Preview> => api.post<Preview>(`${TEMPLATES}/preview${query({ member_id: member })}`, facts);

/* ---------- what a reader wants ---------- */

export interface Wish {
  kind: string;
  channel: Channel;
  wanted: boolean;
  is_own: boolean;
}

export interface Preferences {
  language: string | null;
  preferences: Wish[];
}

export const preferencesPath = (member: string): string => `${NOTICES}/preferences/${encodeURIComponent(member)}`;

export async function savePreferences(member: string, language: string | null, wishes: Omit<Wish, 'is_own'>[]): Promise<Preferences> {
  const kept = await api.put<Preferences>(preferencesPath(member), { language, preferences: wishes });
  changed('notices');
  return kept;
}
