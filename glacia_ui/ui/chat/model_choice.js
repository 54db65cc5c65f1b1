// Which model answers, with its price next to it. Remembered per project in this browser; without a choice it is the
// default of whoever runs this Glacia.
import { createSelect } from '../build/select.js';
import { show } from '../lib/dom.js';
import { forget, store as keep, stored } from '../lib/stored.js';

const nameOf = (projectId) => `gl-model:${projectId}`;

// The model that was chosen for a project, or undefined for the default.
export const chosenModel = (projectId) => stored(nameOf(projectId), undefined);

// `onchange()` is told of a choice. Returns {element}.
export function createModelChoice({ store, t }, onchange) {
  const select = createSelect({ label: t('model'), onchange: choose });
  const { element } = select;
  let models = [];
  element.classList.add('gl-model');
  show(element, false);

  function choose(id) {
    if (models.find((model) => model.id === id)?.is_default) forget(nameOf(store.id));
    else keep(nameOf(store.id), id);
    onchange();
  }

  // A model that is not offered any more must not stand in the way of the next request.
  async function load() {
    models = await store.server.models().catch(() => []);
    const chosen = models.find((model) => model.id === chosenModel(store.id));
    if (models.length > 0 && !chosen) forget(nameOf(store.id));
    show(element, models.length > 0);
    select.fill(models.map((model) => ({ value: model.id, label: label(model) })), (chosen ?? models.find((model) => model.is_default))?.id ?? null);
    element.title = t(models.some((model) => model.is_simulated) ? 'model_title_simulated' : 'model_title');
  }

  const price = (amount) => `$${Number(amount) < 1 ? Number(amount).toFixed(2) : Number(amount)}`;
  const label = (model) => t('model_price', { name: model.name.replace(/^Claude /, ''), input: price(model.input_usd_per_mtok), output: price(model.output_usd_per_mtok) });

  store.on('status', (status) => { if (status === 'ready') load(); });
  return { element };
}
