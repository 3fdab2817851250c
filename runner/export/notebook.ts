// A run as a Jupyter notebook, format 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
// Its code is SQL as it stands in the lesson, and its outputs are what came; no kernel is named that would run it.
import { describeEngine } from '../cluster/engine.ts';
import type { Block } from '../lesson/types.ts';
import { renderMap } from '../map/render-map.ts';
import { formatResult } from '../prompt/format-result.ts';
import { plain } from '../report/style.ts';
import type { BlockView, Output } from '../session/view.ts';
import { resultTable, sayOutcome } from './html-block.ts';
import { notedBlock, notedLesson } from './noted-lesson.ts';
import type { RecordedMap, RecordedRun } from './recorded-run.ts';

interface Cell {
  readonly cell_type: 'markdown' | 'code';
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly CellOutput[];
}

type CellOutput =
  | { readonly output_type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: readonly string[] }
  | {
      readonly output_type: 'display_data';
      readonly data: Readonly<Record<string, readonly string[]>>;
      readonly metadata: Readonly<Record<string, never>>;
    }
  | {
      readonly output_type: 'error';
      readonly ename: string;
      readonly evalue: string;
      readonly traceback: readonly string[];
    };

/** @param at The day of the run, as it is shown. */
export function notebookOf({ lesson, view, maps }: RecordedRun, at: string): string {
  const blocks = new Map(view.steps.flatMap((step) => step.blocks).map((block) => [block.id, block]));
  const cells: Cell[] = [];
  let runs = 0;
  const add = (cell: Omit<Cell, 'id'>) => cells.push({ id: `cell-${cells.length + 1}`, ...cell });
  const addText = (text: string, metadata: Cell['metadata'] = {}) => {
    if (text.trim() !== '') add({ cell_type: 'markdown', metadata, source: linesOf(text) });
  };
  const aboutTheRun = { lesson: 'about the run' };
  const addMap = (step: string | undefined) => {
    const recorded = maps.find(({ after }) => after?.id === step);
    if (recorded) addText(mapText(recorded), aboutTheRun);
  };

  const { engine } = view.cluster;
  addText(`# ${lesson.title}\n\n${lesson.intro}`);
  addText(`*${lesson.id}, as it ran on ${at}: ${view.status}, on ${describeEngine(engine)}.*`, aboutTheRun);
  addMap(undefined);
  for (const step of lesson.steps) {
    addText(`## ${step.title}`);
    for (const part of step.parts) {
      if (part.kind === 'prose') addText(part.markdown);
      else {
        const ran = blocks.get(part.id);
        const hasRun = ran !== undefined && ran.status !== 'skipped';
        add(codeCell(part, ran, hasRun ? ++runs : null));
      }
    }
    addMap(step.id);
  }
  const metadata = {
    language_info: { name: 'sql', file_extension: '.sql', mimetype: 'application/sql' },
    title: lesson.title,
    lesson: notedLesson(lesson),
  };
  return `${JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }, null, 1)}\n`;
}

function codeCell(block: Block, view: BlockView | undefined, count: number | null): Omit<Cell, 'id'> {
  const outcomes = view?.outcomes.map(sayOutcome) ?? [];
  return {
    cell_type: 'code',
    metadata: {
      lesson: notedBlock(block),
      ...(block.kind === 'shell' && { vscode: { languageId: 'shellscript' } }),
    },
    source: linesOf(view?.text ?? block.text),
    execution_count: count,
    outputs: [
      ...(view?.output.map(outputOf) ?? []),
      ...(outcomes.length > 0 ? [stream('stdout', outcomes.join('\n'))] : []),
    ],
  };
}

function outputOf(output: Output): CellOutput {
  switch (output.kind) {
    case 'notice':
      return stream('stderr', `${output.notice.severity}: ${output.notice.message}`);
    case 'text':
      return stream('stdout', output.text);
    case 'writer':
      return stream('stdout', `${output.report.name}: ${output.report.acknowledged} writes acknowledged`);
    case 'error': {
      const { sqlstate, message, detail, hint } = output.failure;
      const more = [detail && `DETAIL: ${detail}`, hint && `HINT: ${hint}`].filter(
        (line) => line !== undefined,
      );
      return {
        output_type: 'error',
        ename: sqlstate,
        evalue: message,
        traceback: [`ERROR: ${message}`, ...more],
      };
    }
    case 'result': {
      const { columns, command } = output.result;
      if (columns.length === 0) return stream('stdout', command);
      const text = formatResult(output.result, { width: 120, expanded: 'off', style: plain });
      const data = { 'text/html': linesOf(resultTable(output.result).text), 'text/plain': linesOf(text) };
      return { output_type: 'display_data', data, metadata: {} };
    }
  }
}

const stream = (name: 'stdout' | 'stderr', text: string): CellOutput => ({
  output_type: 'stream',
  name,
  text: linesOf(text.endsWith('\n') ? text : `${text}\n`),
});

function mapText({ map, touched, after }: RecordedMap): string {
  const drawn = renderMap(map, { style: plain, width: 80, touched });
  return `The cluster ${after ? `after “${after.title}”` : 'at the start'}:\n\n\`\`\`text\n${drawn}\n\`\`\``;
}

/** A text of several lines, as notebooks are written: each line with its end. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
