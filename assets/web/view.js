// Shows what a Flipchart tool answered, in a host that speaks MCP Apps (JSON-RPC over postMessage).
(() => {
  'use strict';
  const shown = document.getElementById('shown');
  let next = 1;
  const send = message => parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  const waiting = new Map();
  const request = (method, params) => new Promise(done => { const id = next++; waiting.set(id, done); send({ id, method, params }); });
  const notify = (method, params = {}) => send({ method, params });

  function show(result) {
    const told = result?.structuredContent;
    if (!told || !Array.isArray(told.visuals)) return;
    shown.replaceChildren();
    if (told.html) {
      const words = document.createElement('div');
      words.className = 'words';
      words.innerHTML = told.html;  // sanitised where it was made
      shown.append(words);
    }
    for (const visual of told.visuals) {
      const picture = document.createElement('img');  // a picture runs nothing and loads nothing
      picture.alt = String(visual.alt || '');
      picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(String(visual.svg))}`;
      shown.append(picture);
    }
  }
  function dress(context) {
    for (const [name, value] of Object.entries(context?.styles?.variables ?? {})) {
      if (/^--[a-z0-9-]+$/.test(name)) document.documentElement.style.setProperty(name, String(value));
    }
    if (context?.theme) document.documentElement.style.colorScheme = context.theme === 'dark' ? 'dark' : 'light';
  }
  addEventListener('message', event => {
    const message = event.data;
    if (event.source !== parent || message?.jsonrpc !== '2.0') return;
    if (message.id !== undefined && !message.method) {
      waiting.get(message.id)?.(message.result);
      waiting.delete(message.id);
      return;
    }
    switch (message.method) {
      case 'ui/notifications/tool-result': show(message.params); break;
      case 'ui/notifications/host-context-changed': dress(message.params); break;
      case 'ui/resource-teardown': send({ id: message.id, result: {} }); break;
      case 'ping': send({ id: message.id, result: {} }); break;
    }
  });
  new ResizeObserver(() => {
    const box = document.documentElement.getBoundingClientRect();
    notify('ui/notifications/size-changed', { width: Math.ceil(box.width), height: Math.ceil(box.height) });
  }).observe(document.body);
  request('ui/initialize', { appInfo: { name: 'flipchart', version: '1' }, appCapabilities: {}, protocolVersion: '2026-01-26' }).then(result => {
    dress(result?.hostContext);
    notify('ui/notifications/initialized');
  });
})();
