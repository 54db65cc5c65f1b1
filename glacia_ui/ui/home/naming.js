// A project's first name, taken from what was asked for: "Please make us a page for our choir: date, …" → "Page for our choir".
const LONGEST = 60;
const ASKING = /^(please[,\s]+)?((can|could|would) you\s+)?(please\s+)?((i|we)('d| would)? (want|need|like)\s+(to have\s+)?)?((make|build|create|design|write|generate)\s+)?((me|us)\s+)?((a|an|the)\s+)?/i;

export function nameFrom(prompt, fallback) {
  const sentence = prompt.trim().split(/[\n:;!?]|\.(?=\s|$)/u)[0].replace(/\s+/gu, ' ').trim();
  const asked = sentence.replace(ASKING, '').trim() || sentence;
  const name = shorten(asked);
  return name ? name[0].toLocaleUpperCase() + name.slice(1) : fallback;
}

function shorten(text) {
  if (text.length <= LONGEST) return text;
  const cut = text.slice(0, LONGEST);
  const end = cut.lastIndexOf(' ');
  return `${(end > LONGEST / 2 ? cut.slice(0, end) : cut).replace(/[,\s]+$/u, '')}…`;
}
