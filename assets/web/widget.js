// <flip-chart ask="…"></flip-chart> or <flip-chart visual="ID"></flip-chart>: a frame with the answer, as tall as it is.
(() => {
  'use strict';
  if (customElements.get('flip-chart')) return;
  const home = new URL(document.currentScript.src).origin;
  const SETTINGS = ['ask', 'form', 'theme', 'lang'];

  class FlipChart extends HTMLElement {
    static observedAttributes = ['visual', ...SETTINGS];
    #frame = null;
    #heard = event => {
      if (event.origin !== home || event.source !== this.#frame?.contentWindow || event.data?.type !== 'flipchart:height') return;
      const height = Number(event.data.height);
      if (height > 0) this.#frame.style.height = `${Math.min(20000, Math.ceil(height))}px`;
    };

    connectedCallback() {
      addEventListener('message', this.#heard);
      this.#show();
    }
    disconnectedCallback() {
      removeEventListener('message', this.#heard);
      this.#frame?.remove();
      this.#frame = null;
    }
    attributeChangedCallback() {
      if (this.isConnected && this.#frame) this.#show();
    }

    #address() {
      const visual = this.getAttribute('visual');
      const where = new URL(visual ? `/v/${encodeURIComponent(visual)}` : '/embed', home);
      for (const name of SETTINGS) {
        const value = this.getAttribute(name);
        if (value && (!visual || name === 'theme')) where.searchParams.set(name, value);
      }
      const token = this.getAttribute('token');
      if (token && !visual) where.hash = new URLSearchParams({ token });  // after the #: sent to no server
      return where.href;
    }
    #show() {
      const src = this.#address();
      if (this.#frame?.src === src) return;
      this.#frame?.remove();
      const frame = document.createElement('iframe');
      frame.src = src;
      frame.title = this.getAttribute('ask') || 'Flipchart';
      frame.referrerPolicy = 'origin';  // so that Flipchart can say which origin it is to allow
      frame.loading = 'lazy';
      frame.style.cssText = 'display:block;width:100%;height:240px;border:0;color-scheme:normal';
      this.#frame = frame;
      if (getComputedStyle(this).display === 'inline') this.style.display = 'block';
      this.append(frame);
    }
  }
  customElements.define('flip-chart', FlipChart);
})();
