// Plays the steps of an animation: shows one frame at a time and lets a dot travel along what moves in it.
(() => {
  const root = document.currentScript.previousElementSibling;
  const frames = [...root.querySelectorAll('.frame')];
  const button = root.querySelector('.play'), scrubber = root.querySelector('input'), count = root.querySelector('output');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const TRAVEL = 1100, HOLD = 1700;
  let at = 0, timer = 0, frame = 0;

  const travel = () => {
    cancelAnimationFrame(frame);
    root.querySelectorAll('.traveller').forEach(dot => dot.remove());
    if (still.matches) return;
    const holder = frames[at];
    const path = holder.querySelector(`[data-part="${CSS.escape(holder.dataset.moves)}"] path`);
    if (!path) return;
    const dot = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
    dot.setAttribute('r', 8);
    dot.setAttribute('class', 'traveller');
    dot.setAttribute('style', 'fill:var(--accent);stroke:var(--sheet);stroke-width:2.5');
    path.ownerSVGElement.append(dot);
    const long = path.getTotalLength();
    const begun = performance.now();
    const move = now => {
      const t = Math.min(1, (now - begun) / TRAVEL);
      const eased = 1 - (1 - t) ** 3;
      const spot = path.getPointAtLength(long * eased);
      dot.setAttribute('cx', spot.x);
      dot.setAttribute('cy', spot.y);
      if (t < 1) frame = requestAnimationFrame(move); else dot.remove();
    };
    frame = requestAnimationFrame(move);
  };
  const show = n => {
    at = Math.max(0, Math.min(frames.length - 1, n));
    frames.forEach((one, i) => { one.hidden = i !== at; });
    scrubber.value = at + 1;
    count.textContent = `${at + 1} / ${frames.length}`;
    travel();
  };
  const pause = () => {
    clearTimeout(timer);
    timer = 0;
    root.classList.remove('playing');
    button.setAttribute('aria-label', root.dataset.play);
  };
  const next = () => {
    timer = setTimeout(() => {
      if (at === frames.length - 1) return pause();
      show(at + 1);
      next();
    }, TRAVEL + HOLD);
  };
  const play = () => {
    root.classList.add('playing');
    button.setAttribute('aria-label', root.dataset.pause);
    show(at === frames.length - 1 ? 0 : at);
    next();
  };
  button.addEventListener('click', () => timer ? pause() : play());
  scrubber.addEventListener('input', () => { pause(); show(scrubber.valueAsNumber - 1); });
})();
