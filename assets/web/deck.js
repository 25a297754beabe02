// The slide viewer: one slide at a time, by buttons, keys, swipes and thumbnails; full screen with notes for the speaker.
(() => {
  'use strict';
  // A small copy of a page, `ratio` as wide as tall.
  function copy(id, ratio) {
    const made = ['svg', 'use'].map(tag => document.createElementNS('http://www.w3.org/2000/svg', tag));
    const given = [{ viewBox: `0 0 ${ratio} 1`, 'aria-hidden': 'true' }, { href: `#${id}`, width: ratio, height: 1 }];
    made.forEach((node, i) => Object.entries(given[i]).forEach(([name, value]) => node.setAttribute(name, value)));
    made[0].append(made[1]);
    return made[0];
  }

  function open(deck) {
    if (deck.dataset.open) return;
    deck.dataset.open = '1';
    const find = selector => deck.querySelector(selector);
    const buttons = Object.fromEntries([...deck.querySelectorAll('.controls button')].map(button => [button.dataset.act, button]));
    const count = find('.count'), thumbs = find('.thumbs'), told = find('.told');
    const said = deck.dataset;
    const backwards = deck.dir === 'rtl';
    let at = 0, set = null;

    const shown = () => [...deck.querySelectorAll('.set')].find(one => deck.classList.contains('full')
      ? one.classList.contains('wide') === (innerWidth > innerHeight) : getComputedStyle(one).display !== 'none') || find('.set');
    const slides = () => [...set.querySelectorAll('.slide')];

    function fill() {
      thumbs.replaceChildren(...slides().map((slide, i) => {
        const button = document.createElement('button');
        const picture = slide.querySelector('svg');
        const [, , w, h] = picture.getAttribute('viewBox').split(' ').map(Number);
        button.type = 'button';
        button.setAttribute('aria-label', slide.getAttribute('aria-label'));
        button.append(copy(picture.id, w / h));
        button.addEventListener('click', () => go(i));
        return button;
      }));
    }

    function go(to, focus = false) {
      const every = slides();
      at = Math.max(0, Math.min(every.length - 1, to));
      every.forEach((slide, i) => slide.classList.toggle('now', i === at));
      [...thumbs.children].forEach((button, i) => button.setAttribute('aria-current', String(i === at)));
      const thumb = thumbs.children[at];
      if (thumb) thumbs.scrollLeft = thumb.offsetLeft - thumbs.clientWidth / 2 + thumb.offsetWidth / 2;
      count.textContent = `${at + 1} / ${every.length}`;
      buttons.previous.disabled = at === 0;
      buttons.next.disabled = at === every.length - 1;
      const notes = every[at].querySelector('.notes');
      told.querySelector('p').textContent = notes ? notes.textContent : said.none;
      told.querySelector('p').classList.toggle('quiet', !notes);
      const after = every[at + 1]?.querySelector('svg');
      const next = told.querySelector('.upcoming');
      next.hidden = !after;
      if (after) {
        const [, , w, h] = after.getAttribute('viewBox').split(' ').map(Number);
        next.querySelector('figure').replaceChildren(copy(after.id, w / h));
      }
      const [, , w, h] = every[at].querySelector('svg').getAttribute('viewBox').split(' ').map(Number);
      deck.style.setProperty('--ratio', String(w / h));
      find('.spoken').textContent = every[at].getAttribute('aria-label');
      try { sessionStorage.setItem(`deck:${deck.id}`, String(at)); } catch { /* a sandboxed frame has no storage */ }
      if (focus) deck.focus({ preventScroll: true });
    }

    function fit() {
      const fresh = shown();
      deck.querySelectorAll('.set').forEach(one => one.classList.toggle('shown', one === fresh));
      if (fresh === set) return;
      const share = set ? at / Math.max(1, slides().length - 1) : 0;
      set = fresh;
      fill();
      go(Math.round(share * (slides().length - 1)));
    }

    function full(on) {
      deck.classList.toggle('full', on);
      buttons.present.setAttribute('aria-pressed', String(on));
      fit();
      go(at, true);
    }

    async function present() {
      if (deck.classList.contains('full')) {
        if (document.fullscreenElement) await document.exitFullscreen();
        full(false);
        return;
      }
      full(true);
      try { await deck.requestFullscreen(); } catch { /* a frame may not: the deck fills the frame instead */ }
    }

    function speak() {
      const on = deck.classList.toggle('speaking');
      buttons.notes.setAttribute('aria-pressed', String(on));
    }

    buttons.previous.addEventListener('click', () => go(at - 1));
    buttons.next.addEventListener('click', () => go(at + 1));
    buttons.present.addEventListener('click', present);
    buttons.notes.addEventListener('click', speak);
    document.addEventListener('fullscreenchange', () => { if (!document.fullscreenElement && deck.classList.contains('full')) full(false); });

    deck.addEventListener('keydown', event => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
      const forward = backwards ? 'ArrowLeft' : 'ArrowRight', back = backwards ? 'ArrowRight' : 'ArrowLeft';
      const button = event.target.closest('button');
      const acts = {
        [forward]: () => go(at + 1), [back]: () => go(at - 1), PageDown: () => go(at + 1), PageUp: () => go(at - 1),
        Home: () => go(0), End: () => go(slides().length - 1), n: speak, f: present,
        Escape: () => { if (deck.classList.contains('full')) present(); },
        ...(button ? {} : { ' ': () => go(at + (event.shiftKey ? -1 : 1)) }),
      };
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });

    let from = null;
    deck.addEventListener('pointerdown', event => { from = event.pointerType === 'touch' ? [event.clientX, event.clientY] : null; });
    deck.addEventListener('pointerup', event => {
      if (!from) return;
      const dx = event.clientX - from[0], dy = event.clientY - from[1];
      from = null;
      if (Math.abs(dx) > 48 && Math.abs(dx) > 2 * Math.abs(dy)) go(at + ((dx < 0) !== backwards ? 1 : -1));
    });
    // While presenting, a click on the slide goes on.
    deck.addEventListener('click', event => {
      if (deck.classList.contains('full') && event.target.closest('.slide')) go(at + 1);
    });

    deck.classList.add('live', 'still');
    let kept = 0;
    try { kept = Number(sessionStorage.getItem(`deck:${deck.id}`)) || 0; } catch { kept = 0; }
    fit();
    go(kept);
    requestAnimationFrame(() => requestAnimationFrame(() => deck.classList.remove('still')));
    new ResizeObserver(fit).observe(deck);
  }

  document.querySelectorAll('.deck').forEach(open);
})();
