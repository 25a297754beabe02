// Marking a place in a picture: one paints over what is to change, with a pointer, a finger or keys; the mask goes to the server as a PNG.
import { attempt, button, call, dialog, el, figure, icon, say, tool } from './chat_parts.js';

const SIZES = { min: 2, max: 30, value: 10 };  // of the brush, in % of the picture's shorter side
const LOOK = 44;  // px: how tall the picture in the chip is drawn
const SAMPLED = 64;  // px of the sides that the marked share is counted in

// Opens the picture of the visual `id`; `done` is called with {visual, part, words, mask, look} once a place is marked.
export async function mark(id, done) {
  const where = `/v/${encodeURIComponent(id)}/mark`, reply = await fetch(where, { cache: 'no-cache' });
  if (!reply.ok) throw new Error((await reply.json().catch(() => null))?.error || say('offline'));
  const picture = await createImageBitmap(await reply.blob());
  new Marking(picture, async (mask, look) => {
    const body = new FormData();
    body.append('file', mask, 'mask.png');
    done({ ...await call('POST', where, body), look });
  });
}

class Marking {
  constructor(picture, given) {
    Object.assign(this, { picture, given, strokes: [], at: { x: picture.width / 2, y: picture.height / 2 } });
    const size = { width: picture.width, height: picture.height };
    this.below = el('canvas', size);
    this.below.getContext('2d').drawImage(picture, 0, 0);
    this.sheet = el('canvas', {
      ...size, class: 'veil', tabindex: '0', role: 'application', 'aria-label': say('mark.keys'),
      onpointerdown: event => this.press(event), onpointermove: event => this.move(event), onpointerup: () => this.lift(), onpointercancel: () => this.lift(),
      onpointerleave: () => { this.brush.hidden = document.activeElement !== this.sheet; }, onkeydown: event => this.key(event), onfocus: () => this.aim(), onblur: () => { this.brush.hidden = true; },
    });
    this.pen = this.sheet.getContext('2d');
    this.brush = el('i', { class: 'brush', hidden: true });
    this.share = el('span', { class: 'share', role: 'status' });
    this.size = el('input', { type: 'range', ...SIZES, oninput: () => this.aim() });
    this.back = tool('undo', say('undo'), () => this.without(1));
    this.clear = button(say('mark.clear'), () => this.without(this.strokes.length));
    this.ready = button(say('mark.done'), attempt(() => this.finish()), { class: 'button first' });
    const stage = el('div', { class: 'stage', style: `aspect-ratio:${picture.width}/${picture.height};--wide:${picture.width / picture.height}` }, this.below, this.sheet, this.brush);
    this.node = dialog(say('mark'), el('p', {}, say('mark.about')), stage,
      el('div', { class: 'keys' }, el('label', {}, icon('brush'), el('span', { class: 'sr-only' }, say('mark.size')), this.size), this.back, this.clear, this.share, this.ready));
    this.node.classList.add('marking');
    this.show();
    this.sheet.focus();
  }

  // px of the picture that the brush is wide, and that one px of the page is
  get wide() { return Math.min(this.picture.width, this.picture.height) * this.size.value / 100; }
  get scale() { return this.picture.width / this.sheet.clientWidth; }

  place(event) {
    const box = this.sheet.getBoundingClientRect();
    return { x: (event.clientX - box.left) * this.picture.width / box.width, y: (event.clientY - box.top) * this.picture.height / box.height };
  }
  press(event) {
    if (event.button) return;
    this.sheet.setPointerCapture(event.pointerId);
    this.begin(this.place(event));
    this.down = true;
  }
  move(event) {
    if (this.down) for (const one of event.getCoalescedEvents?.() ?? [event]) this.go(this.place(one));
    this.aim(this.place(event));
  }
  lift() {
    this.down = false;
    this.show();
  }
  key(event) {
    const step = this.wide / 2, ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }, way = ways[event.key];
    if (event.key === ' ') this.begin(this.at);
    else if (way && event.shiftKey && !this.going) this.begin(this.at);
    else if (!way) return;
    event.preventDefault();
    this.going = Boolean(way && event.shiftKey);
    if (way) this.aim({ x: Math.max(0, Math.min(this.picture.width, this.at.x + way[0])), y: Math.max(0, Math.min(this.picture.height, this.at.y + way[1])) });
    if (this.going) this.go(this.at);
    this.show();
  }
  // A stroke is its width and its points: what is painted can be taken back.
  begin(point) {
    this.strokes.push({ wide: this.wide, points: [point] });
    this.draw(this.strokes.at(-1), 0);
  }
  go(point) {
    const stroke = this.strokes.at(-1);
    stroke.points.push(point);
    this.draw(stroke, stroke.points.length - 2);
  }
  draw({ wide, points }, from) {
    const [first, ...rest] = points.slice(from);
    Object.assign(this.pen, { lineWidth: wide, lineCap: 'round', lineJoin: 'round', strokeStyle: getComputedStyle(this.sheet).color });
    this.pen.beginPath();
    this.pen.moveTo(first.x, first.y);
    for (const { x, y } of rest.length ? rest : [{ x: first.x + 0.01, y: first.y }]) this.pen.lineTo(x, y);  // of no length it would not be drawn
    this.pen.stroke();
  }
  without(many) {
    this.strokes.splice(this.strokes.length - many);
    this.pen.clearRect(0, 0, this.picture.width, this.picture.height);
    for (const stroke of this.strokes) this.draw(stroke, 0);
    this.show();
    if (!this.strokes.length) this.sheet.focus();
  }
  // The brush as large as it paints, where it is.
  aim(at = this.at) {
    this.at = at;
    this.brush.hidden = false;
    Object.assign(this.brush.style, { inlineSize: `${this.wide / this.scale}px`, left: `${at.x / this.scale}px`, top: `${at.y / this.scale}px` });
  }
  show() {
    const none = !this.strokes.length;
    for (const one of [this.back, this.clear, this.ready]) one.disabled = none;
    this.share.textContent = none ? '' : say('mark.share', { share: figure(this.marked(), undefined, { style: 'percent', maximumSignificantDigits: 2 }) });
  }
  // 0-1: how much of the picture is marked
  marked() {
    const pen = new OffscreenCanvas(SAMPLED, SAMPLED).getContext('2d');
    pen.drawImage(this.sheet, 0, 0, SAMPLED, SAMPLED);
    const { data } = pen.getImageData(0, 0, SAMPLED, SAMPLED);
    let sum = 0;
    for (let i = 3; i < data.length; i += 4) sum += data[i];
    return sum / 255 / SAMPLED ** 2;
  }
  async finish() {
    this.ready.disabled = true;
    try {
      await this.given(await this.mask(), this.look());
      this.node.close();
    } catch (error) {
      this.ready.disabled = false;
      throw error;
    }
  }
  // White where it is painted over, black elsewhere.
  mask() {
    const canvas = new OffscreenCanvas(this.picture.width, this.picture.height), pen = canvas.getContext('2d');
    const over = (way, colour) => { Object.assign(pen, { globalCompositeOperation: way, fillStyle: colour }); pen.fillRect(0, 0, canvas.width, canvas.height); };
    pen.drawImage(this.sheet, 0, 0);
    over('source-in', '#fff');
    over('destination-over', '#000');
    return canvas.convertToBlob({ type: 'image/png' });
  }
  // The picture with the marked place, small enough to be kept beside the words.
  look() {
    const canvas = el('canvas', { width: Math.round(LOOK * this.picture.width / this.picture.height), height: LOOK }), pen = canvas.getContext('2d');
    pen.drawImage(this.picture, 0, 0, canvas.width, LOOK);
    pen.globalAlpha = 0.6;
    pen.drawImage(this.sheet, 0, 0, canvas.width, LOOK);
    return canvas.toDataURL('image/jpeg', 0.8);
  }
}
