// Our server, as functions that give JSON or throw a Problem. The page never uses /api/v1: /page/v1 is the same set of
// routes for the page's own cookie, outside the limit of 100 calls a minute.
const ROOT = '/page/v1';

export class Problem extends Error {
  // `message` is for people and comes from the server; `status` 0 means that the server could not be reached.
  constructor({ status = 0, code = 'unreachable', message = '', retryAfter = null, body = {} }) {
    super(message);
    this.status = status;
    this.code = code;
    this.retry_after = retryAfter;
    this.body = body;
  }
}

export const get = (path, options) => call('GET', path, undefined, options);
export const post = (path, body = {}, options) => call('POST', path, body, options);
export const put = (path, body, options) => call('PUT', path, body, options);
export const patch = (path, body, options) => call('PATCH', path, body, options);
export const remove = (path, options) => call('DELETE', path, undefined, options);
// A file as it is; its name goes into the address.
export const upload = (path, file, { signal } = {}) => answered(ROOT + path, {
  method: 'POST', signal, body: file, headers: { Accept: 'application/json', 'Content-Type': file.type || 'application/octet-stream' },
});
export const url = (path) => ROOT + path;

async function call(method, path, body, { signal, accept = 'application/json' } = {}) {
  const headers = { Accept: accept };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  return answered(ROOT + path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
}

async function answered(address, options) {
  const response = await reach(address, options);
  if (!response.ok) throw await problem(response);
  if (response.status === 204) return null;
  const type = response.headers.get('Content-Type') ?? '';
  return type.includes('json') ? response.json() : response.text();
}

async function reach(address, options) {
  try {
    return await fetch(address, { ...options, credentials: 'same-origin' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem({});
  }
}

async function problem(response) {
  // A session that has ended sends the whole page to sign-in, as a page request would; what was typed is kept.
  if (response.status === 401) location.assign('/sign-in?next=' + encodeURIComponent(location.pathname + location.search));
  const body = await response.json().catch(() => ({}));
  const wait = response.headers.get('Retry-After');
  return new Problem({
    status: response.status,
    code: body.code ?? 'unexpected',
    message: body.message ?? body.detail ?? '',
    retryAfter: wait === null ? null : Number(wait),
    body,
  });
}
