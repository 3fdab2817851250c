// The cells that the learner has put below one of the lesson, and how to put one there.
import type { ScratchCell } from '../../runner/store/own-cells.ts';
import { Editor } from './editor.tsx';
import { errorIn, Output } from './output.tsx';
import { addScratch, changeScratch, removeScratch, runScratch, scratch, scratchStates } from './scratch.ts';
import { focusCell } from './store.ts';

export function ScratchCells({ after }: { readonly after: string }) {
  const own = scratch.value.filter((cell) => cell.after === after);
  const add = () => {
    addScratch(after);
    const { id } = scratch.value.at(-1)!;
    requestAnimationFrame(() => focusCell(id));
  };
  return (
    <>
      {own.map((cell) => (
        <Scratch key={cell.id} cell={cell} />
      ))}
      <p class="add">
        <button type="button" onClick={add} title="A cell of your own: nothing in it is checked">
          + Scratch cell
        </button>
      </p>
    </>
  );
}

function Scratch({ cell }: { readonly cell: ScratchCell }) {
  const { id, text } = cell;
  const state = scratchStates.value[id];
  const output = state !== undefined && 'output' in state ? state.output : [];
  const run = () => {
    if (state?.status !== 'running') void runScratch(cell);
  };
  return (
    <div class={`cell scratch ${state?.status ?? ''}`} data-block={id}>
      <p class="where">
        Scratch
        <span class="status">{state?.status === 'running' ? 'running…' : ''}</span>
      </p>
      <Editor
        label="SQL of your own"
        text={text}
        language="sql"
        isReadOnly={false}
        errorAt={errorIn(output, text)}
        onChange={(changed) => changed !== cell.text && changeScratch({ ...cell, text: changed })}
        onRun={run}
        onRunAndGo={run}
      />
      <div class="buttons">
        {state?.status === 'running' ? (
          <button type="button" class="main" onClick={state.cancel}>
            Cancel
          </button>
        ) : (
          <button type="button" class="main" onClick={run} title="Ctrl+Enter">
            Run
          </button>
        )}
        <button type="button" onClick={() => removeScratch(id)}>
          Remove
        </button>
      </div>
      {state?.status === 'refused' && (
        <p class="error" role="alert">
          {state.why}
        </p>
      )}
      {state?.status === 'cancelled' && <p class="notice">Canceled.</p>}
      <Output output={output} />
    </div>
  );
}
