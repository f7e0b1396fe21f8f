/* The one place that talks to the server. Everything a page does goes through the public REST API. */
import { heardDate } from './clock';
import { connection } from './connection';
import { askToSignIn, me, type Me } from './door';
import { t } from './messages';
import { said } from './server_words';

const BASE = '/api/v1';

export interface FieldError {
  loc: (string | number)[];
  msg: string;
  type: string;
}

interface ErrorBody {
  detail?: string;
  error_code?: string;
  correlation_id?: string;
  reason?: Record<string, unknown>;
  validation_errors?: FieldError[];
}

/** What went wrong, in the server's words; said in the reader's language. `status` 0: no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly reference: string;
  readonly reason: Record<string, unknown>;
  readonly fields: FieldError[];
  /** Seconds until it makes sense to try again; 0: the server has not said. */
  readonly wait: number;

  constructor(status: number, body: ErrorBody, wait = 0) {
    super(body.detail ? said(body.detail) : t('error.unexpected'));
    this.status = status;
    this.code = body.error_code || '';
    this.reference = body.correlation_id || '';
    this.reason = body.reason || {};
    this.fields = body.validation_errors || [];
    this.wait = wait;
  }

  /** The message for one member of the body, or undefined. */
  field(name: string): string | undefined {
    const hit = this.fields.find((f) => f.loc[f.loc.length - 1] === name);
    return hit ? said(hit.msg) : undefined;
  }
}

export interface ListMeta {
  total: number;
  limit: number;
  offset: number;
  has_more: boolean;
  next_cursor: string | null;
  previous_cursor: string | null;
  last_cursor: string | null;
}

export interface List<T> {
  data: T[];
  meta: ListMeta;
}

export type Params = Record<string, string | number | boolean | null | undefined>;

export function query(params: Params): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) out.set(name, String(value));
  }
  const text = out.toString();
  return text ? `?${text}` : '';
}

/** A key for Idempotency-Key, for one act however often it is tried. Not crypto.randomUUID: that needs HTTPS, and libraries run plain HTTP. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

function errorFrom(status: number, text: string, retryAfter: string | null): ApiError {
  let body: ErrorBody = {};
  try {
    body = JSON.parse(text) as ErrorBody;
  } catch {
    /* not JSON: a proxy, or the connection broke half way */
  }
  return new ApiError(status, body, Number(retryAfter) || 0);
}

function noAnswer(): ApiError {
  connection.lost();
  return new ApiError(0, { detail: t('error.noAnswer'), error_code: 'NO_ANSWER' });
}

/** May the refused request be sent again? The session was over and somebody has signed in; or another tab has begun a new one. */
async function isMended(error: ApiError, method: string, path: string): Promise<boolean> {
  const before = me.get();
  if (error.code === 'UNAUTHENTICATED') return before !== null && before.account !== null && askToSignIn(method !== 'GET');
  if (error.code !== 'CSRF_TOKEN_MISSING' && error.code !== 'CSRF_TOKEN_WRONG') return false;
  const now = await api.get<Me>('/auth/me');
  me.set(now);
  // What one person has asked for is not done in the name of another.
  const isSame = now.account?.id === before?.account?.id || path === '/auth/login' || path === '/auth/logout';
  return isSame && now.csrf_token !== before?.csrf_token;
}

/** Sends until there is an answer that stands. */
async function sendUntilDone<T>(method: string, path: string, send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (cause) {
      if (!(cause instanceof ApiError) || !(await isMended(cause, method, path))) throw cause;
    }
  }
}

/** What every unsafe request of a signed-in browser carries. */
export function proof(): Record<string, string> {
  const token = me.get()?.csrf_token;
  return token ? { 'X-CSRF-Token': token } : {};
}

interface Extra {
  body?: unknown;
  /** Bytes as they are, of their own type, instead of `body`. */
  file?: Blob;
  version?: number | undefined;
  signal?: AbortSignal | undefined;
  how?: Try | undefined;
}

/** How often and how long: for acts that are tried again later. */
export interface Try {
  /** The Idempotency-Key of all tries. */
  key?: string;
  /** Milliseconds after which there was no answer. */
  patience?: number;
}

/** Ends the request after the patience of a try; one without patience, when its caller says so. */
function limited({ signal, how }: Extra): { signal: AbortSignal | null; isOver: () => boolean; done: () => void } {
  if (!how?.patience) return { signal: signal ?? null, isOver: () => false, done: () => undefined };
  const own = new AbortController();
  const timer = window.setTimeout(() => own.abort(), how.patience);
  return { signal: own.signal, isOver: () => own.signal.aborted, done: () => window.clearTimeout(timer) };
}

async function sendOnce<T>(method: string, path: string, headers: Record<string, string>, extra: Extra): Promise<T> {
  let response: Response;
  let text: string;
  const limit = limited(extra);
  try {
    response = await fetch(BASE + path, {
      method,
      headers: method === 'GET' ? headers : { ...headers, ...proof() },
      credentials: 'same-origin',
      body: extra.file || (extra.body === undefined ? null : JSON.stringify(extra.body)),
      signal: limit.signal,
    });
    text = await response.text();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError' && !limit.isOver()) throw cause;
    throw noAnswer();
  } finally {
    limit.done();
  }
  connection.found();
  heardDate(response.headers.get('Date'));
  if (!response.ok) throw errorFrom(response.status, text, response.headers.get('Retry-After'));
  if (response.status === 204 || text === '') return undefined as T;
  return JSON.parse(text) as T;
}

function call<T>(method: string, path: string, extra: Extra = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (extra.file) headers['Content-Type'] = extra.file.type;
  else if (extra.body !== undefined) headers['Content-Type'] = 'application/json';
  // One key for all tries: whatever was done the first time is not done again.
  if (method === 'POST') headers['Idempotency-Key'] = extra.how?.key || newKey();
  if (extra.version !== undefined) headers['If-Match'] = `"${extra.version}"`;
  return sendUntilDone(method, path, () => sendOnce<T>(method, path, headers, extra));
}

export const api = {
  get: <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, { signal }),
  /** For what is only offered while somebody types: never brings up the sign-in in the middle of a scan. */
  peek: <T>(path: string) => sendOnce<T>('GET', path, { Accept: 'application/json' }, {}),
  /** Given up after so many milliseconds: as if nobody had answered. */
  getSoon: <T>(path: string, patience: number) => call<T>('GET', path, { how: { patience } }),
  postAs: <T>(path: string, body: unknown, how: Try) => call<T>('POST', path, { body, how }),
  post: <T>(path: string, body: unknown = {}, version?: number) => call<T>('POST', path, { body, version }),
  put: <T>(path: string, body: unknown, version?: number) => call<T>('PUT', path, { body, version }),
  putFile: <T>(path: string, file: Blob) => call<T>('PUT', path, { file }),
  patch: <T>(path: string, body: unknown, version?: number) => call<T>('PATCH', path, { body, version }),
  delete: (path: string, version?: number) => call<void>('DELETE', path, { version }),
};

/** Send a file as it is, telling how much has gone up. fetch() cannot say that; XMLHttpRequest can. */
export function upload<T>(path: string, file: Blob, type: string, progress: (part: number) => void): Promise<T> {
  return sendUntilDone('POST', path, () => uploadOnce<T>(path, file, type, progress));
}

function uploadOnce<T>(path: string, file: Blob, type: string, progress: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', BASE + path);
    for (const [name, value] of Object.entries({ 'Content-Type': type, Accept: 'application/json', ...proof() })) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () => reject(noAnswer());
    request.onload = () => {
      connection.found();
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(errorFrom(request.status, request.responseText, request.getResponseHeader('Retry-After')));
    };
    request.send(file);
  });
}
