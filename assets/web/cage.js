// Inside the frame of a mini-app: says how tall it is and that it lives, and passes on which words a person wants to change.
(() => {
  'use strict';
  let port = null, early = null;  // a click before anyone listens is told when someone does
  const send = message => { if (port) port.postMessage(message); else early = message; };
  const height = () => Math.ceil(document.body.getBoundingClientRect().height);
  addEventListener('message', event => {
    if (port || event.source !== parent || event.data?.type !== 'flipchart:port') return;
    port = event.ports[0];
    port.onmessage = ({ data }) => { if (data?.method === 'ping') send({ method: 'pong' }); };
    send({ method: 'ready' });
    if (early) send(early);
    let told = 0, due = 0;
    const resize = () => {
      clearTimeout(due);
      due = setTimeout(() => { if (height() !== told) { told = height(); send({ method: 'resize', height: told }); } }, 60);
    };
    new ResizeObserver(resize).observe(document.body);
    resize();
  });
  addEventListener('click', event => {
    const link = event.target.closest('a[href]');
    if (link) { event.preventDefault(); send({ method: 'openLink', url: link.href }); return; }
    const node = event.target.closest('[data-part][data-field]');
    if (!node || event.target.closest('button,input,select,textarea,label')) return;
    const box = node.getBoundingClientRect();
    send({
      method: 'edit', part: node.dataset.part, field: node.dataset.field, value: node.dataset.words ?? node.textContent,
      box: [box.left, box.top, box.width, box.height], size: parseFloat(getComputedStyle(node).fontSize),
    });
  });
})();
