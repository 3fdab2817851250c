// What a notebook notes of its lesson, so that `lesson import` can have it back: the fences of its blocks, with what is expected of
// them in the author's words. Checks and exercises are not among them: a notebook has the answers.
import { escapeBars, writeName } from '../lesson/table.ts';
import type { Block, Expectation, Lesson } from '../lesson/types.ts';
import { drawTable } from '../update/drawing.ts';

export function notedLesson({ init, workers }: Lesson) {
  const count = workers && `${workers.exactly ? 'exactly ' : ''}${workers.count}`;
  return { init: init.map(({ name }) => name), ...(count !== undefined && { workers: count }) };
}

export function notedBlock(block: Block) {
  return { fence: fenceOf(block), below: block.expectations.flatMap(expectationFence) };
}

/** What a block has unless its fence says otherwise. */
const usual = { timeout: 30_000, node: 'coordinator', exit: 0 };

function fenceOf(block: Block): string {
  const { name, timeoutMs, retryMs, engine, stop } = block;
  const options: Readonly<Record<string, string | number | undefined>> = {
    name,
    timeout: timeoutMs === usual.timeout ? undefined : `${timeoutMs}ms`,
    retry: retryMs && `${retryMs}ms`,
    engine,
    stop,
    ...(block.kind === 'sql'
      ? {
          node: block.node === usual.node ? undefined : block.node,
          as: block.session,
          every: block.everyMs && `${block.everyMs}ms`,
          capture: block.captures?.join(','),
        }
      : { exit: block.exit === usual.exit ? undefined : block.exit }),
  };
  const words = Object.entries(options).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}="${value}"`],
  );
  const isBackground = block.kind === 'sql' && block.everyMs !== undefined;
  const all = [...(isBackground ? ['background'] : []), ...words];
  const language = block.kind === 'sql' ? 'sql' : 'bash';
  return all.length === 0 ? language : `${language} {${all.join(' ')}}`;
}

function expectationFence(expectation: Expectation) {
  const engine = expectation.engine === undefined ? '' : ` {engine=${expectation.engine}}`;
  switch (expectation.kind) {
    case 'result': {
      const { columns, rows, open, rowCount } = expectation;
      const cells = rows.map((row) => row.cells.map(escapeBars));
      const lines =
        columns.length === 0 ? ['--'] : drawTable(columns.map(writeName), cells, false, new Set());
      const footer = rowCount === undefined ? [] : [`(${rowCount} ${rowCount === 1 ? 'row' : 'rows'})`];
      return [
        {
          info: `result${engine}`,
          text: [...lines, ...(open && columns.length > 0 ? ['...'] : []), ...footer].join('\n'),
        },
      ];
    }
    case 'error': {
      const { sqlstate, message } = expectation;
      return [
        { info: `error${engine}`, text: [sqlstate, message].filter((part) => part !== undefined).join(': ') },
      ];
    }
    case 'output':
      return [{ info: `output${engine}`, text: expectation.lines.join('\n') }];
    case 'checks':
    case 'other-data':
      return [];
  }
}
