// A block as a cell: its text, its buttons, and what came of it.
import type { PageCell } from '../../runner/page/document.ts';
import { Editor } from './editor.tsx';
import { Outcomes } from './outcomes.tsx';
import { Output } from './output.tsx';
import { blocks, cancel, drafts, isBusy, restoreTo, runCell } from './store.ts';

export function Cell({ cell, skip }: { readonly cell: PageCell; readonly skip: string | undefined }) {
  const view = blocks.value.get(cell.id);
  const status = view?.status ?? 'reached';
  const text = drafts.value[cell.id] ?? cell.text;
  const run = () => runCell(cell.id, text);
  return (
    <div class={`cell ${status}`} data-block={cell.id}>
      <Editor
        text={text}
        language={cell.kind}
        onChange={(changed) => {
          drafts.value = { ...drafts.value, [cell.id]: changed };
        }}
        onRun={run}
      />
      <div class="buttons">
        {status === 'running' ? (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        ) : (
          <button type="button" disabled={skip !== undefined || isBusy.value} onClick={run}>
            Run
          </button>
        )}
        <button
          type="button"
          disabled={skip !== undefined || isBusy.value}
          onClick={() => restoreTo(cell.id)}
        >
          Restore
        </button>
        {text !== cell.text && (
          <button
            type="button"
            onClick={() => {
              const { [cell.id]: _, ...others } = drafts.value;
              drafts.value = others;
            }}
          >
            Author’s text
          </button>
        )}
        {status === 'stale' && <span class="stale">stale</span>}
        {skip && <span class="skip">Skipped: {skip}</span>}
      </div>
      {view && <Output output={view.output} />}
      {view && <Outcomes outcomes={view.outcomes} />}
    </div>
  );
}
