// What goes with an answer: the author's word on a mistake, hints one by one, and the solution, when asked for or beside
// one's own.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PageCell } from '../../runner/page/document.ts';
import { ask } from './server.ts';
import { attempt, changeText, lesson, words } from './store.ts';

interface Props {
  readonly cell: PageCell;
  readonly isSolved: boolean;
  /** The learner's own. */
  readonly text: string;
}

export function Exercise({ cell, isSolved, text }: Props) {
  const { id, hints: count = 0 } = cell;
  const hints = useSignal<readonly string[]>(lesson.value?.own[id]?.hints ?? []);
  const solutions = useSignal<readonly string[]>([]);
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
  useEffect(() => {
    if (isSolved) void showSolution();
  }, [isSolved]);
  const word = words.value[id];
  const isComparing = isSolved && solutions.value.every((solution) => squeeze(solution) !== squeeze(text));
  return (
    <div class="help" aria-live="polite">
      {word && <div class="word prose" dangerouslySetInnerHTML={{ __html: word }} />}
      <div class="buttons">
        {count > 0 && (
          <button type="button" disabled={hints.value.length >= count} onClick={showHint}>
            {hints.value.length === 0 ? 'Hint' : `Next hint (${hints.value.length} of ${count})`}
          </button>
        )}
        <button type="button" disabled={solutions.value.length > 0} onClick={showSolution}>
          Solution
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
      {solutions.value.length > 0 && (
        <div class="solutions">
          {isComparing && (
            <figure>
              <figcaption>Yours</figcaption>
              <pre tabIndex={0}>{text}</pre>
            </figure>
          )}
          {solutions.value.map((solution, at) => (
            <figure key={solution}>
              <figcaption>
                {solutions.value.length > 1 ? `Solution ${at + 1}` : 'Solution'}
                {!isSolved && (
                  <button type="button" onClick={() => changeText(id, solution)}>
                    Put it into the cell
                  </button>
                )}
              </figcaption>
              <pre tabIndex={0}>{solution}</pre>
            </figure>
          ))}
        </div>
      )}
    </div>
  );
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
