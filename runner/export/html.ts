// A run as one HTML file: no network, no other file; it can be printed. Its policy lets in the one style and script it has.
import { createHash } from 'node:crypto';
import { describeServers } from '../cluster/engine.ts';
import { drawBlock } from './html-block.ts';
import { drawMap, legend } from './html-map.ts';
import { join, Markup, markup, type Markup as Text } from './markup.ts';
import { proseOf } from './prose.ts';
import type { RecordedMap, RecordedRun } from './recorded-run.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** @param at The day of the run, as it is shown. */
export function htmlOf({ lesson, view, maps }: RecordedRun, at: string): string {
  const blocks = new Map(view.steps.flatMap((step) => step.blocks).map((block) => [block.id, block]));
  const { engine, workers } = view.cluster;
  const sections = lesson.steps.map(
    (
      step,
      index,
    ) => markup`<section data-step="${step.id}"><h2 id="${step.id}">${index + 1}. ${step.title}</h2>
${step.parts.map((part) =>
  part.kind === 'prose' ? proseOf(part.markdown) : drawBlock(part, blocks.get(part.id)),
)}</section>
`,
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'">
<title>${lesson.title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${lesson.title}</h1>
<p class="quiet">${lesson.id}, as it ran on ${at}: ${view.status}. On ${describeServers(workers, engine)}.</p>
${proseOf(lesson.intro)}
${sections}</main>
${maps.length > 0 && drawMaps(maps)}
<script>${new Markup(script)}</script>
</body>
</html>
`.text;
}

/** Without its script the file shows all of them, as it does on paper. */
function drawMaps(maps: readonly RecordedMap[]): Text {
  return markup`<aside aria-label="The cluster, step by step">
<h2>The cluster</h2>
<p class="slider"><input type="range" min="0" max="${maps.length - 1}" value="0" aria-label="After which step"></p>
${join(
  maps.map(
    (one) => markup`<figure data-after="${one.after?.id ?? ''}">
<figcaption>${one.after ? `After “${one.after.title}”` : 'At the start'}</figcaption>
${drawMap(one)}
<ul class="legend">${legend(one)}</ul>
${one.touched.size > 0 && markup`<p class="quiet">Outlined: what the last query touched.</p>`}
</figure>
`,
  ),
)}</aside>`;
}

const hashOf = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
