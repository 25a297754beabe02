// One visual on the page: its frame, mounted once, and the quiet line under it.
import { attempt, button, call, calm, dialog, el, figure, icon, kept, keep, menu, popover, say, sentence, state, tell, tool } from './chat_parts.js';
import { mark } from './chat_mark.js';

const UNSAID = new Set(['app', 'animation', 'slides']);  // forms whose frame does not say where their figures are from
const TALLEST = 20000, GHOST = 300;  // px
const REMEMBERED = 300;  // visuals
const LONGEST = 200;  // characters of a part's id, and of what it is called

// How tall visuals were when last seen, so that a page opened again does not jump while they come.
const heights = () => { try { return JSON.parse(kept('heights')) ?? {}; } catch { return {}; } };
const remember = (id, height) => {
  const { [id]: _, ...others } = heights();
  keep('heights', JSON.stringify(Object.fromEntries([...Object.entries(others).slice(-REMEMBERED), [id, height]])));
};

export class Sheet {
  // `page` is the chat; `held` what is known of the visual: {id, form, title, status, n, newest, design, forms, designs}.
  constructor(page, lang, held = {}) {
    Object.assign(this, { page, lang, id: '', frame: null, facts: { forms: [], designs: [], writes: [], ...held }, ready: false, height: 0 });
    this.progress = el('div', { class: 'progress', hidden: true }, el('i'));
    this.ghost = el('div', { class: 'ghost' }, el('div', { class: 'pen' }));
    this.paper = el('div', { class: 'paper' }, this.progress, this.ghost);
    this.name = el('span', { class: 'form' });
    this.reason = el('span', { class: 'reason' });
    this.source = el('span', { class: 'told' });
    this.clock = el('span', { class: 'clock' });
    this.halt = el('button', { type: 'button', class: 'button halt', hidden: true }, icon('stop', 15), say('stop'));
    this.tools = el('div', { class: 'tools', role: 'group', 'aria-label': say('tools') });
    this.line = el('div', { class: 'line' }, el('p', { class: 'what' }, this.name, this.reason, this.source, this.clock), this.halt, this.tools);
    this.node = el('section', { class: 'sheet', tabindex: '-1' }, this.paper, this.line);
    if (held.id) this.mount(held.id, held);
    else this.grow();
  }

  say(key, values) { return say(key, values, this.lang); }

  // -- while it is being made ---------------------------------------------------------------------------------------------

  // Framed at once, before anything is known of it.
  grow(expected = null, stop = null) {
    this.began ??= performance.now();
    this.expected = expected ?? this.expected ?? null;
    this.node.classList.add('growing');
    this.progress.hidden = false;
    if (stop) {
      this.halt.hidden = false;
      this.halt.onclick = stop;
    }
    this.tick();
    return this;
  }
  // Once a second: how long it has taken of what it was expected to take. The bar never arrives before the visual does.
  tick() {
    if (!this.node.classList.contains('growing')) return;
    const passed = (performance.now() - this.began) / 1000;
    const share = this.expected ? 1 - Math.exp(-1.4 * passed / this.expected) : 0;
    this.progress.firstElementChild.style.inlineSize = `${Math.max(3, 96 * share)}%`;
    this.progress.classList.toggle('blind', !this.expected);
    const seconds = n => figure(Math.max(1, Math.round(n)), this.lang);
    const told = { passed: seconds(passed), expected: seconds(this.expected ?? 0) };
    const words = this.expected ? this.say(passed > 1.15 * this.expected + 1 ? 'clock.long' : 'clock', told) : passed >= 1 ? this.say('passed', told) : '';
    if (this.clock.textContent !== words) this.clock.textContent = words;
  }
  // What it will be, and why.
  planned({ form, reason, seconds }) {
    this.facts.form = form;
    this.expected = seconds ?? this.expected;
    this.label();
    this.reason.textContent = reason || '';
    this.tick();
  }
  thinking(words) {
    this.name.replaceChildren(words);
    this.node.dataset.form = '';
  }
  label() {
    const { form } = this.facts;
    this.node.dataset.form = form || '';
    if (!form) return;
    this.name.replaceChildren(icon(form, 16), sentence(this.say(`form.${form}`)));
    if (!this.frame) this.ghost.firstElementChild.replaceChildren(icon(form, 44));
  }

  // -- its frame ----------------------------------------------------------------------------------------------------------

  mount(id, held = {}) {
    if (this.frame) return this.changed();
    Object.assign(this, { id });
    Object.assign(this.facts, held, { id });
    this.page.sheets.set(id, this);
    const query = new URLSearchParams({ theme: this.page.theme(), width: String(Math.round(this.paper.clientWidth || this.page.width())), tall: String(this.page.tall()), tools: '0' });
    const known = heights()[id];
    this.frame = el('iframe', {
      class: 'frame', src: `/v/${encodeURIComponent(id)}?${query}`, title: this.facts.title || this.say('visual'), loading: 'lazy',
      allow: 'fullscreen', onload: () => { this.loads = (this.loads || 0) + 1; },
    });
    this.frame.style.height = `${known || GHOST}px`;
    if (this.growing()) this.frame.classList.add('coming');
    else this.ghost.remove();
    this.paper.append(this.frame);
    this.label();
    this.watch();
    return this;
  }
  growing() { return this.node.classList.contains('growing'); }

  heard(message) {
    switch (message.type) {
      case 'flipchart:height': {
        const height = Math.min(TALLEST, Math.max(48, Math.ceil(Number(message.height)) || 0));
        this.arrived();
        if (this.growing() && height < this.height) break;  // what grows does not jump back
        this.height = height;
        this.frame.style.height = `${height}px`;
        if (!this.growing()) remember(this.id, height);
        this.page.stood(this);
        break;
      }
      case 'flipchart:ready':
        this.ready = true;
        this.arrived();
        this.hold(this.page.composer.pointed());
        if (this.missed) this.changed();
        break;
      case 'flipchart:edited': this.refresh(); break;
      case 'flipchart:pointed': this.point(message); break;
      case 'flipchart:run': this.page.redraw(this, String(message.run)); break;
    }
  }
  // A part that the next question is to be about: ids of ours, and what the picture calls it.
  async point(message) {
    const [part, field, words] = ['part', 'field', 'words'].map(name => typeof message[name] === 'string' ? message[name].slice(0, LONGEST) : '');
    if (!part || !this.id || this.growing()) return;
    const query = new URLSearchParams({ part, field });
    const told = words.trim() ? { words } : await call('GET', `/api/visuals/${encodeURIComponent(this.id)}/named?${query}`).catch(() => ({}));
    this.page.composer.point({ conversation: this.page.id, visual: this.id, part, field, words: told.words || this.frame.title });
  }
  // Shows in the picture what the next question is about; null: nothing of it.
  hold(about) {
    const mine = about?.visual === this.id ? about : null;
    this.post({ type: 'flipchart:held', part: mine?.part ?? '', field: mine?.field ?? '' });
  }
  arrived() {
    if (!this.ghost.isConnected) return;
    this.frame.classList.remove('coming');
    this.ghost.classList.add('gone');
    setTimeout(() => this.ghost.remove(), calm.matches ? 0 : 200);
  }
  post(message) { this.frame?.contentWindow?.postMessage(message, location.origin); }
  // The server holds something newer than the frame shows.
  changed() {
    this.missed = !this.ready;
    if (this.ready) this.post({ type: 'flipchart:changed' });
  }
  themed(theme) { this.post({ type: 'flipchart:theme', theme }); }

  // -- once it is there ---------------------------------------------------------------------------------------------------

  settle() {
    this.node.classList.remove('growing');
    this.progress.hidden = true;
    this.halt.hidden = true;
    this.clock.textContent = '';
    this.began = null;
    this.changed();
    if (this.id) this.refresh();
  }
  // What the line says is read once the sheet comes near.
  watch() {
    if (this.growing()) return;
    this.page.nearby(this.node, () => this.refresh());
  }
  async refresh() {
    if (!this.id) return;
    try {
      this.known(await call('GET', `/api/visuals/${encodeURIComponent(this.id)}`));
    } catch (error) {
      if (error.status === 404) this.source.textContent = error.message;
    }
  }
  known(facts) {
    Object.assign(this.facts, facts);
    this.frame.title = this.facts.title || this.facts.alt || this.say('visual');
    this.node.setAttribute('aria-label', this.frame.title);
    this.label();
    this.source.textContent = UNSAID.has(this.facts.form) ? this.facts.told || '' : '';
    if (!this.growing()) this.equip();
  }

  // -- its tools ----------------------------------------------------------------------------------------------------------

  equip() {
    const { designs, design, n, newest, status } = this.facts;
    const held = document.activeElement?.closest?.('.tools') === this.tools ? document.activeElement.dataset.tool : '';
    const at = Math.max(0, designs.indexOf(design));
    const flip = designs.length > 1 && el('div', { class: 'flip' },
      tool('left', say('flip.previous'), attempt(() => this.flip('prev')), { 'data-tool': 'prev' }),
      el('span', { class: 'at', 'aria-live': 'polite' }, `${figure(at + 1)} / ${figure(designs.length)}`),
      tool('right', say('flip.next'), attempt(() => this.flip('next')), { 'data-tool': 'next' }));
    const more = { 'aria-haspopup': 'menu', 'aria-expanded': 'false' };
    this.tools.replaceChildren(...[
      n > 1 && tool('undo', say('undo'), attempt(() => this.step('undo')), { 'data-tool': 'undo' }),
      n < newest && tool('redo', say('redo'), attempt(() => this.step('redo')), { 'data-tool': 'redo' }),
      this.facts.drawable && tool('pencil', say('board'), () => this.draw(), { 'data-tool': 'board', 'aria-haspopup': 'dialog' }),
      this.facts.markable && tool('brush', say('mark'), attempt(() => this.mark()), { 'data-tool': 'mark', 'aria-haspopup': 'dialog' }),
      flip,
      el('button', { type: 'button', class: 'tool worded', 'data-tool': 'as', onclick: event => this.shown(event.currentTarget), ...more }, say('as'), icon('down', 15)),
      tool('palette', say('looks'), event => this.look(event.currentTarget), { 'data-tool': 'look', ...more, 'aria-haspopup': 'dialog' }),
      tool('download', say('download'), event => this.download(event.currentTarget), { 'data-tool': 'download', ...more }),
      tool('embed', say('embed'), () => this.embed(), { 'data-tool': 'embed', 'aria-haspopup': 'dialog' }),
      tool('text', say('reading'), event => this.read(event.currentTarget), { 'data-tool': 'text', 'aria-pressed': String(Boolean(this.reading)) }),
      tool('full', say('full'), attempt(() => this.full()), { 'data-tool': 'full' }),
      this.page.replays(this) && tool('play', say('replay'), attempt(() => this.page.replay(this)), { 'data-tool': 'replay' }),
    ].filter(Boolean));
    this.node.classList.toggle('partial', status === 'partial');
    if (held) this.tools.querySelector(`[data-tool=${held}]`)?.focus();
  }
  async step(where, body) {
    const told = await call('POST', `/v/${encodeURIComponent(this.id)}/${where}`, body);
    if (told.run) return this.page.redraw(this, told.run);
    this.changed();
    await this.refresh();
    this.page.listed();
    return undefined;
  }
  // The board's editor, over the whole page; it says when something was kept, and when the person leaves.
  draw() {
    const query = new URLSearchParams({ theme: this.page.theme() });
    const frame = el('iframe', { class: 'board', src: `/v/${encodeURIComponent(this.id)}/edit?${query}`, title: say('board') });
    const node = el('dialog', { class: 'board', 'aria-label': say('board'), onclose: () => { removeEventListener('message', heard); node.remove(); } }, frame);
    const heard = ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== location.origin || !data) return;
      if (data.type === 'flipchart:edited') { this.changed(); this.refresh(); this.page.listed(); }
      if (data.type === 'flipchart:left') node.close();
    };
    addEventListener('message', heard);
    node.addEventListener('cancel', event => event.preventDefault());  // Escape is the editor's
    document.body.append(node);
    node.showModal();
    frame.focus();
  }
  // A place in the picture that the next question is to be about.
  mark() { return mark(this.id, about => this.page.composer.point({ conversation: this.page.id, field: '', ...about })); }
  flip(design) { return this.step('design', { design }); }
  shown(anchor) {
    const own = new Set(this.facts.forms);
    const entries = [...state.forms].sort((a, b) => own.has(b) - own.has(a)).map(form => ({
      label: sentence(say(`form.${form}`)), icon: form, on: form === this.facts.form, note: own.has(form) ? '' : say('as.asks'),
      act: () => form === this.facts.form ? null : this.step(`as/${form}`),
    }));
    menu(anchor, entries, say('as'));
  }
  look(anchor) {
    const chosen = this.facts.theme || this.page.theme();
    const themes = Object.entries(state.themes).map(([name, { colours }]) => el('button', {
      type: 'button', class: 'dress', 'aria-pressed': String(name === chosen), onclick: attempt(() => this.step('look', { theme: name })),
      style: `--a:${colours[0]};--b:${colours[1]};--c:${colours[2]}`,
    }, el('i'), say(`theme.${name}`)));
    const accents = ['', ...(this.page.dyes ?? state.series)].map(colour => el('button', {
      type: 'button', class: 'dot', style: `--a:${colour || 'var(--sheet)'}`, 'aria-pressed': String(colour === this.facts.accent),
      'aria-label': colour || say('look.own'), title: colour || say('look.own'), onclick: attempt(() => this.step('look', { accent: colour || null })),
    }));
    const press = event => {
      const one = event.target.closest('button');
      for (const other of one?.parentElement.querySelectorAll('button') ?? []) other.setAttribute('aria-pressed', String(other === one));
    };
    popover(anchor, [el('p', { class: 'caption' }, say('look.theme')), el('div', { class: 'dresses', onclick: press }, ...themes),
      el('p', { class: 'caption' }, say('look.accent')), el('div', { class: 'dots', onclick: press }, ...accents)], { label: say('looks') });
  }
  address(ending) { return `/v/${encodeURIComponent(this.id)}.${ending}?theme=${encodeURIComponent(this.page.theme())}`; }
  download(anchor) {
    const entries = this.facts.writes.map(ending => ({
      label: ending === 'vl.json' ? 'Vega-Lite' : ending.toUpperCase(), note: this.note(ending), icon: 'file', href: this.address(ending),
    }));
    const sized = this.facts.sizes.map(size => ({
      label: `PNG ${say(`size.${size}`)}`, icon: 'file', href: `${this.address('png')}&size=${size}`,
    }));
    menu(anchor, [...entries, ...sized], say('download'));
  }
  note(ending) {
    const key = `write.${ending}`, words = say(key);
    return words === key ? '' : words;
  }
  embed() {
    const code = `<script src="${location.origin}/widget.js"></script>\n<flip-chart visual="${this.id}"></flip-chart>`;
    const copied = words => attempt(async () => { await navigator.clipboard.writeText(words); tell(say('copied')); });
    dialog(say('embed'),
      el('section', {}, el('h3', {}, say('embed.copy')), el('p', {}, say('embed.copy.about')),
        el('div', { class: 'row' }, el('a', { class: 'button first', href: this.address('html'), download: '' }, icon('download', 16), say('embed.html')),
          button(say('embed.svg'), attempt(async () => {
            const reply = await fetch(this.address('svg'));
            await navigator.clipboard.writeText(await reply.text());
            tell(say('copied'));
          })))),
      el('section', {}, el('h3', {}, say('embed.live')), el('p', {}, say('embed.live.about')),
        el('pre', { class: 'code', tabindex: '0', dir: 'ltr' }, code), button(say('copy'), copied(code))));
  }
  // The words of the visual in its place, and back.
  read(button) {
    this.reading = !this.reading;
    button.setAttribute('aria-pressed', String(this.reading));
    this.post({ type: 'flipchart:text', on: this.reading });
  }
  full() { return document.fullscreenElement ? document.exitFullscreen() : this.paper.requestFullscreen(); }
}
