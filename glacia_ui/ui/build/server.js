// What the build page asks of the server: one function per question, so that addresses and shapes stand in one place.
import * as api from '../lib/api.js';
import { chosenModel } from '../chat/model_choice.js';

const at = (path, snapshot) => (snapshot === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}snapshot=${snapshot}`);
const encoded = (path) => path.split('/').map(encodeURIComponent).join('/');

export function serverFor(projectId) {
  const base = `/projects/${encodeURIComponent(projectId)}`;
  return {
    project: () => api.get(base),
    messages: () => api.get(`${base}/messages?render=html`),
    snapshots: () => api.get(`${base}/snapshots`),
    me: () => api.get('/me'),
    begin: (prompt, mode, key, attachments) => api.post(`${base}/generations`, { prompt, mode, model: chosenModel(projectId), attachments, idempotency_key: key }),
    attach: (file, signal) => api.upload(`${base}/attachments?name=${encodeURIComponent(file.name)}`, file, { signal }),
    dropAttachment: (id) => api.remove(`/attachments/${id}`),
    hasAttachment: (id) => api.get(`/attachments/${id}`, { accept: '*/*' }).then(() => true, (problem) => problem.status !== 404),
    models: () => api.get('/models'),
    quote: (wanted, signal) => api.post(`${base}/quote`, wanted, { signal }),
    generation: (id) => api.get(`/generations/${id}`),
    change: (id, change) => api.patch(`/generations/${id}`, change),
    replay: (id) => api.get(`/generations/${id}/replay?render=html`),
    cancel: (id) => api.post(`/generations/${id}/cancel`),
    drafts: () => api.get(`${base}/generation-drafts`),
    keepDraft: (id) => api.post(`/generations/${id}/draft/keep`),
    discardDraft: (id) => api.post(`/generations/${id}/draft/discard`),
    proceed: () => api.post(`${base}/generations/continue`),
    forgetDraft: () => api.put(`${base}/draft`, { prompt: null }),
    restore: (snapshot) => api.post(`${base}/restore`, { snapshot }),
    noteHealth: (snapshot, errors) => api.post(`${base}/snapshots/${snapshot}/health`, { errors }),
    fix: (snapshot, key) => api.post(`${base}/fix`, { snapshot, idempotency_key: key }),
    files: (snapshot) => api.get(at(`${base}/files`, snapshot)),
    locks: () => api.get(`${base}/locks`),
    lock: (path, isLocked) => (isLocked ? api.put : api.remove)(`${base}/locks/${encoded(path)}`),
    highlighted: (path, snapshot) => api.get(at(`${base}/files/${encoded(path)}?highlight=html`, snapshot)),
    text: (path, snapshot) => api.get(at(`${base}/files/${encoded(path)}`, snapshot), { accept: 'text/plain' }),
    diff: (from, to) => api.get(`${base}/diff?from=${from}&to=${to}`),
    preview: (snapshot) => api.get(at(`${base}/preview`, snapshot)),
    eventsUrl: (id, after) => api.url(`/generations/${id}/events?render=html&after=${after}`),
  };
}
