// What the home page asks of the server.
import * as api from '../lib/api.js';

export const listProjects = () => api.get('/projects');
export const listTemplates = () => api.get('/templates');
export const createProject = (name, template) => api.post('/projects', template ? { name, template } : { name });
export const renameProject = (id, name) => api.patch(`/projects/${id}`, { name });
export const deleteProject = (id) => api.remove(`/projects/${id}`);
export const previewUrl = (id) => api.get(`/projects/${id}/preview`).then((answer) => answer.url);
export const begin = (id, prompt, key) => api.post(`/projects/${id}/generations`, { prompt, idempotency_key: key });
export const addressOf = (project) => `/build?project=${project.id}`;
