// What the conversation shows, as plain values: each request with its answer, and each version that nobody had to ask for.
import { waiting } from '../build/rules.js';

export function itemsOf(store) {
  const turns = turnsOf(store.messages);
  const versions = store.snapshots.filter((snapshot) => snapshot.kind !== 'generation').map((snapshot) => ({
    key: `version-${snapshot.number}`, at: snapshot.created_at, snapshot: { ...snapshot, health: undefined }, // kept up to date by itself
  }));
  const line = waiting(store.generations);
  const items = [...turns, ...versions].sort((a, b) => place(a, line) - place(b, line) || Date.parse(a.at) - Date.parse(b.at) || order(a) - order(b));
  const limit = store.me?.quota.limit ?? 0;
  return items.map((item, index) => ({
    ...item,
    limit,
    latest: store.latest,
    thoughtFor: item.generation ? store.thoughts.get(item.generation.id) ?? null : null,
    draft: item.generation ? store.drafts.get(item.generation.id) ?? null : null,
    isLast: items.slice(index + 1).every((later) => later.generation?.status === 'queued'),
    isHeld: store.project.is_held,
    line: line.length,
    isBusy: store.isBusy,
    isRunning: store.generations.some((generation) => generation.status === 'running'),
  }));
}

// What waits stands at the end, in the order of the line; everything else at the time when it happened.
const place = (item, line) => line.findIndex((generation) => generation.id === item.generation?.id);

const order = (item) => (item.snapshot ? 0 : 1);

function turnsOf(messages) {
  const turns = new Map();
  for (const message of messages) {
    const key = message.generation?.id ?? message.id;
    const turn = turns.get(key) ?? { key, at: message.generation?.started_at ?? message.created_at, generation: message.generation, request: null, reply: null };
    if (message.role === 'user') turn.request = message;
    else turn.reply = message;
    turns.set(key, turn);
  }
  return [...turns.values()];
}
