// A block as it ran: its text, what it printed, and what holds.
import { explainError } from '../lesson/explain-error.ts';
import { grouped } from '../lesson/grouped.ts';
import type { Block } from '../lesson/types.ts';
import { milliseconds } from '../report/style.ts';
import type { Outcome } from '../session/events.ts';
import type { BlockView, Output } from '../session/view.ts';
import { type Markup, markup } from './markup.ts';
import { sqlMarkup } from './sql-markup.ts';

export function drawBlock(block: Block, view: BlockView | undefined): Markup {
  const text = view?.text ?? block.text;
  const where = block.kind === 'sql' && block.node !== 'coordinator' ? ` on ${block.node}` : '';
  const session = block.kind === 'sql' && block.session !== undefined ? `, session ${block.session}` : '';
  const kind = `${block.kind === 'sql' ? 'SQL' : 'Shell'}${where}${session}`;
  return markup`<div class="cell ${view?.status ?? 'skipped'}">
<p class="where">${block.exercise ? `An exercise, and a solution: ${kind}` : kind}</p>
<pre class="code">${block.kind === 'sql' ? sqlMarkup(text) : text}</pre>
${view?.reason !== undefined && markup`<p class="quiet">Skipped: ${view.reason}.</p>`}
${view?.output.map(drawOutput)}
${view !== undefined && view.outcomes.length > 0 && markup`<ul class="checks">${view.outcomes.map(drawOutcome)}</ul>`}
</div>`;
}

function drawOutput(output: Output): Markup {
  switch (output.kind) {
    case 'notice':
      return markup`<p class="quiet">${output.notice.severity}: ${output.notice.message}</p>`;
    case 'text':
      return markup`<pre class="text">${output.text}</pre>`;
    case 'writer': {
      const { name, acknowledged, refused, outageMs } = output.report;
      const lost = refused > 0 ? `, ${grouped(refused)} not, over ${milliseconds(outageMs)}` : '';
      return markup`<p class="quiet">${name}: ${grouped(acknowledged)} writes acknowledged${lost}.</p>`;
    }
    case 'error':
      return drawError(output);
    case 'result':
      return drawResult(output.result);
  }
}

function drawError({ failure, sql, expected }: Extract<Output, { kind: 'error' }>): Markup {
  const why = explainError(failure, { sql });
  return markup`<div class="error${expected && ' expected'}"><p><b>ERROR:</b> ${failure.message} <small>${failure.sqlstate}</small></p>
${failure.detail !== undefined && markup`<p>Detail: ${failure.detail}</p>`}
${failure.hint !== undefined && markup`<p>Hint: ${failure.hint}</p>`}
${why && markup`<p class="why">${why.sentence}</p>`}</div>`;
}

type Result = Extract<Output, { kind: 'result' }>['result'];

function drawResult({ columns, rows, rowCount, command, ms }: Result): Markup {
  if (columns.length === 0) return markup`<p class="quiet">${command} · ${milliseconds(ms)}</p>`;
  return markup`${resultTable({ columns, rows })}
<p class="quiet">${countOf(rows.length, rowCount)} · ${milliseconds(ms)}</p>`;
}

export function resultTable({ columns, rows }: Pick<Result, 'columns' | 'rows'>): Markup {
  const isNumber = columns.map((_, at) => rows.every((row) => /^-?[\d.]+$/.test(row[at] ?? '0')));
  return markup`<table><thead><tr>${columns.map((column) => markup`<th scope="col">${column}</th>`)}</tr></thead><tbody>
${rows.map(
  (row) =>
    markup`<tr>${row.map(
      (cell, at) =>
        markup`<td${isNumber[at] ? markup` class="number"` : ''}>${cell === null ? markup`<i>NULL</i>` : cell}</td>`,
    )}</tr>
`,
)}</tbody></table>`;
}

export const countOf = (shown: number, all: number): string =>
  shown < all
    ? `the first ${grouped(shown)} of ${grouped(all)} rows`
    : all === 1
      ? '1 row'
      : `${grouped(all)} rows`;

const drawOutcome = (outcome: Outcome): Markup =>
  markup`<li class="${outcome.status}">${sayOutcome(outcome)}</li>`;

export const sayOutcome = (outcome: Outcome): string =>
  outcome.status === 'passed'
    ? `✓ ${outcome.claim}`
    : `✗ ${outcome.say ?? `${outcome.title}: expected ${outcome.expected}, got ${outcome.actual}`}`;
