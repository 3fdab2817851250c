// A block as a cell: its text, its buttons, and what came of it.
import { useComputed } from '@preact/signals';
import type { PageCell } from '../../runner/page/document.ts';
import type { BlockView } from '../../runner/session/view.ts';
import { Editor } from './editor.tsx';
import { Exercise } from './exercise.tsx';
import { Outcomes } from './outcomes.tsx';
import { errorIn, Output } from './output.tsx';
import { Guessed, Prediction } from './prediction.tsx';
import {
  blocks,
  cancel,
  cellAfter,
  cells,
  changeText,
  focusCell,
  isBusy,
  lesson,
  restoreTo,
  runCell,
  runTo,
  textOf,
  watched,
} from './store.ts';

export function Cell({ cell, skip }: { readonly cell: PageCell; readonly skip: string | undefined }) {
  const { id } = cell;
  // A lesson may have hundreds: only what changes is drawn again.
  const view = useComputed(() => blocks.value.get(id)).value;
  const status = skip === undefined ? (view?.status ?? 'reached') : 'skipped';
  const text = useComputed(() => textOf(id)).value;
  const isExercise = cell.hints !== undefined;
  const isWatched = watched.value !== undefined;
  const isDisabled = skip !== undefined || isBusy.value || isWatched;
  const run = async (guess?: string) => {
    if (!isDisabled) await runCell(id, guess);
  };
  const runAndGo = async () => {
    await run();
    const next = cellAfter(id);
    if (next !== undefined) focusCell(next);
  };
  return (
    <div class={`cell ${status} ${isExercise ? 'exercise' : ''}`} data-block={id}>
      <p class="where">
        {isExercise ? (isWatched ? 'Exercise' : 'Your turn') : cell.kind === 'sql' ? 'SQL' : 'Shell'}
        {cell.node && ` on ${cell.node}`}
        {cell.session && `, session ${cell.session}`}
        {cell.isBackground && ', in the background'}
        <span class="status">{statusWords[status]}</span>
      </p>
      {lesson.value?.reached === id && status === 'reached' && id !== cells.value[0]?.id && (
        <p class="notice">
          You were here: the cluster is in the state in which this cell starts. An earlier cell runs in its
          own state with “Run to here”.
        </p>
      )}
      <Editor
        label={`${cell.kind === 'sql' ? 'SQL' : 'Shell commands'} of ${id}`}
        text={text}
        language={cell.kind}
        isReadOnly={isWatched}
        errorAt={view && errorIn(view.output, text)}
        onChange={(changed) => changeText(id, changed)}
        onRun={() => run()}
        onRunAndGo={runAndGo}
      />
      {cell.question !== undefined && status === 'reached' && <Prediction cell={cell} onGuess={run} />}
      {!isWatched && <Buttons {...{ cell, status, text, isDisabled, run }} />}
      {skip !== undefined && <p class="skip">Skipped: {skip}.</p>}
      {view && <Output output={view.output} />}
      {view && <Outcomes outcomes={outcomesOf(view)} isExercise={isExercise} />}
      {view?.prediction && <Guessed prediction={view.prediction} />}
      {isExercise && !isWatched && <Exercise cell={cell} isSolved={view?.status === 'passed'} text={text} />}
    </div>
  );
}

interface ButtonsProps {
  readonly cell: PageCell;
  readonly status: string;
  readonly text: string;
  readonly isDisabled: boolean;
  readonly run: () => void;
}

function Buttons({ cell, status, text, isDisabled, run }: ButtonsProps) {
  const { id } = cell;
  const isExercise = cell.hints !== undefined;
  return (
    <div class="buttons">
      {status === 'running' ? (
        <button type="button" class="main" onClick={cancel}>
          Cancel
        </button>
      ) : (
        <button type="button" class="main" disabled={isDisabled} onClick={() => run()} title="Ctrl+Enter">
          {isExercise ? 'Try it' : 'Run'}
        </button>
      )}
      {!isExercise && (
        <button
          type="button"
          disabled={isDisabled}
          onClick={() => runTo(id)}
          title="All cells before it, then this one"
        >
          Run to here
        </button>
      )}
      <button
        type="button"
        disabled={isDisabled}
        onClick={() => restoreTo(id)}
        title="The state in which this cell starts"
      >
        Restore
      </button>
      {text !== cell.text && (
        <button type="button" onClick={() => changeText(id, cell.text)}>
          Author’s text
        </button>
      )}
    </div>
  );
}

/** Before anything ran, no result can be as expected: that is no failure yet. */
const outcomesOf = ({ status, output, outcomes }: BlockView) =>
  status === 'reached' && output.length === 0 ? outcomes.filter(({ title }) => title !== 'result') : outcomes;

const statusWords: Readonly<Record<string, string>> = {
  reached: '',
  running: 'running…',
  passed: '✓ passed',
  failed: '✗ failed',
  skipped: 'skipped',
  cancelled: 'canceled',
  stale: 'stale: what it rests on has changed',
};
