// How an exported file looks, on a screen and on paper.
import { hues } from '../map/tile-layout.ts';

export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fdfdfc, #16181c); --raised: light-dark(#f4f4f1, #1f2228); --line: light-dark(#d8d8d2, #363b45);
  --ink: light-dark(#1c1e21, #e8e9ea); --quiet: light-dark(#5b6068, #a4abb6); --accent: light-dark(#1857a4, #7fb4f5);
  --good: light-dark(#17683a, #6fd39a); --bad: light-dark(#a3221a, #ff9a90);
  font: 16px / 1.55 system-ui, sans-serif; color: var(--ink); background: var(--ground);
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 82rem; padding: 1rem 1.25rem; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h1, h2 { line-height: 1.25; }
pre, code, td { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; font-size: 0.85rem; }
pre { overflow-x: auto; line-height: 1.4; margin: 0.4rem 0; }
main pre { background: var(--raised); border-radius: 5px; padding: 0.6rem 0.8rem; }
.cell { border: 1px solid var(--line); border-left: 4px solid var(--line); border-radius: 6px; padding: 0.5rem 0.75rem; margin: 1rem 0; overflow-x: auto; }
.cell.passed { border-left-color: var(--good); }
.cell.failed { border-left-color: var(--bad); }
.cell p { margin: 0.3rem 0; }
.where, .quiet, small, figcaption { color: var(--quiet); font-size: 0.85rem; }
.hljs-keyword { color: light-dark(#7b2d8b, #d7a3e6); }
.hljs-type, .hljs-built_in { color: light-dark(#0b5f73, #7fd0e2); }
.hljs-string { color: light-dark(#17683a, #8fd6a9); }
.hljs-number { color: light-dark(#8a3c00, #f0b07a); }
.hljs-comment { color: var(--quiet); font-style: italic; }
table { border-collapse: collapse; font-size: 0.875rem; }
th, td { border: 1px solid var(--line); padding: 0.1rem 0.5rem; text-align: left; white-space: pre-wrap; }
td.number { text-align: right; }
.checks, .legend { list-style: none; padding: 0; margin: 0.4rem 0; }
.checks .passed { color: var(--good); }
.checks .failed, .error { color: var(--bad); }
.error.expected { color: var(--quiet); }
.why { color: var(--ink); }
aside h2 { font-size: 1.1rem; margin: 0 0 0.5rem; }
.slider { display: none; margin: 0; }
.slider input { width: 100%; }
figure { margin: 0 0 1rem; }
svg { width: 100%; max-width: 24rem; font: 11px system-ui, sans-serif; fill: var(--ink); }
.node { fill: var(--ground); stroke: var(--line); }
.node.down, .node.paused { fill: var(--raised); stroke: var(--bad); }
.follows { fill: none; stroke: var(--quiet); stroke-dasharray: 3 3; }
.name { font-weight: 600; font-size: 12px; }
.state, .local { fill: var(--quiet); }
.tile rect { fill: hsl(var(--hue) 55% 88%); stroke: hsl(var(--hue) 45% 55%); }
.tile text { fill: hsl(var(--hue) 70% 18%); }
.tile.lit rect { stroke: hsl(var(--hue) 85% 45%); stroke-width: 3.5; }
.legend { font-size: 0.8125rem; }
.legend li::before { content: ''; display: inline-block; width: 0.8rem; height: 0.8rem; border-radius: 3px; margin-right: 0.4rem; background: hsl(var(--hue) 55% 70%); }
${hues.map((hue, at) => `.hue-${at} { --hue: ${hue}; }`).join('\n')}
@media screen and (min-width: 60rem) {
  body { display: grid; grid-template-columns: minmax(0, 1fr) 23rem; gap: 2rem; }
  aside { position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow-y: auto; }
}
@media screen {
  .sliding .slider { display: block; }
  .sliding figure:not(.shown) { display: none; }
}
@media print {
  :root { color-scheme: light; font-size: 12px; }
  body { max-width: none; }
  .cell, figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  pre { white-space: pre-wrap; }
  aside { break-before: page; columns: 2; }
}
`;
