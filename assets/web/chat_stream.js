// Answers as they come. One stream at a time: browsers allow a page few connections, and the frames need them, too.
import { random, say } from './chat_parts.js';

let line = Promise.resolve();
const pause = ms => new Promise(done => setTimeout(done, ms));

// Follow a run to its end, after those followed before it. `body` asks the question first; without it the run is there already.
// `on(event)` is called for each event once, in order; `slow(true|false)` when the server is out of reach, and back.
export function follow(run, { body = null, on, slow = () => {}, wrong = () => {} }) {
  const begun = body ? fetch('/api/ask', given(body)) : null;  // a question is asked at once, whoever is being listened to
  begun?.catch(() => {});
  const mine = line.then(() => listen(run, { begun, body, on, slow, wrong }));
  line = mine.catch(() => {});
  return mine;
}
const given = body => ({ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });

export const question = (thread, run, text, settings) => ({
  threadId: thread, runId: run, messages: [{ id: random(), role: 'user', content: text }], tools: [], context: [], state: {}, forwardedProps: settings,
});

async function listen(run, { begun, body, on, slow, wrong }) {
  const seen = { at: 0, over: false };
  let asked = !body;
  for (let tries = 0; !seen.over; tries += 1) {
    try {
      const reply = await (begun ?? (asked
        ? fetch(`/api/runs/${encodeURIComponent(run)}/events`, { headers: { 'Last-Event-ID': String(seen.at) }, cache: 'no-store' })
        : fetch('/api/ask', given(body))));  // the same run asked twice is one run
      begun = null;
      if (reply.ok) {
        asked = true;
        slow(false);
        const before = seen.at;
        await read(reply, seen, on);
        if (seen.at > before) tries = 0;
      } else if (reply.status !== 503 && reply.status !== 429 && reply.status < 500) {
        const told = await reply.json().catch(() => ({}));
        return wrong(told.error || say('offline'));
      } else {
        slow(true);
      }
    } catch (error) {
      begun = null;
      if (error instanceof TypeError || error.name === 'AbortError') slow(true);
      else throw error;
    }
    if (!seen.over) await pause(Math.min(8000, 400 * 2 ** tries));
  }
  return undefined;
}

async function read(reply, seen, on) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    held += value;
    const blocks = held.split('\n\n');
    held = blocks.pop();
    for (const block of blocks) {
      const id = /^id: (\d+)$/m.exec(block), data = /^data: (.*)$/m.exec(block);
      if (!id || !data || Number(id[1]) <= seen.at) continue;
      const event = JSON.parse(data[1]);
      seen.at = Number(id[1]);
      seen.over = event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR';
      on(event);
    }
  }
}
