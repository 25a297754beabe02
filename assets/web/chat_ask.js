// Where one asks: words that grow, files as chips, the dials in reach.
import { attempt, call, el, figure, icon, keep, kept, say, state, tell, tool } from './chat_parts.js';

const MOST = 20;  // files of one question
const LOOK = /^data:image\/jpeg;base64,[\w+/=]+$/;  // what a marked place is shown by

export class Composer {
  constructor(page) {
    Object.assign(this, { page, files: [], about: kept('about') });
    this.words = el('textarea', {
      class: 'words', rows: '1', dir: 'auto', placeholder: say('placeholder'), 'aria-label': say('placeholder'), enterkeyhint: 'send',
      oninput: () => { keep('draft', this.words.value || null); this.grow(); }, onkeydown: event => this.key(event), onpaste: event => this.paste(event),
    });
    this.at = el('div', { class: 'at', role: 'group', 'aria-label': say('about') });
    this.told = el('p', { class: 'sr-only', role: 'status' });
    this.chips = el('ul', { class: 'chips', 'aria-label': say('files') });
    this.asks = el('div', { class: 'asks' });
    this.picker = el('input', { type: 'file', multiple: true, hidden: true, tabindex: '-1', onchange: () => { this.add(this.picker.files); this.picker.value = ''; } });
    this.send = tool('send', say('send'), () => this.ask(), { class: 'tool send' });
    this.halt = tool('stop', say('stop'), attempt(() => page.stop()), { class: 'tool halting', hidden: true });
    this.level = el('span', { class: 'level' });
    this.dial = el('button', { type: 'button', class: 'tool worded', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', title: say('settings'), onclick: () => page.settings(this.dial) }, icon('dials', 17), el('span', { class: 'effort' }));
    this.status = el('div', { class: 'status', role: 'status', hidden: true });
    this.node = el('div', { class: 'composer' }, this.status, this.told, this.asks,
      el('form', { class: 'card', onsubmit: event => { event.preventDefault(); this.ask(); } }, this.at, this.chips, this.words,
        el('div', { class: 'keys' }, tool('attach', say('attach'), () => this.picker.click()), this.picker, el('span', { class: 'auto' }, this.level), this.dial, el('span', { class: 'gap' }), this.halt, this.send)));
    this.words.value = kept('draft') ?? '';
    this.grow();
    this.drop();
  }

  grow() {
    if (!CSS.supports('field-sizing', 'content')) {
      this.words.style.height = 'auto';
      this.words.style.height = `${this.words.scrollHeight}px`;
    }
    this.send.disabled = !(this.words.value.trim() || this.table()) || this.files.some(file => file.coming);
  }
  // A table may be sent without a word: it is looked at.
  table() { return this.files.findLast(file => file.kind === 'table'); }
  fill(words) {
    this.words.value = words;
    this.grow();
    this.words.focus();
    this.words.setSelectionRange(words.length, words.length);
  }
  key(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.ask();
    }
    if (event.key === 'Backspace' && !this.words.value && this.pointed()) {
      event.preventDefault();
      this.point(null);
    }
    if (event.key === 'ArrowUp' && !this.words.value && this.page.lastQuestion()) {
      event.preventDefault();
      this.fill(this.page.lastQuestion());
    }
  }
  ask(words = this.words.value, renews = '') {
    const text = words.trim() || (this.table() ? say('look', { name: this.table().name }) : '');
    if (!text || this.files.some(file => file.coming)) return;
    const files = this.files.filter(file => file.id), about = this.pointed();
    this.words.value = '';
    if (about) this.point(null);
    keep('draft', null);
    this.files = [];
    this.show();
    this.grow();
    this.page.ask(text, { files, renews, about });
  }
  running(on) { this.halt.hidden = !on; }

  // -- what it is about ---------------------------------------------------------------------------------------------------

  // The part of a visual that the next question is about: {conversation, visual, part, field, words, mask, look}; null outside of its conversation.
  pointed() {
    try {
      const about = JSON.parse(this.about);
      return about?.conversation === this.page.id ? about : null;
    } catch { return null; }
  }
  point(about) {
    this.about = about && JSON.stringify(about);
    keep('about', this.about);
    this.aim();
    this.told.textContent = about ? say('about.added', { name: about.words }) : '';
    this.words.focus({ preventScroll: true });
  }
  // Shows it, by the words and in the picture.
  aim() {
    const about = this.pointed();
    this.at.replaceChildren(...(about ? [el('div', { class: 'chip' }, LOOK.test(about.look) ? el('img', { src: about.look, alt: '' }) : icon(about.mask ? 'brush' : 'point', 16), el('b', { dir: 'auto', title: about.words }, about.words),
      tool('close', say('about.remove', { name: about.words }), () => this.point(null)))] : []));
    for (const sheet of this.page.sheets.values()) sheet.hold(about);
  }

  // -- files --------------------------------------------------------------------------------------------------------------

  async add(files) {
    const given = [...files].slice(0, MOST - this.files.length);
    if (given.length < files.length) tell(say('files.most', { most: figure(MOST) }));
    await Promise.all(given.map(async file => {
      const one = { name: file.name || say('file'), coming: true, notes: [] };
      this.files.push(one);
      this.show();
      try {
        const body = new FormData();
        body.append('file', file, one.name);
        Object.assign(one, await call('POST', `/api/files?lang=${state.lang}`, body), { coming: false });
        if (one.kind === 'table') one.asks = await call('GET', `/api/files/${encodeURIComponent(one.id)}/questions?lang=${state.lang}`).catch(() => []);
        if (one.kind === 'table' && this.page.id) one.renews = await call('GET', `/api/conversations/${encodeURIComponent(this.page.id)}/renewable/${encodeURIComponent(one.id)}`).catch(() => ({}));
      } catch (error) {
        this.files = this.files.filter(other => other !== one);
        tell(error.message);
      }
      this.show();
      this.grow();
    }));
    this.words.focus();
  }
  show() {
    this.chips.replaceChildren(...this.files.map(file => {
      const told = file.coming ? say('file.coming') : file.kind === 'table'
        ? say('file.table', { rows: figure(file.rows ?? 0), columns: figure(file.columns.length) })
        : file.pages ? say('file.pages', { count: figure(file.pages) }) : say(`file.${file.kind}`);
      const gone = tool('close', say('file.remove', { name: file.name }), () => { this.files = this.files.filter(other => other !== file); this.show(); this.grow(); });
      const notes = (file.notes ?? []).slice(0, 3).map(note => el('span', { class: 'note' }, note));
      return el('li', { class: file.coming ? 'chip coming' : 'chip', title: (file.columns ?? []).join(', ') || null },
        icon(file.kind === 'table' ? 'table' : file.kind === 'picture' ? 'image' : 'file', 18),
        el('span', { class: 'about' }, el('b', { dir: 'auto' }, file.name), el('span', {}, told), ...notes), gone);
    }));
    const { asks = [], renews = {}, name } = this.files.at(-1) ?? {};
    const renew = renews.file ? [say('renew', { name })] : [];
    this.asks.replaceChildren(...renew.map(words => el('button', { type: 'button', class: 'ask renew', dir: 'auto', onclick: () => this.ask(words, renews.file) }, icon('redo', 15), words)), ...asks.map(words => el('button', { type: 'button', class: 'ask', dir: 'auto', onclick: () => this.ask(words) }, words)));
  }
  paste(event) {
    const { files } = event.clipboardData;
    const words = event.clipboardData.getData('text/plain');
    if (files.length && !words) {
      event.preventDefault();
      this.add(files);
      return;
    }
    // Cells copied from a spreadsheet are a table, not a question.
    const lines = words.replace(/\r/g, '').split('\n').filter(Boolean), tabs = lines.map(line => line.split('\t').length);
    if (lines.length > 1 && tabs.every(count => count > 1)) {
      event.preventDefault();
      this.add([new File([lines.join('\n')], say('file.pasted'), { type: 'text/tab-separated-values' })]);
    }
  }
  drop() {
    let depth = 0;
    const over = el('div', { class: 'over', hidden: true }, el('p', {}, icon('attach', 28), say('drop')));
    document.body.append(over);
    const carries = event => [...event.dataTransfer?.types ?? []].includes('Files');
    const show = on => { over.hidden = !on; };
    addEventListener('dragenter', event => { if (carries(event)) { event.preventDefault(); depth += 1; show(true); } });
    addEventListener('dragover', event => { if (carries(event)) event.preventDefault(); });
    addEventListener('dragleave', event => { if (carries(event)) { depth = Math.max(0, depth - 1); show(depth > 0); } });
    addEventListener('drop', event => {
      if (!carries(event)) return;
      event.preventDefault();
      depth = 0;
      show(false);
      this.add(event.dataTransfer.files);
    });
  }
}
