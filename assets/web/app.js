// Works a declared app out: the same trees as in Python, walked here. No text of the spec ever becomes markup or code.
(() => {
  const script = document.currentScript;
  const data = JSON.parse(script.previousElementSibling.textContent);
  const root = script.previousElementSibling.previousElementSibling;
  const el = (tag, attributes = {}, ...inner) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...inner);
    return node;
  };
  const pmt = (rate, n, principal) => rate === 0 ? principal / n : principal * rate / (1 - (1 + rate) ** -n);
  const fv = (rate, n, payment, present = 0) => {
    const grown = (1 + rate) ** n;
    return present * grown + (rate === 0 ? payment * n : payment * (grown - 1) / rate);
  };
  const functions = {
    min: Math.min, max: Math.max, abs: Math.abs, sqrt: Math.sqrt, exp: Math.exp, ln: Math.log, log10: Math.log10, log2: Math.log2,
    log: (n, base) => base === undefined ? Math.log(n) : Math.log(n) / Math.log(base),
    sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, floor: Math.floor, ceil: Math.ceil,
    pow: Math.pow, sum: (...n) => n.reduce((a, b) => a + b, 0), mean: (...n) => n.reduce((a, b) => a + b, 0) / n.length,
    round: (n, places = 0) => Math.floor(n * 10 ** places + 0.5) / 10 ** places, pmt, fv,
    radians: n => n * Math.PI / 180, degrees: n => n * 180 / Math.PI,
  };
  const work = (tree, known) => {
    if (!Array.isArray(tree)) return tree;
    const [op, ...parts] = tree;
    if (op === 'var') return known[parts[0]];
    if (op === 'if') return work(parts[0], known) ? work(parts[1], known) : work(parts[2], known);
    if (op === 'call') return functions[parts[0]](...parts.slice(1).map(p => work(p, known)));
    const [a, b] = parts.map(p => work(p, known));
    switch (op) {
      case 'neg': return -a;
      case '+': return a + b;
      case '-': return a - b;
      case '*': return a * b;
      case '/': return b === 0 ? NaN : a / b;
      case '//': return Math.floor(a / b);
      case '%': return ((a % b) + b) % b;
      case '^': return a ** b;
      case '<': return +(a < b);
      case '<=': return +(a <= b);
      case '>': return +(a > b);
      case '>=': return +(a >= b);
      case '==': return +(a === b);
      case '!=': return +(a !== b);
    }
  };
  const currencies = '$€£¥₹₩₽₺₴₪฿';
  const dressed = (words, unit) => {
    if (!unit) return words;
    if (unit === '%') return words + (data.thin ? '\u2009%' : '%');
    if (currencies.includes(unit) && data.before) return words.startsWith('−') ? '−' + unit + words.slice(1) : unit + words;
    if (/^[A-Z]+\$$/.test(unit)) return words.startsWith('−') ? '−' + unit + '\u00a0' + words.slice(1) : unit + '\u00a0' + words;
    return words + '\u00a0' + unit;
  };
  const format = (value, places, least = 0) => new Intl.NumberFormat(data.lang,
    { minimumFractionDigits: least, maximumFractionDigits: places, numberingSystem: 'latn' }).format(value).replace('-', '−');
  // Seconds whose unit is h:mm:ss or m:ss (also m:ss/km), as a clock shows them.
  const clocked = (value, [, face, rest]) => {
    const all = Math.floor(value + 0.5), minutes = Math.floor(all / 60), two = n => String(n).padStart(2, '0');
    const told = face === 'm:ss' ? `${minutes}:${two(all % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(all % 60)}`;
    return rest ? `${told}\u00a0${rest}` : told;
  };
  const shown = (value, unit) => {
    const clock = unit.match(/^(h:mm:ss|m:ss)(.*)$/);
    return clock && Number.isFinite(value) && value >= 0 ? clocked(value, clock) : figured(value, unit);
  };
  const cents = ['$', '€', '£', 'R$'];  // sums of money that are told to the cent where they are small
  const figured = (value, unit) => {
    const small = value % 1 && Math.abs(value) < (cents.includes(unit) ? 1000 : 100);
    return Number.isFinite(value) ? dressed(format(value, small ? 2 : 0, small && cents.includes(unit) ? 2 : 0), unit) : '–';
  };
  const exact = (value, unit) => dressed(format(value, 6), unit);
  const comma = new Intl.NumberFormat(data.lang, { numberingSystem: 'latn' }).format(1.5)[1];
  const plain = value => String(value).replace('.', comma);
  // "1.234,5" where commas are decimal, "1,234.5" where dots are; spaces, units and other signs do not count.
  const typed = words => {
    const bare = words.replace('−', '-').replace(/[^\d.,-]/g, '');
    return Number.parseFloat(comma === ',' ? bare.replaceAll('.', '').replace(',', '.') : bare.replaceAll(',', ''));
  };
  const known = Object.fromEntries(data.inputs.map(i => [i.name, i.value]));
  const results = extra => {
    const all = { ...known, ...extra };
    for (const name of data.order) all[name] = work(data.trees[name], all);
    return all;
  };

  if (data.inputs.length) {
    const fields = el('div', { class: 'fields' });
    const list = el('dl');
    const cells = {};
    data.outputs.forEach((output, n) => {
      cells[output.name] = el('dd', n ? {} : { class: 'main', 'aria-live': 'polite' });
      list.append(el('dt', { 'data-part': output.id, 'data-field': 'label' }, output.label), cells[output.name]);
    });
    const box = el('div', { class: 'results' }, list);
    const lever = data.reach && data.inputs.find(i => i.name === data.lever);
    const ns = 'http://www.w3.org/2000/svg';
    const curve = document.createElementNS(ns, 'svg');
    curve.setAttribute('viewBox', '0 0 320 96');
    curve.setAttribute('aria-hidden', 'true');
    const stroke = { line: document.createElementNS(ns, 'path'), dot: document.createElementNS(ns, 'circle') };
    if (lever) {
      stroke.line.setAttribute('style', 'fill:none;stroke:var(--accent);stroke-width:2;stroke-linecap:round');
      stroke.dot.setAttribute('style', 'fill:var(--accent);stroke:var(--sheet);stroke-width:2');
      stroke.dot.setAttribute('r', 5);
      curve.append(stroke.line, stroke.dot);
      box.append(curve, el('div', { class: 'ends' }, el('span', {}, shown(data.reach[0], lever.unit)),
        el('span', {}, lever.label), el('span', {}, shown(data.reach[1], lever.unit))));
    }
    const show = () => {
      const all = results();
      for (const output of data.outputs) cells[output.name].textContent = shown(all[output.name], output.unit);
      if (!lever) return;
      const main = data.outputs[0].name, [low, high] = data.reach;
      const points = Array.from({ length: 61 }, (_, i) => low + (high - low) * i / 60)
        .map(n => [n, results({ [lever.name]: n })[main]]).filter(p => Number.isFinite(p[1]));
      const values = points.map(p => p[1]);
      const floor = Math.min(...values), ceiling = Math.max(...values);
      if (!(ceiling > floor)) return;
      const at = ([n, v]) => [6 + 308 * (n - low) / (high - low), 6 + 84 * (ceiling - v) / (ceiling - floor)];
      stroke.line.setAttribute('d', points.map((p, i) => (i ? 'L' : 'M') + at(p).map(c => c.toFixed(1)).join(' ')).join(''));
      const here = at([Math.min(high, Math.max(low, known[lever.name])), all[main]]);
      if (Number.isFinite(here[1])) { stroke.dot.setAttribute('cx', here[0]); stroke.dot.setAttribute('cy', Math.min(92, Math.max(4, here[1]))); }
    };
    for (const input of data.inputs) {
      const [low, high, step] = input.span;
      const id = `f-${input.id}`;
      // Set as it is read ("$300,000"); while it is typed in, as it is typed ("300000").
      const number = el('input', { type: 'text', inputmode: 'decimal', id, class: 'figure', value: exact(input.value, input.unit) });
      const range = el('input', { type: 'range', min: low, max: high, step, value: input.value, 'aria-label': input.label });
      const set = (value, from) => {
        if (!Number.isFinite(value)) return;
        known[input.name] = value;
        if (from !== number) number.value = exact(value, input.unit);
        if (from !== range) range.value = value;
        range.setAttribute('aria-valuetext', exact(value, input.unit));
        show();
      };
      number.addEventListener('focus', () => { number.value = plain(known[input.name]); number.select(); });
      number.addEventListener('blur', () => { number.value = exact(known[input.name], input.unit); });
      number.addEventListener('input', () => set(typed(number.value), number));
      number.addEventListener('keydown', event => {
        const way = { ArrowUp: step, ArrowDown: -step }[event.key];
        if (!way) return;
        event.preventDefault();
        set(+(known[input.name] + way).toPrecision(12), null);
        number.value = plain(known[input.name]);
      });
      range.addEventListener('input', () => set(range.valueAsNumber, range));
      fields.append(el('div', { class: 'field' }, el('label', { for: id }, input.label),
        number, range));
    }
    root.querySelector('.calculator').append(fields, box);
    show();
  }

  const quiz = root.querySelector('.quiz');
  let right = 0, done = 0;
  const score = el('li', { class: 'score', 'aria-live': 'polite' });
  const deal = () => {
    right = done = 0;
    quiz.replaceChildren(...data.questions.map(question => {
      const item = el('li', {}, el('p', { 'data-part': question.id, 'data-field': 'question' }, question.question));
      const buttons = question.options.map((option, n) => {
        const button = el('button', { type: 'button' }, option);
        button.addEventListener('click', () => {
          const good = n + 1 === question.answer;
          right += good; done += 1;
          buttons.forEach(b => { b.disabled = true; });
          button.classList.add(good ? 'right' : 'wrong');
          buttons[question.answer - 1].classList.add('right');
          item.append(el('p', { class: 'why' }, `${good ? data.words.right : data.words.wrong}. ${question.why}`));
          score.replaceChildren(el('p', {}, `${data.words.score}: ${right} / ${done}`));
          if (done === data.questions.length) {
            const again = el('button', { type: 'button' }, data.words.again);
            again.addEventListener('click', deal);
            score.append(again);
          }
          tall();
        });
        return button;
      });
      item.append(...buttons);
      return item;
    }), ...(data.questions.length ? [score] : []));
    score.replaceChildren();
  };
  const tall = () => window.dispatchEvent(new Event('resize'));
  if (data.questions.length) deal();
})();
