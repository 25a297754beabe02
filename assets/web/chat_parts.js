// What every part of the chat is made of: elements, words, icons, menus, dialogs, and the way to the server.

export const state = JSON.parse(document.getElementById('state').textContent);
export const calm = matchMedia('(prefers-reduced-motion: reduce)');

// -- words -----------------------------------------------------------------------------------------------------------------

const known = state.words;
const RTL = new Set(['ar', 'he', 'fa', 'ur']);
// Which way the page's own words run where it speaks `lang`, or where it does not.
export const direction = lang => RTL.has(known[lang.split('-')[0]] ? lang.split('-')[0] : state.lang) ? 'rtl' : 'ltr';

// The words of another language than the page's, once; those of the page where it is not spoken.
export async function learn(lang) {
  const own = lang.split('-')[0];
  if (!state.languages[own] || known[own]) return;
  const reply = await fetch(`/api/words/${own}`);
  if (reply.ok) known[own] = await reply.json();
}
export function say(key, values = {}, lang = state.lang) {
  const words = (known[lang.split('-')[0]] ?? known[state.lang])[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
export const sentence = words => words && words[0].toLocaleUpperCase() + words.slice(1);
export const figure = (value, lang = state.lang, options = {}) => new Intl.NumberFormat(lang, options).format(value);

// -- elements --------------------------------------------------------------------------------------------------------------

// el('p', {class: 'x', onclick: f}, 'words', node): attributes as text, functions as listeners; words never as HTML.
export function el(tag, attributes = {}, ...inner) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...inner.filter(one => one !== null && one !== undefined && one !== false));
  return node;
}

const PATHS = {
  text: 'M5 6h14M5 10h14M5 14h14M5 18h8',
  chart: 'M4 20h16M7 17v-5M12 17V6M17 17v-8',
  infographic: 'M4 5h7v6H4zM4 15h7v4H4zM15 6h5M15 9.500h5M15 16h5M15 19h3',
  slides: 'M3 4h18M4.500 4v11h15V4M12 15v4M8.500 21l3.500-2.500 3.500 2.500',
  whiteboard: 'M4 5h6v4H4zM14 15h6v4h-6zM7 9v5a3 3 0 0 0 3 3h4M14 7h6',
  app: 'M4 8h9M17 8h3M15 6v4M4 16h3M11 16h9M9 14v4',
  image: 'M4 5h16v14H4zM4 16l4.500-4.500 4 4L15 13l5 4.500M15.500 9h.01',
  animation: 'M4 12a8 8 0 1 0 2.500-5.800M4 4v4h4M10 9v6l5-3z',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M7 7h10v10H7z',
  attach: 'M15 7l-6.500 6.500a1.500 1.500 0 0 0 3 3L18 10a3 3 0 0 0-6-6l-6.500 6.500a4.500 4.500 0 0 0 9 9L21 13',
  plus: 'M12 5v14M5 12h14',
  side: 'M4 5h16v14H4zM9 5v14',
  dials: 'M4 7h10M18 7h2M16 5v4M4 17h2M10 17h10M8 15v4M4 12h16',
  gallery: 'M4 4h7v7H4zM13 4h7v4h-7zM13 11h7v9h-7zM4 14h7v6H4z',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  left: 'M14 6l-6 6 6 6',
  right: 'M10 6l6 6-6 6',
  down: 'M7 10l5 5 5-5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  embed: 'M8 8l-4 4 4 4M16 8l4 4-4 4M13.500 5l-3 14',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  up: 'M7 11v8H4v-8zM7 12l4-8a2 2 0 0 1 2.500 2L13 9h5a2 2 0 0 1 2 2.500l-1.500 6A2 2 0 0 1 16.500 19H7',
  thumbdown: 'M7 13V5H4v8zM7 12l4 8a2 2 0 0 0 2.500-2L13 15h5a2 2 0 0 0 2-2.500l-1.500-6A2 2 0 0 0 16.500 5H7',
  palette: 'M12 3.500a8.500 8.500 0 1 0 0 17c1.400 0 2-.9 2-1.800 0-1.300-1.200-1.500-1.200-2.700 0-.9.7-1.500 1.700-1.500H17a3.500 3.500 0 0 0 3.500-3.500c0-4.200-3.800-7.500-8.500-7.500zM7.500 11h.01M10.500 7.500h.01M15 7.800h.01',
  undo: 'M9 14L4 9l5-5M4 9h10.500a5.500 5.500 0 0 1 0 11H11',
  redo: 'M15 14l5-5-5-5M20 9H9.500a5.500 5.500 0 0 0 0 11H13',
  copy: 'M9 9h11v11H9zM15 5H4v11',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  close: 'M6 6l12 12M18 6L6 18',
  pencil: 'M4 20h4L19 9a2.800 2.800 0 0 0-4-4L4 16zM13.500 6.500l4 4',
  bin: 'M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3',
  file: 'M14 3v5h5M6 3h8l5 5v13H6z',
  table: 'M4 5h16v14H4zM4 10h16M4 14.500h16M10 5v14',
  brush: 'M4 20c3.500 0 6-1 6-4a3 3 0 0 0-6 0c0 1.500-.5 2.500-1.500 3.500zM9.500 13.500L19 4c1.200-1 2.500.3 1.500 1.500L11.500 15',
  point: 'M5 4l14 6.500-6 2-2 6z',
  play: 'M8 5.500v13l10.500-6.500z',
};
export function icon(name, size = 18) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const stroke = name === 'more' ? 2.75 : 1.6;
  for (const [key, value] of Object.entries({
    viewBox: '0 0 24 24', width: size, height: size, fill: 'none', stroke: 'currentColor', 'stroke-width': stroke,
    'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', class: `icon icon-${name}`,
  })) made.setAttribute(key, value);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name]);
  made.append(path);
  return made;
}

// A button that is an icon; its words are its name.
export const tool = (name, label, act, more = {}) => el('button', { type: 'button', class: 'tool', 'aria-label': label, title: label, onclick: act, ...more }, icon(name));
export const button = (label, act, more = {}) => el('button', { type: 'button', class: 'button', onclick: act, ...more }, label);

// -- the way to the server -------------------------------------------------------------------------------------------------

// The JSON the server answers with; throws an Error with one sentence where it refuses or cannot be reached.
export async function call(method, where, body) {
  let reply;
  try {
    const given = body instanceof FormData ? { body } : body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    reply = await fetch(where, { method, cache: 'no-cache', ...given });
  } catch {
    throw new Error(say('offline'));
  }
  const told = reply.status === 204 ? null : await reply.json().catch(() => null);
  if (!reply.ok) throw Object.assign(new Error(told?.error || say('offline')), { status: reply.status });
  return told;
}
export const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), n => n.toString(16).padStart(2, '0')).join('');

// What is kept in this browser; where it keeps nothing, for this page.
const held = {};
export const keep = (name, value) => {
  held[name] = value;
  try { if (value === null) localStorage.removeItem(`flipchart-${name}`); else localStorage.setItem(`flipchart-${name}`, value); } catch { /* a private window */ }
};
export const kept = name => {
  try { return localStorage.getItem(`flipchart-${name}`) ?? held[name] ?? null; } catch { return held[name] ?? null; }
};

// -- telling ---------------------------------------------------------------------------------------------------------------

let voice, hush;
export function tell(words) {
  voice ??= document.body.appendChild(el('div', { class: 'voice', role: 'status', 'aria-live': 'polite' }));
  voice.textContent = words;
  voice.classList.add('heard');
  clearTimeout(hush);
  hush = setTimeout(() => voice.classList.remove('heard'), Math.max(2600, words.length * 70));
}
// Runs what a button does; where that fails, says why.
export const attempt = act => async event => { try { await act(event); } catch (error) { tell(error.message); } };

// -- menus and dialogs -----------------------------------------------------------------------------------------------------

let open = null;
export function close() {
  if (!open) return;
  const { node, anchor } = open;
  open = null;
  node.remove();
  anchor.setAttribute('aria-expanded', 'false');
}
// A small sheet at a button; `inner` are its nodes. Esc, a click elsewhere or on the button again puts it away.
export function popover(anchor, inner, { role = 'dialog', label = '' } = {}) {
  const again = open?.anchor === anchor;
  close();
  if (again) return null;
  const node = el('div', { class: 'popover', role, 'aria-label': label || anchor.getAttribute('aria-label') || anchor.textContent }, ...inner);
  const home = anchor.closest('dialog, :fullscreen') ?? document.body;
  home.append(node);
  anchor.setAttribute('aria-expanded', 'true');
  open = { node, anchor };
  const box = anchor.getBoundingClientRect(), own = node.getBoundingClientRect();
  const rtl = document.documentElement.dir === 'rtl';
  const wanted = rtl ? box.left : box.right - own.width;
  node.style.left = `${Math.max(8, Math.min(wanted, innerWidth - own.width - 8))}px`;
  const below = box.bottom + 6;
  node.style.top = `${below + own.height < innerHeight - 8 || box.top - own.height < 14 ? Math.min(below, innerHeight - own.height - 8) : box.top - own.height - 6}px`;
  node.querySelector('button:not([disabled]), a, input')?.focus();
  return node;
}
// Entries are {label, note, icon, act | href, off, on}; arrows move, the first letter jumps.
export function menu(anchor, entries, label) {
  const items = entries.filter(Boolean).map(one => {
    const inner = [one.icon ? icon(one.icon, 17) : el('span', { class: 'icon' }), el('span', { class: 'label' }, one.label), one.note && el('span', { class: 'note' }, one.note)];
    const shared = { role: 'menuitem', class: 'item', tabindex: '-1', 'aria-current': one.on ? 'true' : null };
    return one.href
      ? el('a', { ...shared, href: one.href, download: one.download ?? '', onclick: close }, ...inner)
      : el('button', { ...shared, type: 'button', disabled: one.off, onclick: attempt(async event => { close(); anchor.focus({ preventScroll: true }); await one.act(event); }) }, ...inner);
  });
  const node = popover(anchor, items, { role: 'menu', label });
  node?.addEventListener('keydown', event => {
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key]
      ?? items.findIndex((item, i) => i > at && event.key.length === 1 && item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    if (to === undefined || !items[to]) return;
    event.preventDefault();
    items[to].focus();
  });
  return node;
}
addEventListener('pointerdown', event => { if (open && !open.node.contains(event.target) && !open.anchor.contains(event.target)) close(); }, true);
addEventListener('keydown', event => {
  if (event.key !== 'Escape' || !open) return;
  const { anchor } = open;
  event.stopPropagation();
  close();
  anchor.focus();
}, true);
addEventListener('blur', () => setTimeout(() => { if (document.activeElement?.tagName === 'IFRAME') close(); }));
addEventListener('resize', close);

// A dialog over the page; it is gone once it is closed.
export function dialog(title, ...inner) {
  const shut = tool('close', say('close'), () => node.close());
  const node = el('dialog', { class: 'dialog', 'aria-label': title, onclose: () => node.remove(), onclick: event => { if (event.target === node) node.close(); } },
    el('div', { class: 'inner' }, el('header', {}, el('h2', {}, title), shut), ...inner));
  document.body.append(node);
  node.showModal();
  return node;
}
// True once the person says yes.
export const sure = (title, words, yes) => new Promise(done => {
  const node = dialog(title, el('p', {}, words), el('footer', {},
    button(say('cancel'), () => node.close()),
    button(yes, () => { done(true); node.close(); }, { class: 'button grave' })));
  node.addEventListener('close', () => done(false));
  node.querySelector('.grave').focus();
});
