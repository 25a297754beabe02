// What can be pointed at in a visual: marks, nodes, items, slides. A click beside words, or Ctrl and a click anywhere, names the part to the
// page around, which asks about it; the swatch of a key hides and shows its series. Words alone stay for typing over.
'use strict';
globalThis.flipchartMarks = ({ main, words, tell, asks, traced }) => {
  const LONGEST = 200;  // characters of what a part is called
  const WORDED = '[data-part][data-field]', SWATCH = '[data-part][data-at="name"]', MARK = `[data-part][data-tip]:not([data-field]),${SWATCH}`;
  const off = new Set();  // parts that are hidden
  let held = null;  // what the next question is about: [part, field]

  const place = node => node.dataset.field ?? node.dataset.at ?? '';
  const of = (part, more) => main.querySelector(`[data-part="${CSS.escape(part)}"]${more}`);
  const said = node => node?.dataset.words ?? node?.textContent ?? '';
  // What a person would call it; empty where nothing in the picture says so.
  function called(node) {
    const { part, tip, field } = node.dataset;
    if (tip) return tip;
    if (node.matches(SWATCH)) return said(of(part, '[data-field="name"]'));
    if (field) return of(part, `[data-at="${CSS.escape(field)}"][data-tip]`)?.dataset.tip ?? said(node);
    return said(node.querySelector(`[data-part="${CSS.escape(part)}"][data-field]`) ?? node.querySelector('[data-field],title'));
  }
  const point = node => send(node.dataset.part, place(node), called(node));
  function send(part, field, name) {
    tell({ type: 'flipchart:pointed', part, field, words: name.replace(/[ \t\r\n]+/g, ' ').trim().slice(0, LONGEST) });
  }
  // A name that stands at its series, without a swatch.
  const names = node => node.dataset.field === 'name' && !of(node.dataset.part, '[data-at="name"]') && of(node.dataset.part, '[data-tip]:not([data-field])');
  function toggle(part) {
    if (!off.delete(part)) off.add(part);
    dress();
  }
  // Marks what is hidden and what is held; drawn anew, it is marked anew.
  function dress() {
    for (const node of main.querySelectorAll('.off,.held')) node.classList.remove('off', 'held');
    for (const part of off) for (const node of main.querySelectorAll(`[data-part="${CSS.escape(part)}"]`)) node.classList.add('off');
    for (const node of main.querySelectorAll(SWATCH)) node.setAttribute('aria-pressed', String(!off.has(node.dataset.part)));
    if (!held) return;
    const [part, field] = held, all = [...main.querySelectorAll(`[data-part="${CSS.escape(part)}"]`)];
    const there = all.filter(one => place(one) === field && (field || !one.parentElement.closest(`[data-part="${CSS.escape(part)}"]`)));
    const drawn = there.filter(one => one.dataset.tip);
    for (const node of drawn.length ? drawn : there) node.classList.add('held');
  }

  const all = () => [...main.querySelectorAll(MARK)];
  return {
    all, point, send, names, toggle,
    // Names them for who cannot see them; one of them is reached by Tab, the others by arrows.
    prepare(open) {
      const nodes = all();
      const first = nodes.find(node => node.getAttribute('tabindex') === '0') ?? nodes[0];
      for (const node of nodes) {
        const swatch = node.matches(SWATCH);
        node.setAttribute('tabindex', node === first ? '0' : '-1');
        node.setAttribute('role', swatch || (open && asks) ? 'button' : 'img');
        node.setAttribute('aria-label', [called(node), ...traced(node), swatch ? words.toggle : open && asks ? words.ask : ''].filter(Boolean).join('. '));
      }
      main.classList.toggle('asks', open && asks);
      dress();
    },
    // Whether a click was for a part; words are left to be typed over, unless Ctrl is held.
    clicked(event, open) {
      const { target } = event, ctrl = event.ctrlKey || event.metaKey;
      if (target.closest('a,button,input,select,textarea,label,.full') || String(getSelection())) return false;
      const swatch = target.closest(SWATCH);
      if (swatch && !ctrl) { toggle(swatch.dataset.part); return true; }
      if (!asks || !open || (target.closest(WORDED) && !ctrl)) return false;
      const node = target.closest('[data-part]'), head = node ? null : target.closest('.slide')?.querySelector(WORDED);
      if (head) { send(head.dataset.part, '', said(head)); return true; }
      // The lines of a plot belong to the whole, which nobody means by a click beside its marks.
      if (!node || (!ctrl && node.dataset.part === main.querySelector('[data-field="title"]')?.dataset.part && !place(node))) return false;
      point(node);
      return true;
    },
    // Whether a key was for a part.
    pressed(event, open) {
      const node = event.target.closest(`${WORDED},${MARK}`), ctrl = event.ctrlKey || event.metaKey;
      if (!node || !(event.key === 'Enter' || (event.key === ' ' && (!node.matches(WORDED) || names(node))))) return false;
      if (!ctrl && (node.matches(SWATCH) || (event.key === ' ' && names(node)))) toggle(node.dataset.part);
      else if (asks && open && (ctrl || !node.matches(WORDED))) point(node);
      else return false;
      event.preventDefault();
      return true;
    },
    hold(part, field) {
      held = part ? [part, field] : null;
      dress();
    },
  };
};
