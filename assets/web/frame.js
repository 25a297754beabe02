// One visual in its frame: laid out for the room there is, changed in place, its words open to typing over.
// It opens no stream: the page around it says when to look again.
(() => {
  'use strict';
  const main = document.getElementById('visual');
  const text = document.getElementById('text');
  const look = document.getElementById('look');
  let state = JSON.parse(document.getElementById('state').textContent);
  const words = state.words;
  const alone = parent === window;
  const asked = new URLSearchParams(location.search), tall = asked.get('tall');
  let theme = asked.get('theme') || '';
  const calm = matchMedia('(prefers-reduced-motion: reduce)');
  document.body.classList.toggle('alone', alone);
  const asks = !alone && new URLSearchParams(location.search).get('tools') === '0';  // the page around has tools of its own, and takes questions
  document.body.classList.toggle('bare', asks);

  const el = (tag, attributes = {}, ...inner) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inner);
    return node;
  };
  const tell = message => { if (!alone) parent.postMessage({ id: state.id, ...message }, location.origin); };
  const settled = () => state.status !== 'growing';

  // -- room --------------------------------------------------------------------------------------------------------------

  const fit = width => width >= 390 && width < 400 ? 390 : Math.max(320, Math.min(1280, Math.floor(width / 40) * 40));
  const room = () => {
    const style = getComputedStyle(document.body);
    return fit(document.body.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
  };
  let height = 0;
  const report = () => {
    const now = Math.ceil(document.body.getBoundingClientRect().height);
    if (alone || now === height || now === 0) return;
    height = now;
    parent.postMessage({ type: 'flipchart:height', id: state.id, height }, '*');  // a number; the page around may be anyone's
  };

  // -- looking again -----------------------------------------------------------------------------------------------------

  let busy = false, again = false, misses = 0;
  const pause = ms => new Promise(done => setTimeout(done, ms));
  async function refresh() {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      try {
        const query = new URLSearchParams({ fragment: '1', width: String(room()) });
        if (theme) query.set('theme', theme);
        if (tall) query.set('tall', tall);
        const reply = await fetch(`/v/${encodeURIComponent(state.id)}?${query}`, { cache: 'no-cache' });
        if (reply.ok) show(await reply.json());
        misses = 0;
      } catch {
        misses += 1;
        say(words.slow);
        again = misses < 8;
        await pause(Math.min(8000, 500 * 2 ** misses));
      }
      if (!settled()) await pause(250);
    }
    busy = false;
  }

  function show(view) {
    const before = state;
    state = { ...view, words, html: undefined, text: undefined, style: undefined };
    document.title = view.title || view.alt || 'Flipchart';
    document.documentElement.lang = view.lang;
    document.documentElement.dir = view.dir;
    if (look.textContent !== `:root{${view.style}}`) look.textContent = `:root{${view.style}}`;
    text.innerHTML = view.text;  // sanitised where it was made
    text.append(el('p', { class: 'told' }, view.told));
    if (view.key !== before.key || view.place !== before.place) {
      const drawn = new DOMParser().parseFromString(`<body>${view.html}`, 'text/html').body;
      const old = main.querySelector(':scope > svg'), fresh = drawn.querySelector(':scope > svg');
      if (view.place === 'drawing' && before.place === 'drawing' && old && fresh) {
        const held = focused();
        merge(old, document.adoptNode(fresh));
        paced();
        refocus(held);
      } else {
        main.replaceChildren(...drawn.childNodes);
        if (view.place === 'drawing') remember(main.firstElementChild);
        revive();
      }
    }
    Object.assign(main.dataset, { place: view.place, form: view.form, status: view.status });
    prepare();
  }

  // Only what changed is replaced: a part that is there stays the element it is, a new one fades in once.
  const origin = new WeakMap();  // what an element was before this page touched it
  const remember = node => {
    if (!node || node.nodeType !== 1) return;
    origin.set(node, node.outerHTML);
    for (const child of node.children) remember(child);
  };
  const keyed = nodes => {
    const counts = {}, out = new Map();
    for (const node of nodes) {
      const name = node.nodeType === 1 ? `${node.tagName}|${node.dataset.part || ''}|${node.dataset.field || ''}` : '#';
      counts[name] = (counts[name] || 0) + 1;
      out.set(`${name}|${counts[name]}`, node);
    }
    return out;
  };
  const OURS = ['tabindex', 'role', 'aria-label', 'aria-pressed', 'data-tip'];
  function merge(old, fresh) {
    const markup = fresh.nodeType === 1 ? fresh.outerHTML : '';
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !OURS.includes(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (!OURS.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    const olds = keyed([...old.childNodes]);
    let cursor = old.firstChild;
    for (const [key, child] of keyed([...fresh.childNodes])) {
      const there = olds.get(key);
      olds.delete(key);
      let node = there;
      if (!there) {
        node = enter(child);
      } else if (there.nodeType !== 1) {
        if (there.data !== child.data) there.data = child.data;
      } else if (origin.get(there) !== child.outerHTML) {
        if (there.tagName === 'g' && child.tagName === 'g' && !('field' in child.dataset) && child.firstElementChild) {
          merge(there, child);
        } else {
          remember(child);
          if (cursor === there) cursor = there.nextSibling;
          there.remove();
          old.insertBefore(child, cursor);  // where it is drawn now: what stands later covers what stands before
          continue;
        }
      }
      if (node === cursor) cursor = cursor.nextSibling;
      else old.insertBefore(node, cursor);
    }
    for (const gone of olds.values()) gone.remove();
    origin.set(old, markup);
  }
  let entered = [];
  const styled = new WeakMap();
  function enter(node) {
    remember(node);
    if (node.nodeType === 1 && !calm.matches) {
      node.classList.add('new');
      entered.push(node);
    }
    return node;
  }
  // What came in together is drawn in the order of the explanation, one after the other.
  function paced() {
    const step = node => Number((node.style.getPropertyValue('--s') ? node : node.querySelector('.s'))?.style.getPropertyValue('--s') || 0);
    const told = entered.map(node => [step(node), node]).sort((a, b) => a[0] - b[0]);
    let turn = -1, last = -1;
    for (const [at, node] of told) {
      if (at !== last) turn += 1;
      last = at;
      styled.set(node, node.getAttribute('style'));
      node.style.setProperty('--d', turn);
    }
    entered = [];
  }
  main.addEventListener('animationend', event => {
    event.target.classList.remove('new');
    if (!styled.has(event.target)) return;
    const style = styled.get(event.target);  // as it was, to the letter: the same drawing, however it came
    styled.delete(event.target);
    if (style === null) event.target.removeAttribute('style');
    else event.target.setAttribute('style', style);
  });

  // Markup that came by script holds scripts that did not run; ours, in a player, are to run.
  function revive() {
    for (const script of main.querySelectorAll('script')) {
      if (script.type && script.type !== 'text/javascript') continue;
      const fresh = document.createElement('script');
      fresh.textContent = script.textContent;
      script.replaceWith(fresh);
    }
    const caged = main.querySelector('template.caged');
    if (caged) mount(caged);
  }

  // -- words that can be typed over --------------------------------------------------------------------------------------

  const parts = () => [...main.querySelectorAll('[data-part][data-field]')];
  const focused = () => {
    const at = document.activeElement;
    return at && main.contains(at) && at.dataset.part ? [at.dataset.part, at.dataset.field] : null;
  };
  const refocus = held => {
    if (held) parts().find(node => node.dataset.part === held[0] && node.dataset.field === held[1])?.focus({ preventScroll: true });
  };
  const source = (part, field) => {
    const place = `${part}.${field}`;
    const found = Object.keys(state.sources).find(key => key === place || key.startsWith(`${place}@`) || key.startsWith(`${place}.`))
      ?? Object.keys(state.sources).find(key => key === place.replace(/\.\d+$/, ''));
    return found && state.sources[found];
  };
  const traced = node => {
    // A mark that can be pointed at tells where its series' figures are from.
    const found = node.dataset.field ? source(node.dataset.part, node.dataset.field) : node.dataset.tip && state.sources[`${node.dataset.part}.values`];
    if (!found || !found.label) return [];
    return [found.label, found.detail, found.old && words.was.replace('{old}', found.old)].filter(Boolean);
  };

  function prepare() {
    const svg = main.querySelector(':scope > svg');
    if (svg) svg.setAttribute('role', 'group');
    for (const title of main.querySelectorAll('svg title')) {
      const holder = title.parentElement;
      if (holder.tagName === 'image') continue;
      holder.dataset.tip = title.textContent;
      title.remove();
    }
    const open = settled() && state.place !== 'app';
    marks.prepare(open);
    const all = parts();
    const first = all.find(node => node.getAttribute('tabindex') === '0') || all[0];
    for (const node of all) {
      node.setAttribute('tabindex', open ? (node === first ? '0' : '-1') : '-1');
      node.setAttribute('role', 'button');
      node.setAttribute('aria-label', [node.dataset.words ?? node.textContent, ...traced(node), open ? words.edit : ''].filter(Boolean).join('. '));
      if (asks && open) node.setAttribute('aria-keyshortcuts', 'Control+Enter');
    }
    undo.disabled = !settled() || state.n <= 1;
    redo.disabled = !settled() || state.n >= state.newest;
    undo.hidden = undo.disabled && redo.disabled;
    redo.hidden = redo.disabled;
    draw.hidden = !alone || !settled() || !state.drawable;
    report();
  }

  const marks = flipchartMarks({ main, words, tell, asks, traced });

  let field = null, beside = null;
  function edit(part, name, value, box, size, family) {
    leave();
    hush();
    field = el('textarea', { class: 'typed', rows: '1', spellcheck: 'false', 'aria-label': words.edit });
    field.value = value;
    const wide = Math.max(box.width + 24, 72);
    Object.assign(field.style, {
      left: `${Math.max(4, Math.min(box.left + scrollX - 9, document.documentElement.clientWidth - wide - 4))}px`,
      top: `${box.top + scrollY - 7}px`, width: `${wide}px`, fontSize: `${Math.max(13, size)}px`, fontFamily: family || 'inherit',
    });
    const grow = () => {
      field.style.height = 'auto';
      field.style.height = `${Math.max(field.scrollHeight, box.height + 12)}px`;
      const top = field.offsetTop - 36;
      Object.assign(beside.style, { left: `${field.offsetLeft + field.offsetWidth - beside.offsetWidth}px`, top: `${top > 2 ? top : field.offsetTop + field.offsetHeight + 4}px` });
      report();
    };
    const mine = field;
    const save = async () => {
      const typed = mine.value;
      if (typed === value) return leave();
      mine.readOnly = true;
      const problem = await change('PATCH', '', [{ id: part, set: { [name]: typed } }]);
      if (!problem) return mine === field && leave();
      mine.readOnly = false;
      say(problem);
      mine.focus();
    };
    field.addEventListener('input', grow);
    field.addEventListener('keydown', event => {
      event.stopPropagation();
      if (event.key === 'Escape') leave();
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); if (asks && (event.ctrlKey || event.metaKey)) ask(); else save(); }
    });
    field.addEventListener('blur', () => { if (mine === field && !mine.readOnly) save(); });
    document.body.append(field);
    // What was typed is kept before it is asked about.
    const ask = async () => {
      await save();
      if (mine !== field) marks.send(part, name, mine.value);
    };
    beside = el('div', { class: 'beside' });
    beside.addEventListener('pointerdown', event => event.preventDefault());  // the field keeps what is typed in it
    const named = parts().find(node => node.dataset.part === part && node.dataset.field === name);
    if (named && marks.names(named)) beside.append(button('<path d="M2.500 12S6 6 12 6s9.500 6 9.500 6-3.500 6-9.500 6-9.500-6-9.500-6z"/><circle cx="12" cy="12" r="2.500"/>', words.toggle, () => { leave(); marks.toggle(part); }));
    if (asks) beside.append(button('<path d="M5 5h14v11h-8l-4 4v-4H5z"/>', words.ask, ask));
    if (beside.childElementCount) document.body.append(beside);
    grow();
    field.focus();
    field.select();
    field.dataset.part = part;
    field.dataset.field = name;
  }
  function leave() {
    if (!field) return;
    const held = [field.dataset.part, field.dataset.field];
    const gone = field;
    field = null;
    gone.remove();
    beside?.remove();
    beside = null;
    refocus(held);
    report();
  }
  function begin(node) {
    if (!settled() || !node) return;
    const style = getComputedStyle(node);
    const svg = node.ownerSVGElement;
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    edit(node.dataset.part, node.dataset.field, node.dataset.words ?? node.textContent, node.getBoundingClientRect(), parseFloat(style.fontSize) * scale, style.fontFamily);
  }

  // Asks the server for a change; what it says against it, or nothing.
  async function change(method, what, body) {
    try {
      const reply = await fetch(`/v/${encodeURIComponent(state.id)}${what}`, {
        method, headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body),
      });
      const told = await reply.json();
      if (!reply.ok) return told.error || words.slow;
      if (told.run) tell({ type: 'flipchart:run', run: told.run });
      else tell({ type: 'flipchart:edited', n: told.n, newest: told.newest, form: told.form });
      await refresh();
      if (what === '') say(words.saved);
      return '';
    } catch {
      return words.slow;
    }
  }

  main.addEventListener('click', event => {
    if (marks.clicked(event, settled())) return;
    const node = event.target.closest('[data-part][data-field]');
    if (!node || event.target.closest('a,button,input,select,textarea,label') || String(getSelection())) return;
    begin(node);
  });
  main.addEventListener('keydown', event => {
    if (marks.pressed(event, settled())) return;
    const node = event.target.closest('[data-part][data-field],[data-part][tabindex]');
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = 'field' in node.dataset ? parts() : marks.all(), at = all.indexOf(node);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if ('field' in node.dataset && (event.key === 'Enter' || event.key === 'F2')) { event.preventDefault(); begin(node); }
    if (to === undefined || !all[to]) return;
    event.preventDefault();
    node.setAttribute('tabindex', '-1');
    all[to].setAttribute('tabindex', '0');
    all[to].focus();
  });
  document.addEventListener('keydown', event => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === 'z' || key === 'y') {
      event.preventDefault();
      (key === 'y' || event.shiftKey ? redo : undo).click();
    }
  });

  // -- tips and words ----------------------------------------------------------------------------------------------------

  const tip = el('div', { class: 'tip', role: 'tooltip', hidden: '' });
  const hush = () => { tip.hidden = true; };
  function hint(node) {
    const lines = [node.dataset.tip, ...traced(node)].filter(Boolean);
    if (!lines.length || field) return hush();
    tip.replaceChildren(...lines.map(line => el('div', {}, line)));
    tip.hidden = false;
    const box = node.getBoundingClientRect(), own = tip.getBoundingClientRect();
    const above = box.top - own.height - 8;
    tip.style.left = `${Math.max(6, Math.min(box.left + box.width / 2 - own.width / 2, innerWidth - own.width - 6)) + scrollX}px`;
    tip.style.top = `${(above > 4 ? above : Math.min(box.bottom + 8, Math.max(4, document.body.clientHeight - own.height - 4))) + scrollY}px`;
  }
  const tipped = target => target.closest?.('[data-tip],[data-part][data-field]');
  main.addEventListener('pointerover', event => { const node = tipped(event.target); if (node) hint(node); else hush(); });
  // Between the figures of a line, or beside a small dot, the nearest figure is told.
  const REACH = 60, FIGURE = '[data-part][data-tip][data-at^="values."]';
  let looking = 0;
  function nearest(x, y, own) {
    let best = null, least = REACH;
    for (const node of main.querySelectorAll(own ? `${FIGURE}[data-part="${CSS.escape(own)}"]` : FIGURE)) {
      const box = node.getBoundingClientRect();
      const far = Math.hypot(x - box.left - box.width / 2, y - box.top - box.height / 2);
      if (far < least && !node.classList.contains('off')) { best = node; least = far; }
    }
    return best;
  }
  main.addEventListener('pointermove', ({ target, clientX, clientY }) => {
    const node = tipped(target), whole = node?.dataset.tip && !node.dataset.at && !node.dataset.field;
    if (looking || (node && !whole)) return;
    looking = requestAnimationFrame(() => {
      looking = 0;
      const close = nearest(clientX, clientY, whole && node.dataset.part);
      if (close) hint(close); else if (!node) hush();
    });
  });
  main.addEventListener('pointerleave', hush);
  main.addEventListener('focusin', event => { const node = tipped(event.target); if (node) hint(node); });
  main.addEventListener('focusout', hush);

  const voice = el('div', { class: 'voice', role: 'status', 'aria-live': 'polite' });
  let silence = 0;
  function say(sentence) {
    voice.textContent = sentence;
    voice.classList.add('heard');
    clearTimeout(silence);
    silence = setTimeout(() => voice.classList.remove('heard'), 4000);
  }

  const button = (icon, label, act) => {
    const made = el('button', { type: 'button', 'aria-label': label, title: label });
    made.innerHTML = `<svg viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${icon}</svg>`;
    made.addEventListener('click', act);
    return made;
  };
  const turned = async what => { const problem = await change('POST', what); if (problem) say(problem); };
  const undo = button('<path d="M9 14 4 9l5-5"/><path d="M4 9h10.500a5.500 5.500 0 0 1 0 11H11"/>', words.undo, () => turned('/undo'));
  const redo = button('<path d="m15 14 5-5-5-5"/><path d="M20 9H9.500a5.500 5.500 0 0 0 0 11H13"/>', words.redo, () => turned('/redo'));
  const draw = button('<path d="M4 20h4L19 9a2.800 2.800 0 0 0-4-4L4 16z"/><path d="m13.500 6.500 4 4"/>', words.board, () => {
    location.assign(`/v/${encodeURIComponent(state.id)}/edit${theme ? `?theme=${encodeURIComponent(theme)}` : ''}`);
  });
  const read = button('<path d="M5 6h14M5 12h14M5 18h9"/>', words.as_text, () => reading(text.hidden));
  read.setAttribute('aria-pressed', 'false');
  function reading(on) {
    text.hidden = !on;
    main.hidden = on;
    read.setAttribute('aria-pressed', String(on));
    read.title = on ? words.as_picture : words.as_text;
    read.setAttribute('aria-label', read.title);
    report();
  }
  document.body.append(el('div', { class: 'tools' }, undo, redo, draw, read), tip, voice);

  // -- the page around ---------------------------------------------------------------------------------------------------

  addEventListener('message', event => {
    if (event.source !== parent || event.origin !== location.origin || !event.data) return;
    switch (event.data.type) {
      case 'flipchart:changed': refresh(); break;
      case 'flipchart:theme': theme = String(event.data.theme || ''); refresh(); break;
      case 'flipchart:undo': undo.click(); break;
      case 'flipchart:redo': redo.click(); break;
      case 'flipchart:text': reading(Boolean(event.data.on)); break;
      case 'flipchart:held': marks.hold(String(event.data.part || ''), String(event.data.field || '')); break;
    }
  });

  // -- the mini-app inside: one port, few words, and a pulse -------------------------------------------------------------

  const MOST = { bytes: 65536, each: 20, height: 2000, missed: 3 };
  function mount(given) {
    const mark = `flipchart-hung-${state.id}-${state.key}`;
    const stop = () => {
      const note = el('div', { class: 'stopped' }, el('p', {}, words.hung));
      const anew = el('button', { type: 'button' }, words.restart);
      anew.addEventListener('click', () => { localStorage.removeItem(mark); note.replaceWith(given); mount(given); });
      note.append(anew);
      return note;
    };
    if (localStorage.getItem(mark)) { given.replaceWith(stop()); return report(); }
    const frame = document.importNode(given.content.firstElementChild);
    const channel = new MessageChannel(), port = channel.port1;
    let loads = 0, come = 0, missed = 0, pulse = 0;
    const close = () => { clearInterval(pulse); clearInterval(calmer); port.close(); };
    const end = hung => {
      close();
      if (hung) localStorage.setItem(mark, '1');
      frame.replaceWith(stop());
      report();
    };
    const calmer = setInterval(() => { come = 0; }, 1000);
    const heard = {
      ready: () => {
        pulse ||= setInterval(() => {
          if (!frame.isConnected) return close();
          if (document.hidden) return;
          if (missed >= MOST.missed) return end(true);
          missed += 1;
          port.postMessage({ method: 'ping' });
        }, 2000);
      },
      pong: () => { missed = 0; },
      resize: ({ height }) => {
        if (Number.isFinite(height)) frame.style.height = `${Math.max(80, Math.min(MOST.height, Math.ceil(height)))}px`;
        report();
      },
      edit: ({ part, field: name, value, box, size }) => {
        if (![part, name, value].every(one => typeof one === 'string') || !Array.isArray(box) || !box.every(Number.isFinite) || !Number.isFinite(size)) return;
        const at = frame.getBoundingClientRect();
        edit(part, name, value, { left: at.left + box[0], top: at.top + box[1], width: Math.min(box[2], at.width), height: Math.min(box[3], 400) }, Math.min(size, 60));
      },
      openLink: ({ url }) => {
        let where;
        try { where = new URL(String(url)); } catch { return; }
        if (['http:', 'https:', 'mailto:'].includes(where.protocol) && confirm(`${words.leave}\n\n${where.href}`)) open(where.href, '_blank', 'noopener,noreferrer');
      },
    };
    port.onmessage = ({ data }) => {
      come += 1;
      if (come > MOST.each || !data || typeof data !== 'object' || JSON.stringify(data).length > MOST.bytes) return end(false);
      if (Object.hasOwn(heard, data.method)) heard[data.method](data);
    };
    frame.addEventListener('load', () => {
      loads += 1;
      if (loads > 1) return end(false);  // it went elsewhere
      frame.contentWindow.postMessage({ type: 'flipchart:port' }, '*', [channel.port2]);
    });
    given.replaceWith(frame);
  }

  // -- begin -------------------------------------------------------------------------------------------------------------

  if (state.place === 'drawing') {
    remember(main.firstElementChild);
    if (!settled()) for (const child of main.firstElementChild?.children ?? []) enter(child);
    paced();
  }
  const caged = main.querySelector('template.caged');
  if (caged) mount(caged);
  prepare();
  let width = state.width;
  const sized = new ResizeObserver(() => {
    report();
    if (room() !== width) { width = room(); if (state.place === 'drawing') refresh(); }
  });
  sized.observe(document.body);
  if (room() !== width) { width = room(); if (state.place === 'drawing') refresh(); }
  document.fonts?.ready.then(report);
  tell({ type: 'flipchart:ready', n: state.n, status: state.status });
})();
