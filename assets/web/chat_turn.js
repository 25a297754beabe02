// One question with its answer, built from the events of its run or from what is kept of it.
import { attempt, button, call, direction, el, figure, icon, menu, popover, say, sentence, state, tell, tool } from './chat_parts.js';
import { Sheet } from './chat_sheet.js';

const SET_MS = 350;  // between two times the words are set by the server while they come
const FORMULA = /(\\\(.*?(\\\)|$))|(\\\[.*?(\\\]|$))|(\$\$.*?(\$\$|$))/gs;  // one that has ended, or not yet
const FAIR = 0.3;  // the chance from which on another form is offered

export class Turn {
  // `asked`: {run, question, form, files: [{name, kind}], about, lang, into}.
  constructor(page, asked) {
    Object.assign(this, { page, ...asked, sheets: [], texts: [], plan: null, usage: null, findings: [], asks: [], status: 'running', pending: null });
    this.answer = el('div', { class: 'answer' });
    this.foot = el('footer', { class: 'foot' });
    const same = page.sameQuestion(this);
    const words = this.into ? null : same
      ? el('h2', { class: 'question again' }, say('as.again', { form: say(`form.${this.form}`, {}, this.lang) }, this.lang))
      : el('h2', { class: 'question', dir: 'auto' }, ...this.question.split('\n').flatMap((line, i) => i ? [el('br'), line] : [line]));
    const files = this.files?.length && !same && !this.into ? el('ul', { class: 'files' }, ...this.files.map(file =>
      el('li', {}, icon(file.kind === 'table' ? 'table' : file.kind === 'picture' ? 'image' : 'file', 15), file.name))) : null;
    const about = this.about?.words && !same && !this.into ? el('p', { class: 'about' }, icon(this.about.mask ? 'brush' : 'point', 14), el('span', { class: 'sr-only' }, `${say('about')}: `), el('span', { dir: 'auto' }, this.about.words)) : null;
    this.node = el('article', { class: `turn${this.into ? ' into' : ''}`, 'data-run': this.run }, words, about, files, this.answer, this.foot);
    this.speaks(this.lang);
  }
  say(key, values) { return say(key, values, this.lang); }
  // The language of the conversation, which is known once it has been heard.
  speaks(lang) {
    this.lang = lang;
    Object.assign(this.node, { lang, dir: direction(lang) });
    for (const sheet of [this.pending, ...this.sheets]) {
      if (!sheet) continue;
      sheet.lang = lang;
      sheet.label();
      sheet.tick();
    }
  }
  get running() { return this.status === 'running'; }

  // -- as it comes --------------------------------------------------------------------------------------------------------

  // Framed at once, before the server has said anything.
  begin() {
    const stop = attempt(() => this.stop());
    if (this.into) {
      const sheet = this.page.sheets.get(this.into);
      if (sheet) { sheet.began = null; sheet.grow(null, stop); this.sheets = [sheet]; }
    } else {
      this.pending = new Sheet(this.page, this.lang).grow(null, stop);
      this.pending.node.classList.add('fresh');
      this.pending.thinking(this.say('choosing'));
      this.answer.append(this.pending.node);
    }
    this.clock = setInterval(() => { this.pending?.tick(); for (const sheet of this.sheets) sheet.tick(); }, 500);
    return this;
  }
  event(event) {
    switch (event.type) {
      case 'CUSTOM': this.told(event.name, event.value); break;
      case 'TEXT_MESSAGE_START': this.speak(); break;
      case 'TEXT_MESSAGE_CONTENT': this.said(event.delta); break;
      case 'ACTIVITY_SNAPSHOT': case 'ACTIVITY_DELTA': this.drawn(event.messageId, event.content); break;
      case 'RUN_FINISHED': this.end(event.result?.status || 'done'); break;
      case 'RUN_ERROR': this.end(event.code === 'interrupted' ? 'interrupted' : 'failed', event.message); break;
    }
  }
  told(name, value) {
    if (name === 'plan') {
      this.plan = value;
      const sheet = this.pending ?? this.sheets[0];
      sheet?.planned(value);
      if (this.pending) this.pending.node.classList.toggle('words', value.form === 'text');
    } else if (name === 'waiting') {
      (this.pending ?? this.sheets[0])?.thinking(this.page.readiness(value, this.lang));
    } else if (name === 'usage') {
      this.usage = value;
    } else if (name === 'asks') {
      this.asks = value.questions;
    } else if (name === 'withdrawn') {
      const sheet = this.page.sheets.get(value.visual);
      sheet?.node.remove();
      this.page.sheets.delete(value.visual);
      this.sheets = this.sheets.filter(other => other !== sheet);
    } else if (name === 'renewed') {
      for (const sheet of this.page.sheets.values()) { sheet.changed(); sheet.refresh(); }
    } else if (name === 'findings') {
      this.findings.push(...value.findings);
    }
  }
  drawn(id, content) {
    let sheet = this.page.sheets.get(id);
    if (sheet) {
      // A wish about an earlier visual changes that one in its place.
      if (this.pending && !this.sheets.includes(sheet)) { this.pending.node.remove(); this.pending = null; }
      sheet.changed();
      if (!this.into && !this.sheets.includes(sheet)) { this.moved = sheet; this.page.stand(sheet); }
    } else {
      sheet = this.pending ?? new Sheet(this.page, this.lang).grow(this.plan?.seconds, attempt(() => this.stop()));
      if (!this.pending) this.answer.append(sheet.node);
      this.pending = null;
      sheet.node.classList.remove('words', 'fresh', 'spoken');
      sheet.mount(id, { form: content?.form, title: content?.spec?.title, status: 'growing' });
    }
    if (content?.form) { sheet.facts.form = content.form; sheet.label(); }
    if (!this.sheets.includes(sheet)) this.sheets.push(sheet);
  }

  // -- words --------------------------------------------------------------------------------------------------------------

  speak() {
    const prose = el('div', { class: 'prose', dir: 'auto', 'aria-busy': 'true' });
    const text = { node: prose, tail: document.createTextNode(''), rest: '', all: '' };
    this.texts.push(text);
    if (this.pending) this.pending.node.before(prose); else this.answer.append(prose);
    this.pending?.node.classList.add('spoken');
  }
  said(delta) {
    if (!this.texts.length) this.speak();
    const text = this.texts.at(-1);
    text.all += delta;
    this.trail(text, text.rest + delta);
    if (!this.setting) this.setting = setTimeout(() => this.set(), SET_MS);
  }
  // What has come since the words were set: plain, where the last of them stand, without Markdown's own signs; formulas wait.
  trail(text, words) {
    text.rest = words;
    text.tail.data = words.replace(FORMULA, '…').replace(/[*`#]+/g, '');
    if (!text.tail.data || text.tail.isConnected) return;
    let last = text.node;
    while (last.lastElementChild && last.lastElementChild.matches('p, ul, ol, li, blockquote, h1, h2, h3, h4, pre, code')) last = last.lastElementChild;
    last.append(text.tail);
  }
  // The words as the server sets them, sanitised, in place of the plain ones; what came since follows plain.
  async set() {
    const seen = this.texts.map(text => text.all.length);
    const record = await call('GET', `/api/runs/${encodeURIComponent(this.run)}`).catch(() => null);
    if (record) this.blocks(record.blocks, seen);
    this.setting = null;
  }
  blocks(blocks, seen = null) {
    blocks.filter(block => 'html' in block).forEach((block, i) => {
      if (!this.texts[i]) this.speak();
      const text = this.texts[i];
      if (seen && block.text.length < (seen[i] ?? 0)) return;  // older than what is shown
      text.tail.remove();
      const fresh = document.createElement('template');
      fresh.innerHTML = block.html;  // sanitised where it was made
      const olds = [...text.node.children], news = [...fresh.content.children];
      const same = news.findIndex((node, at) => olds[at]?.outerHTML !== node.outerHTML);
      const from = same < 0 ? news.length : same;
      for (const old of olds.slice(from)) old.remove();
      for (const node of [...text.node.childNodes]) if (node.nodeType !== 1) node.remove();
      text.node.append(...news.slice(from));
      this.trail(text, text.all.startsWith(block.text) ? text.all.slice(block.text.length) : '');
      if (!text.all) text.all = block.text;
    });
  }

  // -- once it is there ---------------------------------------------------------------------------------------------------

  async stop() {
    this.pending?.thinking(this.say('stopping'));
    await call('POST', `/api/runs/${encodeURIComponent(this.run)}/stop`);
  }
  end(status, message = '') {
    this.status = status;
    clearInterval(this.clock);
    clearTimeout(this.setting);
    this.pending?.node.remove();
    this.pending = null;
    for (const sheet of this.sheets) sheet.settle();
    if (this.moved || (this.sheets.length === 1 && !this.texts.length && !this.into)) this.page.stand(this.moved ?? this.sheets[0]);
    if (this.texts.length) this.set().then(() => { for (const { node } of this.texts) node.removeAttribute('aria-busy'); });
    this.close(message);
  }
  // A turn as it is kept: {blocks, plan, usage, findings, status, message}.
  restore(record, visuals) {
    Object.assign(this, { plan: record.plan, usage: record.usage, findings: record.findings ?? [], asks: record.asks ?? [], status: record.status });
    for (const block of record.blocks) {
      if ('html' in block) {
        const node = el('div', { class: 'prose', dir: 'auto' });
        node.innerHTML = block.html;  // sanitised where it was made
        this.texts.push({ node, tail: document.createTextNode(''), rest: '', all: block.text });
        this.answer.append(node);
      } else if (!this.page.sheets.has(block.visual) && visuals[block.visual]) {
        const sheet = new Sheet(this.page, this.lang, visuals[block.visual]);
        sheet.node.classList.remove('growing');
        sheet.progress.hidden = true;
        if (this.plan && !this.sheets.length) sheet.reason.textContent = this.plan.reason || '';
        this.sheets.push(sheet);
        this.answer.append(sheet.node);
      } else if (!this.into) this.moved = this.page.sheets.get(block.visual);
    }
    this.close(record.message);
    return this;
  }
  close(message) {
    const parts = [];
    if (message) parts.push(el('p', { class: 'note wrong', role: 'alert' }, message));
    const cut = this.status === 'interrupted' || this.status === 'stopped';
    if (cut && !message) parts.push(el('p', { class: 'note' }, this.say('stopped')));
    const again = attempt(() => this.page.again(this));
    if (cut) parts.push(el('div', { class: 'row' }, button(this.say('continue'), again, { class: 'button first' })));
    if (this.status === 'failed') parts.push(el('div', { class: 'row' }, button(this.say('retry'), attempt(() => this.page.ask(this.question, { form: this.form, files: this.files, about: this.about })), { class: 'button first' })));
    // What was changed stands further up: said here, and a click away.
    if (this.moved && this.plan?.reason) parts.push(button(`↑ ${this.plan.reason}`, () => this.page.lead(this.moved), { class: 'moved' }));
    if (!this.sheets.length && this.texts.length && !this.into) parts.push(this.wordsLine(), this.offers());
    if (this.asks.length) parts.push(el('div', { class: 'asks' }, ...this.asks.map(words =>
      el('button', { type: 'button', class: 'ask', dir: 'auto', onclick: () => this.page.ask(words) }, words))));
    if (!this.into || this.texts.length) parts.push(this.cost());
    this.foot.replaceChildren(...parts.filter(Boolean));
    this.node.classList.toggle('empty', Boolean(this.into && !this.texts.length && !message));
  }
  wordsLine() {
    const as = el('button', { type: 'button', class: 'tool worded', 'aria-haspopup': 'menu', 'aria-expanded': 'false', onclick: event => menu(event.currentTarget, state.forms.filter(form => form !== 'text').map(form => ({
      label: sentence(say(`form.${form}`)), icon: form, act: () => this.draw(form),
    })), say('as')) }, say('as'), icon('down', 15));
    const copy = tool('copy', say('copy'), attempt(async () => { await navigator.clipboard.writeText(this.texts.map(text => text.all).join('\n\n')); tell(say('copied')); }));
    return el('div', { class: 'line' },
      el('p', { class: 'what' }, el('span', { class: 'form' }, icon('text', 16), sentence(this.say('form.text'))), el('span', { class: 'reason' }, this.plan?.reason || '')),
      el('div', { class: 'tools', role: 'group', 'aria-label': say('tools') }, as, copy));
  }
  // Where the person wants to be asked first: the forms that would fit, to be drawn on a click.
  offers() {
    if (this.page.dial('autonomy') !== 1 || this.plan?.form !== 'text') return null;
    const fair = (this.plan.forms ?? []).filter(({ form, probability }) => form !== 'text' && probability >= FAIR).slice(0, 2);
    return fair.length ? el('div', { class: 'row offers' }, ...fair.map(({ form }, i) =>
      el('button', { type: 'button', class: `button${i ? '' : ' first'}`, onclick: attempt(() => this.draw(form)) }, icon(form, 17), this.say('offer', { form: this.say(`form.${form}`) })))) : null;
  }
  draw(form) { return this.page.ask(this.question, { form, files: this.files, about: this.about }); }

  cost() {
    const { completion_tokens: tokens = 0, prompt_tokens: read = 0, seconds = 0 } = this.usage ?? {};
    const words = tokens ? this.say('cost', { tokens: figure(tokens, this.lang), seconds: figure(seconds, this.lang, { maximumFractionDigits: 1 }) }) : '';
    const thumb = (name, value) => {
      const made = tool(name, say(`thumb.${value}`), attempt(async () => {
        const on = made.getAttribute('aria-pressed') !== 'true';
        await call('POST', `/api/runs/${encodeURIComponent(this.run)}/thumb`, { thumb: on ? value : '' });
        for (const other of made.parentElement.querySelectorAll('[aria-pressed]')) other.setAttribute('aria-pressed', String(on && other === made));
        if (on) tell(say('thanks'));
      }), { 'aria-pressed': 'false' });
      return made;
    };
    const faults = this.findings.filter(one => one.level === 'error');
    const notes = faults.length ? el('button', { type: 'button', class: 'tool worded', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: event => popover(event.currentTarget,
      [el('p', { class: 'caption' }, this.say('notes.about')), el('ul', { class: 'notes' }, ...faults.slice(0, 8).map(one => el('li', {}, `${sentence(one.found)}; ${one.do}.`)))]) },
    this.say('notes', { count: figure(faults.length, this.lang) })) : null;
    return el('div', { class: 'cost' }, words && el('span', { title: read ? this.say('cost.read', { tokens: figure(read, this.lang) }) : null }, words), notes,
      el('span', { class: 'thumbs' }, thumb('up', 'up'), thumb('thumbdown', 'down')));
  }
}
