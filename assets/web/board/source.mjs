// The board's editor: Excalidraw over one visual, read from and saved to this server and no other.
import { createElement as h, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Excalidraw, exportToSvg, MainMenu, restoreElements, serializeAsJSON, hashElementsVersion } from '@excalidraw/excalidraw';
import '@excalidraw/excalidraw/index.css';

const state = JSON.parse(document.getElementById('state').textContent);
const { id, words } = state;
const alone = parent === window;
const place = `/v/${encodeURIComponent(id)}`;
const tell = message => { if (!alone) parent.postMessage({ id, ...message }, location.origin); };

let api = null, touched = null, seen = state.n;
const version = () => hashElementsVersion(api.getSceneElements());
// What the editor itself does to a file it opens (measuring type anew) is no change of the person's.
const touch = () => { if (api && touched === null) touched = version(); };
for (const kind of ['pointerdown', 'keydown', 'paste', 'drop']) addEventListener(kind, touch, { capture: true });
const changed = () => api && touched !== null && version() !== touched;

async function save() {
  if (!changed()) return '';
  const now = version();
  try {
    const reply = await fetch(`${place}?seen=${seen}`, {
      method: 'PUT', headers: { 'Content-Type': 'application/json' },
      body: serializeAsJSON(api.getSceneElements(), api.getAppState(), {}, 'local'),
    });
    const told = await reply.json();
    if (!reply.ok) return told.error || words.slow;
    seen = told.n;
    touched = now;
    tell({ type: 'flipchart:edited', n: told.n, newest: told.newest, form: told.form });
    return '';
  } catch {
    return words.slow;
  }
}
function leave() {
  if (alone) location.assign(place);
  else tell({ type: 'flipchart:left' });
}

function Editor({ scene }) {
  const [busy, setBusy] = useState(false);
  const keep = async ends => {
    setBusy(true);
    const problem = await save();
    setBusy(false);
    if (problem) api.setToast({ message: problem, closable: true, duration: 8000 });
    else if (ends) leave();
    else api.setToast({ message: words.saved, duration: 1500 });
  };
  useEffect(() => {
    const pressed = event => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      event.stopImmediatePropagation();
      keep(false);
    };
    addEventListener('keydown', pressed, { capture: true });
    return () => removeEventListener('keydown', pressed, { capture: true });
  }, []);
  const corner = () => h('div', { className: 'corner' },
    h('button', { type: 'button', className: 'cancel', onClick: () => { if (!changed() || confirm(words.discard)) leave(); } }, words.cancel),
    h('button', { type: 'button', className: 'done', disabled: busy, onClick: () => keep(true) }, words.done));
  return h(Excalidraw, {
    initialData: { elements: scene.elements, appState: { viewBackgroundColor: scene.appState.viewBackgroundColor }, files: scene.files, scrollToContent: true },
    excalidrawAPI: given => {
      api = given;
      setTimeout(() => given.scrollToContent(given.getSceneElements(), { fitToContent: true, animate: false }));
       window.flipchartBoard.api = given; },
    langCode: state.editor, theme: state.dark ? 'dark' : 'light', name: state.title, handleKeyboardGlobally: true, autoFocus: true,
    aiEnabled: false, renderTopRightUI: corner, validateEmbeddable: false,
    UIOptions: {
      canvasActions: { export: false, loadScene: false, saveToActiveFile: false, saveAsImage: false, toggleTheme: false, changeViewBackgroundColor: false },
      tools: { image: false },
    },
  }, h(MainMenu, null, h(MainMenu.DefaultItems.SearchMenu), h(MainMenu.DefaultItems.Help), h(MainMenu.DefaultItems.ClearCanvas)));
}
const root = document.getElementById('board');
try {
  const reply = await fetch(`${place}.excalidraw`, { cache: 'no-cache' });
  const scene = await reply.json();
  if (!reply.ok) throw new Error(scene.error);
  const said = scene.elements.map(one => one.text || '').join('') + 'Aa';
  await Promise.all(state.faces.map(face => document.fonts.load(`16px '${face}'`, said))).catch(() => {});
  window.flipchartBoard = { exportToSvg, restoreElements };
  createRoot(root).render(h(Editor, { scene }));
} catch (error) {
  root.replaceChildren(Object.assign(document.createElement('p'), { className: 'sorry', textContent: error.message || words.slow }));
}
