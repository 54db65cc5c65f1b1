// First in every previewed page, with the storage: tells the page around it what goes wrong here, in small records of text.
// That page is unknown to this one and believes nothing else of it: records may be forged, and then only this version suffers.
(() => {
  const base = /^[^?#]*?\/preview\/[^/?#]+\//.exec(location.href)?.[0];
  if (window.parent === window || !base) return;
  const MOST = 20;
  const DETAILS = 5;
  const LONGEST = 500;
  const { parent } = window;
  const isMissing = document.currentScript?.dataset.missing !== undefined;
  const request = window.fetch.bind(window);
  let told = 0;
  let logged = 0;

  const post = (record) => { parent.postMessage({ glacia: 'preview', ...record }, '*'); };
  const words = (value, longest = LONGEST) => {
    try { return String(value).slice(0, longest); } catch { return ''; }
  };
  const tell = (kind, message = '', file = null, line = null, column = null) => {
    told += 1;
    if (told > MOST) return;
    post({ error: { kind, message: words(words(message, 10 * LONGEST).replaceAll(base, '')), file: file && words(file), line: line || null, column: column || null } });
  };
  const isOwn = (address) => address.startsWith(base);
  // A path in the project; what lies elsewhere on this server, as if from its root; else the whole address.
  const pathOf = (address) => {
    const [plain] = address.split(/[?#]/);
    if (!isOwn(plain)) return plain.startsWith(`${location.origin}/`) ? plain.slice(location.origin.length) : plain;
    const path = plain.slice(base.length).replace(/(^|\/)$/, '$1index.html');
    try { return decodeURIComponent(path); } catch { return path; }
  };
  const placeOf = (stack) => {
    const found = /(https?:\/\/[^\s()]+):(\d+):(\d+)/.exec(words(stack));
    return found ? [pathOf(found[1]), Number(found[2]), Number(found[3])] : [];
  };

  // Whether a file of ours is missing, or there and of no use; nothing if the network is at fault.
  const examine = async (address) => {
    const answer = await request(address, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    if (answer?.status === 404) tell('missing', '', pathOf(address));
    else if (answer?.ok) tell('unreadable', '', pathOf(address));
  };
  // A module also fails when one that it imports does: which one, is found by reading them. True when something was told;
  // what is imported from elsewhere tells itself.
  const examineModule = async (address, seen) => {
    if (seen.has(address) || seen.size >= MOST) return false;
    seen.add(address);
    const answer = await request(address).catch(() => null);
    if (answer?.status === 404) {
      tell('missing', '', pathOf(address));
      return true;
    }
    const code = answer?.ok ? await answer.text() : '';
    const imported = [...code.matchAll(/\b(?:from|import)\s*\(?\s*["']((?:\.{0,2}\/|https?:)[^"'\s]+)["']/g)].map(([, from]) => {
      try { return new URL(from, address).href; } catch { return ''; }
    });
    let isTold = imported.some((each) => each && !isOwn(each));
    for (const each of imported.filter(isOwn)) isTold = await examineModule(each, seen) || isTold;
    return isTold;
  };
  const failed = async (element) => {
    const link = element.href?.baseVal ?? element.href;
    const address = words(element.currentSrc || element.src || link || element.data || '');
    if (!isOwn(address)) return;
    if (element.type !== 'module' || !await examineModule(address, new Set())) examine(address);
  };
  addEventListener('error', (event) => {
    if (event.target !== window) return event.target instanceof Element && failed(event.target);
    // A remark of the browser, after which all goes on.
    if (/^ResizeObserver loop/.test(event.message)) return null;
    return tell('error', words(event.message).replace(/^Uncaught /, ''),
      event.filename ? pathOf(event.filename) : null, event.lineno, event.colno);
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => {
    const isError = reason instanceof Error || reason instanceof DOMException;
    // What a preview may not do is no fault of the page.
    if (isError && ['NotAllowedError', 'AbortError'].includes(reason.name)) return;
    tell('rejection', isError ? `${reason.name}: ${reason.message}` : reason, ...placeOf(reason?.stack));
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    const isLoading = /^(script|style|img|font|media|connect|frame)-src/.test(event.effectiveDirective);
    if (isLoading && /^https?:/.test(event.blockedURI)) tell('outside', '', pathOf(event.blockedURI));
  });
  window.fetch = async (...given) => {
    const answer = await request(...given);
    if (answer.status === 404 && isOwn(answer.url)) tell('missing', '', pathOf(answer.url));
    return answer;
  };
  const log = console.error.bind(console);
  console.error = (...values) => {
    log(...values);
    logged += 1;
    if (logged <= DETAILS) tell('console', values.map((value) => (value instanceof Error ? `${value.name}: ${value.message}` : value)).map((value) => words(value)).join(' '));
  };

  // Pictures and fonts that styles name: of one that is missing the browser tells nobody.
  const named = (css, from) => [...css.matchAll(/url\((["']?)(.*?)\1\)/g)].flatMap(([, , address]) => {
    try { return [new URL(address, from).href]; } catch { return []; }
  });
  const namedIn = (sheet) => {
    let rules = [];
    try { rules = [...sheet.cssRules]; } catch { return []; }
    return rules.flatMap((rule) => [
      ...named(rule.cssText, sheet.href ?? document.baseURI), ...(rule.styleSheet ? namedIn(rule.styleSheet) : []),
    ]);
  };
  const look = async (address) => {
    const answer = await request(address, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    if (answer?.status === 404) tell('missing', '', pathOf(address));
  };
  const lookAtStyles = () => {
    const inline = [...document.querySelectorAll('[style*="url("]')].flatMap((each) => named(each.style.cssText, document.baseURI));
    const addresses = [...document.styleSheets].flatMap(namedIn).concat(inline).map((address) => address.split('#')[0]);
    for (const address of [...new Set(addresses.filter(isOwn))].slice(0, MOST)) look(address);
  };
  addEventListener('load', () => {
    lookAtStyles();
    post({ loaded: true });
  });
  if (isMissing) tell('missing', '', pathOf(location.href));
})();
