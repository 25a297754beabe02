// Makes editor.js, editor.css and LICENSES.txt from npm: `npm ci && npm run build` in this folder.
// Left out of Excalidraw: its own fonts (the page has ours under their names), what fetches fonts to put them into exported pictures,
// Mermaid, pictures' resizing, and the languages Flipchart does not speak. No address of another host is left that it would ask by itself.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const SPOKEN = /locales\/(en|de-DE|es-ES|fr-FR|pt-BR|hi-IN|ja-JP|zh-CN|ar-SA)-/;
const EMPTY = /^(@excalidraw\/mermaid-to-excalidraw|canvas-roundrect-polyfill|image-blob-reduce|pica)$|subset-(shared|worker)\.chunk\.js$/;

// What the MIT licence says, for packages that name it without bringing its text.
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to
the following conditions: The above copyright notice and this permission notice shall be included in all copies or substantial portions of
the Software. THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

const trimmed = {
  name: 'trimmed',
  setup(it) {
    it.onResolve({ filter: EMPTY }, given => ({ path: given.path, namespace: 'empty' }));
    it.onResolve({ filter: /locales\// }, given => SPOKEN.test(given.path) || /locales\/percentages/.test(given.path)
      ? null : { path: given.path, namespace: 'empty' });
    it.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export default {};' }));
    it.onLoad({ filter: /excalidraw\/dist\/prod\/.*\.js$/ }, ({ path: file }) => ({
      loader: 'js',
      contents: readFileSync(file, 'utf8')
        .replace(/`https:\/\/esm\.sh\/[^`]*`\}\/dist\/prod\/`|`https:\/\/esm\.sh\/\$\{[^}]*\$\{[^}]*\}@\$\{[^}]*\}`:[^}]*\}\/dist\/prod\/`/, 'location.origin+"/assets/"')
        .replace(/=\[(?:\{uri:[\w$]+(?:,descriptors:\{[^}]*\})?\},?)+\]/g, '=[]')
        .replace(/"\.\/fonts\/[^"]+\.woff2"/g, '""')
        .replace(/https:\/\/(?:us-central1-excalidraw|json\.excalidraw|oss-collab\.excalidraw|oss-ai\.excalidraw|excalidraw-room)[^"'`]*/g, ''),
    }));
    it.onLoad({ filter: /excalidraw\/dist\/prod\/index\.css$/ }, ({ path: file }) => ({
      loader: 'css', contents: readFileSync(file, 'utf8').replace(/@font-face\s*\{[^}]*\}/g, ''),
    }));
  },
};

const made = await build({
  entryPoints: ['source.mjs'], outfile: 'editor.js', bundle: true, minify: true, format: 'esm', target: 'es2022', metafile: true,
  conditions: ['production'], define: { 'process.env.NODE_ENV': '"production"', 'import.meta.env': '{}' }, legalComments: 'none', charset: 'utf8', plugins: [trimmed],
  external: ['*.woff2'], logLevel: 'warning',
});

const packages = new Set(Object.keys(made.metafile.inputs)
  .map(file => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean));
const notices = [...packages].sort().map(folder => {
  const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(name => /^licen[cs]e/i.test(name));
  const words = file && existsSync(path.join(folder, file)) ? readFileSync(path.join(folder, file), 'utf8').trim() : MIT;
  const by = typeof about.author === 'string' ? about.author : about.author?.name;
  return { head: `${about.name} ${about.version}${by ? ` by ${by}` : ''}: ${about.license ?? about.licenses?.[0]?.type}`, words };
});
const byWords = {};
for (const one of notices) (byWords[one.words] ??= []).push(one);
writeFileSync('LICENSES.txt', Object.entries(byWords).map(([words, held]) => `${held.map(one => one.head).join('\n')}\n\n${words}\n`).join(`\n${'-'.repeat(80)}\n\n`));
