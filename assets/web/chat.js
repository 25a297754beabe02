// The chat: conversations at the side, one of them open, and what the dials say.
import { attempt, call, calm, close, el, figure, icon, keep, kept, learn, menu, random, say, sentence, state, sure, tell, tool } from './chat_parts.js';
import { Composer } from './chat_ask.js';
import { BrandPanel } from './chat_brand.js';
import { follow, question } from './chat_stream.js';
import { Turn } from './chat_turn.js';

const POLL_MS = 2000;  // between two looks at a model that is not ready
const NARROW = matchMedia('(max-width: 900px)');  // where the side lies over the page
const BESIDE = 130, LOW = 320, FADE = 28, EDGE = 8;  // px: beside a visual; its least height; the thread's fading end and upper edge
const STRAYED = 24;  // px that are no scroll of the person's
const SETTLES_MS = 2500;  // until the height of a visual is known
const DIALS = { autonomy: 2, effort: 'standard', theme: '', lang: '', model: '' };

class Page {
  constructor(parts) {
    Object.assign(this, { parts, sheets: new Map(), turns: [], id: '', running: [], list: [], dialed: {}, goal: 0, way: [0, 0] });
    for (const [name, value] of Object.entries(DIALS)) {
      const held = kept(name);
      this.dialed[name] = held === null ? value : typeof value === 'number' ? Number(held) : held;
    }
    this.composer = new Composer(this);
    parts.ask.append(this.composer.node);
    parts.side.append(this.sidebar());
    parts.thread.append(this.stage());
    this.tabs = 'BroadcastChannel' in window ? new BroadcastChannel('flipchart') : null;
    if (this.tabs) this.tabs.onmessage = ({ data }) => data === 'brand' ? this.brand?.read() : this.elsewhere();
    addEventListener('message', event => this.heard(event));
    addEventListener('hashchange', () => this.go());
    document.addEventListener('visibilitychange', () => { if (!document.hidden) { this.elsewhere(); this.brand?.read(); } });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.dress());
    addEventListener('keydown', event => this.shortcut(event));
    this.near = new IntersectionObserver(seen => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        this.near.unobserve(target);
        this.nears.get(target)?.();
      }
    }, { root: this.thread, rootMargin: '300px' });
    this.nears = new WeakMap();
    this.thread.addEventListener('scrollend', () => { this.way = [this.goal, this.goal]; });
    this.say();
    this.poll();
    this.listed();
    this.go();
    document.body.classList.add('ready');
  }
  nearby(node, act) {
    this.nears.set(node, act);
    this.near.observe(node);
  }

  // -- the stage ----------------------------------------------------------------------------------------------------------

  stage() {
    this.title = el('h1', { class: 'title', dir: 'auto', hidden: true });
    this.whole = el('button', { type: 'button', class: 'tool worded', 'aria-haspopup': 'menu', 'aria-expanded': 'false', hidden: true, onclick: event => this.export(event.currentTarget) }, icon('download', 16), el('span', {}, say('export')));
    this.bar = el('header', { class: 'bar' }, tool('side', say('side'), () => this.aside(), { class: 'tool toggle' }), this.title, this.whole);
    this.column = el('div', { class: 'column' });
    this.thread = el('section', { class: 'thread', tabindex: '-1', 'aria-label': say('thread') }, this.column);
    const whole = document.createDocumentFragment();
    whole.append(this.bar, this.thread);
    return whole;
  }
  width() { return this.column.clientWidth || 960; }
  async go() {
    const [first, ...rest] = decodeURIComponent(location.hash.slice(1)).split('/');
    if (first === 'example') return this.example(...rest);
    if (first === this.id && (first || this.turns.length)) return undefined;
    return first ? this.open(first) : this.fresh();
  }
  leave() {
    close();
    for (const turn of this.turns) clearInterval(turn.clock);
    this.turns = [];
    this.sheets.clear();
    this.near.disconnect();
    this.column.replaceChildren();
  }
  fresh() {
    this.leave();
    this.id = '';
    this.name('');
    this.column.append(this.welcome());
    this.thread.scrollTop = 0;
    this.mark();
    this.composer.aim();
    if (matchMedia('(hover: hover)').matches) this.composer.words.focus();
  }
  async open(id) {
    let held;
    try {
      held = await call('GET', `/api/conversations/${encodeURIComponent(id)}`);
    } catch (error) {
      tell(error.message);
      location.hash = '';
      return;
    }
    await learn(held.lang || state.lang);
    if (decodeURIComponent(location.hash.slice(1)) !== id) return;
    this.leave();
    this.id = id;
    this.lang = held.lang || state.lang;
    this.name(held.title);
    this.restore(held);
    this.mark();
    this.composer.aim();
    const last = this.turns.findLast(turn => !turn.into);
    this.rest(last);
    last?.node.scrollIntoView({ block: 'start' });
    this.scroll(this.thread.scrollTop, 'auto');
  }
  restore(held) {
    for (const record of held.turns) this.place(record, held.visuals);
  }
  place(record, visuals) {
    const turn = new Turn(this, { run: record.run, question: record.question, form: record.form, files: record.files, about: record.about, lang: this.lang, into: record.into || '' });
    this.turns.push(turn);
    this.column.append(turn.node);
    if (record.status === 'running' || record.status === 'queued') this.listen(turn.begin());
    else turn.restore(record, visuals);
    return turn;
  }
  name(title) {
    this.title.textContent = title;
    this.title.hidden = !title;
    this.whole.hidden = !this.id;
    document.title = title ? `${title} · Flipchart` : 'Flipchart';
  }
  async speaks(lang) {
    if (!lang || lang === this.lang) return;
    await learn(lang);
    this.lang = lang;
    for (const turn of this.turns) turn.speaks(lang);
  }
  // Room under the last question, so that it can stand at the top while its answer grows.
  rest(turn) {
    for (const other of this.turns) other.node.style.minHeight = '';
    if (turn) turn.node.style.minHeight = `${Math.max(0, this.thread.clientHeight - 48)}px`;
  }
  // How tall a visual may be, so that it is seen whole under its question.
  tall() { return Math.max(LOW, Math.floor((this.thread.clientHeight - BESIDE) / 20) * 20); }
  scroll(top, behavior = calm.matches ? 'auto' : 'smooth') {
    this.goal = Math.max(0, Math.min(this.thread.scrollHeight - this.thread.clientHeight, top));
    this.way = behavior === 'auto' ? [this.goal, this.goal] : [this.thread.scrollTop, this.goal].sort((a, b) => a - b);
    this.thread.scrollTo({ top: this.goal, behavior });
  }
  // The person has scrolled elsewhere since the page did.
  get wandered() { return this.thread.scrollTop < this.way[0] - STRAYED || this.thread.scrollTop > this.way[1] + STRAYED; }
  // A visual that is done, or was changed, is brought into view, unless the person went elsewhere; again as its height becomes known.
  stand(sheet) {
    this.standing = { sheet, until: performance.now() + SETTLES_MS };
    this.stood(sheet);
  }
  stood(sheet) {
    if (this.standing?.sheet !== sheet || this.wandered || performance.now() > this.standing.until) return;
    const room = this.thread.getBoundingClientRect(), box = sheet.paper.getBoundingClientRect(), moving = this.thread.scrollTop - this.goal;
    const top = box.top - room.top + moving - EDGE, below = box.bottom - room.bottom + FADE + moving;
    const fits = box.height <= room.height - FADE - EDGE;
    const by = fits ? Math.max(0, below) + Math.min(0, top) : top < 0 || top > room.height / 2 ? top : 0;
    if (Math.abs(by) > 1) this.scroll(this.goal + by);
  }
  // To a visual further up, by click or key.
  lead(sheet) {
    this.scroll(this.thread.scrollTop, 'auto');
    this.stand(sheet);
    sheet.node.focus({ preventScroll: true });
  }

  // -- asking -------------------------------------------------------------------------------------------------------------

  dial(name) { return this.dialed[name]; }
  theme() {
    return this.dialed.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
  }
  settingsOf({ form = null, files = [], renews = '', about = null } = {}) {
    const { visual, part, field, words, mask } = about ?? {};
    return {
      about: about && { visual, part, field, words, mask },
      form, autonomy: this.dialed.autonomy, effort: this.dialed.effort, model: this.dialed.model || null,
      files: files.map(file => file.id).filter(Boolean), theme: this.theme(), renews,
    };
  }
  ask(text, { form = null, files = [], renews = '', about = null } = {}) {
    if (!this.id) {
      this.leave();
      this.id = random();
      this.lang = state.lang;
      this.name(text.length > 60 ? `${text.slice(0, 59).trimEnd()}…` : text);
      history.pushState(null, '', `#${this.id}`);
    }
    const run = random();
    const turn = new Turn(this, { run, question: text, form, files, about, lang: this.lang }).begin();
    this.turns.push(turn);
    this.column.append(turn.node);
    this.rest(turn);
    this.scroll(this.thread.scrollTop + turn.node.getBoundingClientRect().top - this.thread.getBoundingClientRect().top);
    if (this.modelled && this.modelled.state !== 'ready') turn.pending?.thinking(this.readiness(this.modelled, this.lang));
    return this.listen(turn, question(this.id, run, text, this.settingsOf({ form, files, renews, about })));
  }
  listen(turn, body = null) {
    this.running.push(turn);
    this.composer.running(true);
    const id = this.id;
    return follow(turn.run, {
      body,
      on: event => {
        if (event.type === 'RUN_STARTED') this.listed();
        turn.event(event);
        if (event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR') this.tabs?.postMessage(id);
      },
      slow: on => { if (on) turn.pending?.thinking(say('slow')); },
      wrong: message => turn.end('failed', message),
    }).catch(error => { turn.end('failed', say('offline')); throw error; }).finally(() => {
      this.running = this.running.filter(other => other !== turn);
      this.composer.running(this.running.length > 0);
      this.listed();
    });
  }
  // A visual is being drawn anew by a run of its own.
  redraw(sheet, run) {
    const turn = new Turn(this, { run, question: '', lang: this.lang, into: sheet.id }).begin();
    this.turns.push(turn);
    this.column.append(turn.node);
    return this.listen(turn);
  }
  async again(cut) {
    const { run } = await call('POST', `/api/runs/${encodeURIComponent(cut.run)}/again`);
    const record = await call('GET', `/api/runs/${encodeURIComponent(run)}`);
    cut.foot.replaceChildren();
    const turn = new Turn(this, { run, question: record.question, form: record.form, lang: this.lang, into: record.into || '' }).begin();
    this.turns.push(turn);
    this.column.append(turn.node);
    this.listen(turn);
  }
  stop() { return Promise.all(this.running.map(turn => turn.stop())); }
  sameQuestion(turn) {
    const before = this.turns.findLast(other => !other.into && other !== turn);
    return Boolean(turn.form && before && before.question === turn.question);
  }
  lastQuestion() { return this.turns.findLast(turn => !turn.into)?.question ?? ''; }

  heard(event) {
    if (event.origin !== location.origin || typeof event.data?.type !== 'string' || !event.data.type.startsWith('flipchart:')) return;
    for (const sheet of this.sheets.values()) if (sheet.frame?.contentWindow === event.source) sheet.heard(event.data);
  }
  // Another tab asked or answered, or this one was away: what is new is read, once.
  async elsewhere() {
    this.listed();
    if (!this.id || this.looking) return;
    this.looking = true;
    try {
      const id = this.id;
      const held = await call('GET', `/api/conversations/${encodeURIComponent(id)}`);
      if (id !== this.id) return;
      const there = new Set(this.turns.map(turn => turn.run));
      for (const record of held.turns) if (!there.has(record.run)) this.place(record, held.visuals);
      for (const [visual, { n }] of Object.entries(held.visuals)) {
        const sheet = this.sheets.get(visual);
        if (sheet && sheet.facts.n !== undefined && sheet.facts.n !== n) { sheet.changed(); sheet.refresh(); }
      }
    } catch { /* it is looked at again when the page is shown again */ } finally {
      this.looking = false;
    }
  }

  // -- the empty chat -----------------------------------------------------------------------------------------------------

  welcome() {
    const cards = state.examples.map(({ kind, name, title, prompt, lang }) => {
      const where = `#example/${kind}/${name}`;
      const picture = el('img', { src: `/example/${kind}/${name}.svg?theme=${this.theme()}&width=720&v=${state.version}&brand=${this.brand?.told.mark ?? ''}`, alt: '', loading: 'lazy', decoding: 'async',
        onload: ({ target }) => target.classList.toggle('wide', target.naturalWidth / target.naturalHeight > 4 / 3) });
      return el('article', { class: 'sample', lang, 'data-example': `${kind}/${name}` },
        el('a', { class: 'view', href: where, 'aria-label': `${sentence(say(`form.${kind}`))}: ${title}` }, picture),
        el('p', { class: 'caption' }, icon(kind, 15), sentence(say(`form.${kind}`))),
        el('button', { type: 'button', class: 'prompt', dir: 'auto', title: say('askthis'), onclick: () => this.composer.fill(prompt) }, el('span', {}, prompt), el('b', {}, say('askthis'))));
    });
    return el('section', { class: 'welcome' }, el('h1', {}, say('welcome')), el('p', { class: 'lead' }, say('welcome.about')),
      el('div', { class: 'samples' }, ...cards), el('p', { class: 'on' }, el('a', { href: '/gallery' }, say('gallery.see'))));
  }
  async example(kind, name, design = '') {
    try {
      const told = await call('POST', `/api/examples/${encodeURIComponent(kind)}/${encodeURIComponent(name)}?design=${encodeURIComponent(design)}`);
      history.replaceState(null, '', `#${told.conversation}`);
      await this.open(told.conversation);
      this.listed();
    } catch (error) {
      tell(error.message);
      location.hash = '';
    }
  }
  replays() { return this.id.startsWith('example-'); }
  async replay(sheet) {
    const [, kind, ...rest] = this.id.split('-');
    const told = await call('POST', `/api/examples/${kind}/${rest.join('-')}?again=true`);
    return this.redraw(sheet, told.run);
  }

  // -- the side -----------------------------------------------------------------------------------------------------------

  sidebar() {
    this.items = el('div', { class: 'items' });
    const node = document.createDocumentFragment();
    node.append(
      el('div', { class: 'top' }, el('a', { class: 'brand', href: '#', 'aria-label': 'Flipchart' }, el('img', { src: document.querySelector('link[rel=icon]').href, alt: '', width: '26', height: '26' }), 'Flipchart'),
        tool('side', say('side.close'), () => this.aside(false), { class: 'tool toggle' })),
      el('a', { class: 'new', href: '#', onclick: () => this.aside(false, true) }, icon('plus', 17), say('new')),
      el('nav', { class: 'list', 'aria-label': say('conversations') }, this.items),
      el('div', { class: 'bottom' }, el('a', { class: 'entry', href: '/gallery' }, icon('gallery', 17), say('gallery')),
        el('button', { type: 'button', class: 'entry', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: event => this.settings(event.currentTarget) }, icon('dials', 17), say('settings'))));
    const settle = () => document.body.classList.toggle('aside', kept('side') !== 'closed' && !NARROW.matches);
    NARROW.addEventListener('change', settle);
    settle();
    this.parts.thread.addEventListener('click', event => { if (NARROW.matches && document.body.classList.contains('aside') && !event.target.closest('.toggle')) this.aside(false); });
    return node;
  }
  // Opens or closes the side; `narrow` only where it lies over the page.
  aside(on = !document.body.classList.contains('aside'), narrow = false) {
    if (narrow && !NARROW.matches) return;
    document.body.classList.toggle('aside', on);
    if (!NARROW.matches) keep('side', on ? 'open' : 'closed');
  }
  async listed() {
    if (this.listing) { this.unlisted = true; return; }
    this.listing = true;
    try {
      const list = await call('GET', '/api/conversations');
      if (JSON.stringify(list) !== JSON.stringify(this.list)) { this.list = list; this.show(); }
      await this.speaks(list.find(one => one.id === this.id)?.lang);
    } catch { /* the list is read again with the next change */ } finally {
      this.listing = false;
      if (this.unlisted) { this.unlisted = false; setTimeout(() => this.listed(), 300); }
    }
  }
  show() {
    if (this.items.querySelector('.rename')) return;  // a title is being typed; the list is read again after
    const day = at => new Date(at * 1000).setHours(0, 0, 0, 0);
    const today = new Date().setHours(0, 0, 0, 0);
    const when = at => day(at) >= today ? 'today' : day(at) >= today - 6 * 864e5 ? 'week' : 'earlier';
    const olds = new Map([...this.items.querySelectorAll('[data-id]')].map(node => [node.dataset.id, node]));
    const out = [];
    let group = '';
    for (const one of this.list) {
      if (when(one.changed) !== group) out.push(el('p', { class: 'when' }, say(group = when(one.changed))));
      const mark = `${one.title}|${one.visual}|${one.changed}`;
      const old = olds.get(one.id);
      out.push(old?.dataset.mark === mark ? old : this.item(one, mark));
    }
    const held = document.activeElement?.closest?.('[data-id]')?.dataset.id;
    this.items.replaceChildren(...(out.length ? out : [el('p', { class: 'none' }, say('none'))]));
    if (held) this.items.querySelector(`[data-id="${CSS.escape(held)}"] a`)?.focus({ preventScroll: true });
    this.mark();
  }
  item(one, mark) {
    const thumb = one.visual
      ? el('img', { class: 'thumb', src: `/thumbs/${encodeURIComponent(one.visual)}?theme=${this.theme()}&t=${Math.round(one.changed)}&brand=${this.brand?.told.mark ?? ''}`, alt: '', loading: 'lazy', decoding: 'async' })
      : el('span', { class: 'thumb' }, icon('text', 16));
    const more = tool('more', say('more'), event => menu(event.currentTarget, [
      { label: say('rename'), icon: 'pencil', act: () => this.rename(one) },
      ...['pptx', 'pdf', 'html', 'md'].map(ending => ({ label: ending.toUpperCase(), icon: 'download', href: `/api/conversations/${encodeURIComponent(one.id)}/export.${ending}` })),
      { label: say('delete'), icon: 'bin', act: () => this.forget(one) },
    ], say('more')), { class: 'tool more', 'aria-haspopup': 'menu', 'aria-expanded': 'false' });
    const node = el('div', { class: 'item', 'data-id': one.id, 'data-mark': mark },
      el('a', { href: `#${one.id}`, onclick: () => this.aside(false, true) }, thumb, el('span', { class: 'name', dir: 'auto' }, one.title)), more);
    return node;
  }
  mark() {
    for (const node of this.items.querySelectorAll('[data-id]')) node.querySelector('a').setAttribute('aria-current', node.dataset.id === this.id ? 'page' : 'false');
    const here = this.list.find(one => one.id === this.id);
    if (here) this.name(here.title);
  }
  rename(one) {
    const node = this.items.querySelector(`[data-id="${CSS.escape(one.id)}"]`);  // as it is listed now: the list may have been read again
    if (!node) return;
    const field = el('input', { class: 'rename', value: one.title, maxlength: '200', 'aria-label': say('rename'), dir: 'auto' });
    let over = false;
    const done = attempt(async () => {
      if (over) return;
      over = true;
      const title = field.value.trim();
      try {
        if (title && title !== one.title) await call('PATCH', `/api/conversations/${encodeURIComponent(one.id)}`, { title });
      } finally {
        field.remove();
        this.list = [];
        this.listed();
      }
    });
    field.addEventListener('keydown', event => {
      if (event.key === 'Escape') field.value = one.title;
      if (event.key === 'Escape' || (event.key === 'Enter' && !event.isComposing)) { event.preventDefault(); done(); }
    });
    field.addEventListener('blur', done);
    node.replaceChildren(field);
    node.dataset.mark = '';
    field.focus();
    field.select();
  }
  async forget(one) {
    if (!await sure(say('delete.sure'), say('delete.about', { title: `\u2068${one.title}\u2069` }), say('delete'))) return;
    await call('DELETE', `/api/conversations/${encodeURIComponent(one.id)}`);
    this.tabs?.postMessage('');
    if (one.id === this.id) location.hash = '';
    this.listed();
  }
  export(anchor) {
    menu(anchor, ['pptx', 'pdf', 'html', 'md'].map(ending => ({
      label: ending.toUpperCase(), note: say(`write.${ending}`), icon: 'file', href: `/api/conversations/${encodeURIComponent(this.id)}/export.${ending}`,
    })), say('export'));
  }

  // -- the dials ----------------------------------------------------------------------------------------------------------

  // The settings are Gradio's; they are shown beside the button that was pressed.
  settings(anchor) {
    const node = document.getElementById('settings');
    const shown = node.classList.toggle('shown');
    for (const other of document.querySelectorAll('.entry[aria-haspopup=dialog], .keys [aria-haspopup=dialog]')) other.setAttribute('aria-expanded', String(shown && other === anchor));
    if (!shown) return;
    const box = anchor.getBoundingClientRect(), own = node.getBoundingClientRect();
    node.style.left = `${Math.max(8, Math.min(box.left, innerWidth - own.width - 8))}px`;
    // It grows upwards with what it shows.
    const below = Math.max(8, Math.min(innerHeight - box.top + 8, innerHeight - own.height - 8));
    Object.assign(node.style, { top: 'auto', bottom: `${below}px`, maxHeight: `${innerHeight - below - 8}px` });
    node.querySelector('input:checked, input')?.focus();
    const away = event => {
      if (event.type === 'keydown' ? event.key !== 'Escape' : node.contains(event.target) || anchor.contains(event.target) || event.target.closest?.('.options')) return;
      removeEventListener('pointerdown', away, true);
      removeEventListener('keydown', away, true);
      node.classList.remove('shown');
      anchor.setAttribute('aria-expanded', 'false');
      if (event.type === 'keydown') anchor.focus();
    };
    addEventListener('pointerdown', away, true);
    addEventListener('keydown', away, true);
  }
  turned(name, value) {
    if (!(name in DIALS) || value === null || value === undefined || value === this.dialed[name]) return;
    this.dialed[name] = value;
    keep(name, value === DIALS[name] ? null : String(value));
    if (name === 'theme') this.dress();
    if (name === 'lang') {
      document.cookie = `flipchart-lang=${value}; path=/; samesite=strict; max-age=${value ? 31536000 : 0}`;
      location.reload();
    }
    if (name === 'model') this.poll();
    this.say();
  }
  dress() {
    const theme = this.theme();
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    for (const sheet of this.sheets.values()) sheet.themed(theme);
    this.pictured('theme', theme);
    this.brand?.read();
  }
  // Small pictures are fetched anew.
  pictured(name, value) {
    for (const picture of document.querySelectorAll('.sample img, img.thumb')) {
      const where = new URL(picture.src);
      where.searchParams.set(name, value);
      picture.src = where.href;
    }
  }
  // The brand is another one: what is in sight changes first.
  branding(element) {
    this.brand = new BrandPanel(this);
    element.append(this.brand.node);
  }
  branded({ mark, palette, brand }, fresh, own = false) {
    this.dyes = brand ? palette.series : null;
    if (!fresh) return;
    const room = this.thread.getBoundingClientRect();
    const seen = ({ node }) => { const box = node.getBoundingClientRect(); return box.bottom > room.top && box.top < room.bottom; };
    const sheets = [...this.sheets.values()], first = sheets.filter(seen);
    for (const sheet of first) sheet.changed();
    setTimeout(() => { for (const sheet of sheets) if (!first.includes(sheet)) sheet.changed(); this.pictured('brand', mark); }, first.length ? 120 : 0);
    if (own) this.tabs?.postMessage('brand');
  }
  // The words of the dials, in the page's language.
  say() {
    this.composer.level.textContent = say(`autonomy.${this.dialed.autonomy}`);
    this.composer.level.title = say(`autonomy.${this.dialed.autonomy}.about`);
    this.composer.dial.querySelector('.effort').textContent = say(`effort.${this.dialed.effort}`);
    const range = document.querySelector('#autonomy input[type=range]');
    if (range) {
      range.setAttribute('aria-label', say('autonomy'));
      range.setAttribute('aria-valuetext', say(`autonomy.${this.dialed.autonomy}`));
      range.title = `${say('autonomy')}: ${say(`autonomy.${this.dialed.autonomy}.about`)}`;
    }
    for (const name of ['lang', 'model']) document.documentElement.style.setProperty(`--own-${name}`, JSON.stringify(say(`${name}.own`)));
    for (const name of ['effort', 'theme', 'lang', 'model']) {
      const label = document.querySelector(`#${name} [data-testid=block-info]`);
      if (label && label.textContent !== say(name)) label.textContent = say(name);
      document.querySelector(`#${name} input[role=combobox]`)?.setAttribute('aria-label', say(name));
      document.querySelector(`#${name} input[role=combobox]`)?.setAttribute('placeholder', say(`${name}.own`));
      for (const input of document.querySelectorAll(`#${name} input[type=radio]`)) {
        const words = say(`${name}.${input.value || 'own'}`), span = input.nextElementSibling;
        if (span && span.textContent !== words) span.textContent = words;
      }
    }
  }

  // -- the model ----------------------------------------------------------------------------------------------------------

  readiness({ state: how, mb_done: done = 0, mb_total: total = 0, seconds_left: left, message = '' }, lang = state.lang) {
    if (how === 'downloading') {
      const minutes = left === undefined ? '' : ` ${say(left < 90 ? 'model.minute' : 'model.minutes', { minutes: figure(Math.round(left / 60), lang) }, lang)}`;
      return say('model.downloading', { done: figure(done, lang), total: figure(total, lang) }, lang) + minutes;
    }
    return how === 'missing' ? message || say('model.missing', {}, lang) : say('model.loading', {}, lang);
  }
  async poll() {
    if (this.polling) return;
    this.polling = true;
    for (;;) {
      const told = await call('GET', '/api/status').catch(() => null);
      this.modelled = told;
      const bar = this.composer.status;
      bar.hidden = !told || told.state === 'ready';
      if (told?.state === 'ready') break;
      if (told) {
        const share = told.mb_total ? told.mb_done / told.mb_total : 0;
        bar.replaceChildren(el('p', {}, this.readiness(told)), el('p', { class: 'note' }, told.state === 'missing' ? '' : say('model.queue')),
          el('div', { class: 'meter', hidden: told.state !== 'downloading' }, el('i', { style: `inline-size:${(share * 100).toFixed(1)}%` })));
        bar.classList.toggle('wrong', told.state === 'missing');
      }
      await new Promise(done => setTimeout(done, told?.state === 'missing' ? 5 * POLL_MS : POLL_MS));
    }
    this.polling = false;
  }

  shortcut(event) {
    if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'o') { event.preventDefault(); location.hash = ''; }
    if (event.key === '/' && !event.target.closest?.('input, textarea, [contenteditable]') && !event.ctrlKey && !event.metaKey) { event.preventDefault(); this.composer.words.focus(); }
  }
}

// Gradio tells when each part is there, in any order; the page begins with the last.
const parts = {};
let page = null;
const early = [];
window.flipchart = {
  part: (name, element) => {
    parts[name] = element;
    if (name === 'brand') page?.branding(element);
    if (!page && ['side', 'thread', 'ask'].every(one => parts[one])) {
      page = new Page(parts);
      if (parts.brand) page.branding(parts.brand);
      window.flipchart.page = page;
      for (const [dial, value] of early) page.turned(dial, value);
    }
  },
  dial: (name, value) => page ? page.turned(name, value) : early.push([name, value]),
  dials: () => {
    requestAnimationFrame(() => page?.say());
    setTimeout(() => page?.say(), 300);
    return Object.keys(DIALS).map(name => {
      const held = kept(name);
      return held === null ? DIALS[name] : typeof DIALS[name] === 'number' ? Number(held) : held;
    });
  },
};
