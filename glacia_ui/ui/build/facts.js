// "+31 −12", in the colours of a diff; the signs carry the meaning too.
import { h } from '../lib/dom.js';

export const plusMinus = (added, removed) => [h('span.add', {}, `+${added}`), ' ', h('span.del', {}, `−${removed}`)];
