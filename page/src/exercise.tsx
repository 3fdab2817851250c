// What goes with an answer: hints one by one, and the solution, when asked for or beside one's own.
import { useSignal } from '@preact/signals';
import type { PageCell } from '../../runner/page/document.ts';
import { ask } from './server.ts';
import { attempt, drafts } from './store.ts';

export function Exercise({ cell, isSolved }: { readonly cell: PageCell; readonly isSolved: boolean }) {
  const hints = useSignal<readonly string[]>([]);
  const solutions = useSignal<readonly string[]>([]);
  const { id, hints: count = 0 } = cell;
  const showHint = () =>
    attempt(async () => {
      const { html } = await ask<{ html: string }>('/api/hint', { block: id, number: hints.value.length });
      hints.value = [...hints.value, html];
    });
  const showSolution = () =>
    attempt(async () => {
      const shown = await ask<{ solutions: string[] }>('/api/solution', { block: id });
      solutions.value = shown.solutions;
    });
  return (
    <div class="help" aria-live="polite">
      <div class="buttons">
        <button type="button" disabled={hints.value.length >= count} onClick={showHint}>
          {hints.value.length === 0 ? 'Hint' : `Next hint (${hints.value.length} of ${count})`}
        </button>
        <button type="button" disabled={solutions.value.length > 0} onClick={showSolution}>
          {isSolved ? 'Compare with the solution' : 'Solution'}
        </button>
        <button
          type="button"
          onClick={() => attempt(() => ask('/api/look'))}
          title="Also after work in another client"
        >
          Look at the checks
        </button>
      </div>
      {hints.value.map((html) => (
        <div key={html} class="hint prose" dangerouslySetInnerHTML={{ __html: html }} />
      ))}
      {solutions.value.map((text, at) => (
        <figure key={text} class="solution">
          <figcaption>{solutions.value.length > 1 ? `Solution ${at + 1}` : 'Solution'}</figcaption>
          <pre>{text}</pre>
          <button
            type="button"
            onClick={() => {
              drafts.value = { ...drafts.value, [id]: text };
            }}
          >
            Put it into the cell
          </button>
        </figure>
      ))}
    </div>
  );
}
