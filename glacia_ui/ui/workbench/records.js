// What a previewed page says about itself. It is hostile text: whatever is not exactly of this shape is nothing, and what is
// can only make its own version look broken.
//   {glacia: 'preview', error: {kind, message, file, line, column}}   {glacia: 'preview', loaded: true}
const KINDS = new Set(['error', 'rejection', 'missing', 'unreadable', 'outside', 'console']);
const LONGEST = 500; // characters of one text, as on the server
const LARGEST = 1_000_000_000;

// → {loaded: true}, {error} or null
export function readRecord(data) {
  if (data === null || typeof data !== 'object' || data.glacia !== 'preview') return null;
  if (data.loaded === true) return { loaded: true };
  const { error } = data;
  if (error === null || typeof error !== 'object' || !KINDS.has(error.kind)) return null;
  if (!isText(error.message) || !(error.file === null || isText(error.file))) return null;
  if (![error.line, error.column].every((value) => value === null || isNumber(value))) return null;
  return { error: { kind: error.kind, message: storable(error.message), file: error.file && storable(error.file), line: error.line, column: error.column } };
}

const isText = (value) => typeof value === 'string' && value.length <= LONGEST;
const isNumber = (value) => Number.isInteger(value) && value >= 0 && value < LARGEST;

// Without NUL and halves of characters, which no database keeps.
const storable = (text) => text.replace(/\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
