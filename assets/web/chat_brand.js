// The brand in the settings: a logo or a deck dropped, colours typed, how it looks, and the way back.
import { attempt, call, el, icon, say, state, tool } from './chat_parts.js';

const LARGEST = 30e6;  // bytes of a file
const PAUSE_MS = 180;  // after the last letter, before colours that are being typed are shown

export class BrandPanel {
  constructor(page) {
    this.page = page;
    this.told = { brand: null, mark: '', undo: false, redo: false, notes: [], moved: [], palette: {} };
    this.file = el('input', { type: 'file', accept: '.png,.jpg,.jpeg,.svg,.webp,.gif,.pptx,.potx,.json', onchange: () => { this.give(this.file.files[0]); this.file.value = ''; } });
    this.label = el('p', { class: 'caption' });
    this.place = el('button', { type: 'button', class: 'place', onclick: () => this.file.click() });
    this.colours = el('input', { class: 'colours', type: 'text', spellcheck: 'false', autocomplete: 'off', dir: 'ltr', placeholder: '#0b5678, #c9772b', maxlength: '200',
      oninput: () => this.typing(), onkeydown: event => { if (event.key === 'Enter' && !event.isComposing) { event.preventDefault(); this.use(); } } });
    this.apply = el('button', { type: 'button', class: 'button', onclick: attempt(() => this.use()) });
    this.swatches = el('div', { class: 'swatches' });
    this.logo = el('div', { class: 'mark', hidden: true });
    this.pictures = ['chart', 'slides'].map(form => el('img', { 'data-form': form, decoding: 'async', hidden: true }));
    this.notes = el('ul', { class: 'told', 'aria-live': 'polite' });
    this.steps = el('div', { class: 'steps' });
    this.node = el('section', { class: 'branding' }, this.label, this.place,
      el('div', { class: 'typed' }, this.colours, this.apply), this.swatches, this.notes, this.steps, this.logo, el('div', { class: 'pictures' }, ...this.pictures));
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) this.node.addEventListener(type, event => this.dragged(event));
    this.say();
    this.read();
  }
  say() {
    this.label.textContent = say('brand');
    this.node.setAttribute('aria-label', say('brand'));
    this.place.replaceChildren(icon('palette', 18), say('brand.drop'));
    this.colours.setAttribute('aria-label', say('brand.colours'));
    this.apply.textContent = say('brand.use');
  }
  query(more = {}) { return new URLSearchParams({ theme: this.page.theme(), lang: state.lang, ...more }); }

  // -- given --------------------------------------------------------------------------------------------------------------

  dragged(event) {
    if (![...event.dataTransfer?.types ?? []].includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();  // the page would take it as a file to ask about
    this.node.classList.toggle('over', event.type === 'dragenter' || event.type === 'dragover');
    if (event.type === 'drop') this.give(event.dataTransfer.files[0]);
  }
  async give(file) {
    if (!file) return;
    if (file.size > LARGEST) return this.wrong(say('brand.large', { name: file.name }));
    const body = new FormData();
    body.append('file', file, file.name);
    await this.change('POST', '', body);
  }
  use() {
    const colours = this.colours.value.trim();
    return colours ? this.change('PATCH', '', { colours }) : undefined;
  }
  async change(method, where, body) {
    this.node.setAttribute('aria-busy', 'true');
    clearTimeout(this.waiting);
    try {
      const told = await call(method, `/api/brand${where}?${this.query()}`, body);
      this.turn = (this.turn ?? 0) + 1;  // what is still being typed comes too late
      this.know(told);
      this.page.branded(told, true, true);
    } catch (error) {
      this.wrong(error.message);
    } finally {
      this.node.removeAttribute('aria-busy');
    }
  }
  // While colours are typed they are only shown.
  typing() {
    clearTimeout(this.waiting);
    const turn = this.turn = (this.turn ?? 0) + 1, colours = this.colours.value.trim();
    this.waiting = setTimeout(async () => {
      if (!colours) return this.know(this.told);
      try {
        const told = await call('GET', `/api/brand?${this.query({ colours })}`);
        if (turn === this.turn) this.show(told, colours);
      } catch (error) {
        if (turn === this.turn) this.wrong(error.message);
      }
    }, PAUSE_MS);
  }

  // -- shown --------------------------------------------------------------------------------------------------------------

  async read() {
    const told = await call('GET', `/api/brand?${this.query()}`).catch(() => null);
    if (!told) return;
    const fresh = told.mark !== this.told.mark;
    this.know(told);
    this.page.branded(told, fresh);
  }
  know(told) {
    this.told = told;
    this.colours.value = told.brand?.colours.join(', ') ?? '';
    this.show(told);
  }
  wrong(sentence) {
    this.notes.replaceChildren(el('li', { class: 'wrong', role: 'alert' }, sentence));
  }
  show({ brand, palette, notes, moved, undo, redo }, colours = '') {
    const was = new Map(moved.map(one => [one.was, one]));
    this.swatches.replaceChildren(...(brand?.colours ?? []).map(colour => {
      const one = was.get(colour), words = one ? `${colour} → ${one.now}` : colour;
      return el('i', { style: `--a:${colour};--b:${one?.now ?? colour}`, title: words, role: 'img', 'aria-label': words });
    }));
    this.logo.hidden = !brand?.logo;
    if (brand?.logo) this.logo.replaceChildren(el('img', { src: brand.logo, alt: brand.name || 'Logo' }), tool('close', say('brand.bare'), attempt(() => this.change('PATCH', '', { logo: null }))));
    this.logo.style.background = brand?.plate || palette.sheet || '';
    for (const picture of this.pictures) {
      picture.hidden = !brand;
      picture.alt = say('brand.preview');
      const src = `/api/brand/preview.svg?${this.query({ form: picture.dataset.form, of: this.told.mark, ...(colours ? { colours } : {}) })}`;
      if (brand && picture.getAttribute('src') !== src) picture.src = src;
    }
    this.notes.replaceChildren(...notes.map(note => el('li', {}, note)));
    this.steps.replaceChildren(...[
      undo && el('button', { type: 'button', class: 'button', 'data-step': 'undo', onclick: attempt(() => this.change('POST', '/undo')) }, icon('undo', 16), say('undo')),
      redo && el('button', { type: 'button', class: 'button', 'data-step': 'redo', onclick: attempt(() => this.change('POST', '/redo')) }, icon('redo', 16), say('redo')),
      this.told.brand && el('button', { type: 'button', class: 'button', 'data-step': 'none', onclick: attempt(() => this.change('DELETE', '')) }, say('brand.none')),
    ].filter(Boolean));
  }
}
