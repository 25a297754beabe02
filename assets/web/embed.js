// Asks one question, once a browser, and shows the answer as it comes: words, and a frame for each visual.
(() => {
  'use strict';
  const answer = document.getElementById('answer');
  const state = JSON.parse(document.getElementById('state').textContent);
  const words = state.words;
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const frames = new Map();
  let prose = null, note = null;

  const el = (tag, attributes = {}, ...inner) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inner);
    return node;
  };
  const told = (sentence, kind = 'note') => {
    note?.remove();
    note = sentence ? el('p', { class: kind, role: 'status' }, sentence) : null;
    if (note) answer.append(note);
  };
  let height = 0;
  new ResizeObserver(() => {
    const now = Math.ceil(document.body.getBoundingClientRect().height);
    if (parent !== window && now && now !== height) parent.postMessage({ type: 'flipchart:height', height: height = now }, '*');
  }).observe(document.body);

  addEventListener('message', event => {
    if (event.origin !== location.origin || event.data?.type !== 'flipchart:height') return;
    for (const frame of frames.values()) if (frame.contentWindow === event.source) frame.style.height = `${Math.min(20000, Number(event.data.height) || 0)}px`;
  });

  // The same question in the same browser is the same run: a page opened again shows what was answered.
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), n => n.toString(16).padStart(2, '0')).join('');
  function ids() {
    const key = `flipchart:${JSON.stringify([state.ask, state.form, state.lang])}`;
    try {
      const kept = JSON.parse(localStorage.getItem(key));
      if (kept?.run) return kept;
      const fresh = { run: random(), conversation: random() };
      localStorage.setItem(key, JSON.stringify(fresh));
      return fresh;
    } catch {
      return { run: random(), conversation: random() };
    }
  }

  function on(event, run) {
    switch (event.type) {
      case 'TEXT_MESSAGE_START':
        prose = el('article', { class: 'prose streaming' });
        answer.append(prose);
        break;
      case 'TEXT_MESSAGE_CONTENT':
        prose.append(event.delta);
        break;
      case 'ACTIVITY_SNAPSHOT':
      case 'ACTIVITY_DELTA': {
        const id = event.messageId;
        const frame = frames.get(id);
        if (frame) return frame.contentWindow?.postMessage({ type: 'flipchart:changed' }, location.origin);
        const query = new URLSearchParams({ theme: state.theme, width: String(document.body.clientWidth) });
        const made = el('iframe', { class: 'visual', src: `/v/${encodeURIComponent(id)}?${query}`, title: event.content?.spec?.title || state.ask });
        frames.set(id, made);
        answer.append(made);
        break;
      }
      case 'RUN_ERROR':
        told(event.message, 'note wrong');
        return finish(run);
      case 'RUN_FINISHED':
        told('');
        return finish(run);
    }
    if (note) answer.append(note);
  }

  // The words as they were set by the server, sanitised, in place of the plain ones.
  async function finish(run) {
    for (const frame of frames.values()) frame.contentWindow?.postMessage({ type: 'flipchart:changed' }, location.origin);
    const reply = await fetch(`/api/runs/${run}`, { headers });
    if (!reply.ok) return;
    const texts = (await reply.json()).blocks.filter(block => 'html' in block);
    document.querySelectorAll('.streaming').forEach((node, i) => {
      if (texts[i]) node.innerHTML = texts[i].html;
      node.classList.remove('streaming');
    });
  }

  async function read(reply, run, seen) {
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let held = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return seen;
      held += value;
      const blocks = held.split('\n\n');
      held = blocks.pop();
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block), data = /^data: (.*)$/m.exec(block);
        if (!id || !data || Number(id[1]) <= seen.at) continue;
        const event = JSON.parse(data[1]);
        seen.at = Number(id[1]);
        seen.over = event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR';
        on(event, run);
      }
    }
  }

  async function ask() {
    told(words.working);
    const { run, conversation } = ids();
    const seen = { at: 0, over: false };
    const body = JSON.stringify({
      threadId: conversation, runId: run, messages: [{ id: random(), role: 'user', content: state.ask }], tools: [], context: [], state: {},
      forwardedProps: { form: state.form || null, theme: state.theme, lang: state.lang },
    });
    for (let tries = 0; !seen.over && tries < 20; tries += 1) {
      try {
        const reply = seen.at
          ? await fetch(`/api/runs/${run}/events`, { headers: { ...headers, 'Last-Event-ID': String(seen.at) } })
          : await fetch('/api/ask', { method: 'POST', headers, body });
        if (!reply.ok) {
          told((await reply.json()).error, 'note wrong');
          if (reply.status !== 503 && reply.status !== 429) return;
        } else {
          const before = seen.at;
          await read(reply, run, seen);
          if (seen.at > before) tries = 0;
        }
      } catch {
        told(words.slow);
      }
      if (!seen.over) await new Promise(done => setTimeout(done, Math.min(8000, 500 * 2 ** tries)));
    }
  }

  if (!state.ask.trim()) {
    told(words.nothing);
  } else if (parent === window) {
    // Opened by a link, from anywhere: a person says first that it is to be asked.
    const button = el('button', { type: 'button' }, `${words.ask}: ${state.ask}`);
    button.addEventListener('click', () => { button.remove(); ask(); });
    answer.append(button);
  } else {
    ask();
  }
})();
