// A Jupyter notebook as a lesson: markdown is prose, SQL and shell commands are blocks with what came of them.
import { codeOf } from './cell-code.ts';
import { proseOf } from './cell-prose.ts';
import type { FenceText, Import, Item, Left } from './draft.ts';
import { readLessonOfNotebook, readNotedBlock } from './exported.ts';
import { readHtmlTable } from './html-table.ts';
import { type Cell, type CellOutput, readNotebook } from './notebook.ts';
import { readTable, type Table } from './printed-table.ts';
import { resultText } from './result-text.ts';

/** @throws UserError where the text is no notebook. */
export function importNotebook(text: string, file: string): Import {
  const { language, lesson, cells } = readNotebook(text, file);
  const left: Left[] = [];
  const items: Item[] = [];
  let title: string | undefined;
  for (const [i, cell] of cells.entries()) {
    const where = `cell ${i + 1}`;
    if (cell.kind === 'code') items.push(...codeItems(cell, language, where, left));
    else if (cell.kind === 'raw') items.push({ kind: 'shown', language: 'text', text: cell.source });
    else if (cell.lesson !== aboutTheRun) {
      for (const part of proseOf(cell.source)) {
        if (part.kind === 'heading' && part.level === 1 && title === undefined && !hasStep(items))
          title = part.text;
        else items.push(part.kind === 'heading' ? { kind: 'heading', text: part.text } : part);
      }
    }
  }
  return { ...readLessonOfNotebook(lesson), ...(title !== undefined && { title }), items, left };
}

/** What `lesson export` notes at cells that are not of the lesson. */
const aboutTheRun = 'about the run';

const hasStep = (items: readonly Item[]): boolean => items.some(({ kind }) => kind !== 'prose');

function codeItems(cell: Cell, notebookLanguage: string, where: string, left: Left[]): readonly Item[] {
  const noted = readNotedBlock(cell.lesson);
  if (noted) return [{ kind: 'block', where, text: cell.source, ...noted }];
  const code = codeOf(cell, notebookLanguage);
  switch (code.kind) {
    case 'nothing':
      return [];
    case 'other':
      if (code.text.trim() === '') return [];
      left.push({ where, why: `code in ${code.language || 'another language'} is shown, not run` });
      return [{ kind: 'shown', language: code.language, text: code.text }];
    case 'bash':
      return [{ kind: 'block', where, info: 'bash', text: code.text, below: printedBy(cell.outputs) }];
    case 'sql':
      return [{ kind: 'block', where, info: 'sql', text: code.text, below: answersOf(cell.outputs) }];
  }
}

function printedBy(outputs: readonly CellOutput[]): readonly FenceText[] {
  const text = outputs.map((output) => (output.kind === 'printed' ? output.text : '')).join('');
  return text.trim() === '' ? [] : [{ info: 'output', text }];
}

/** The error, where there is one: a block has results or an error. */
function answersOf(outputs: readonly CellOutput[]): readonly FenceText[] {
  const error = outputs.find((output) => output.kind === 'error');
  if (error) return [{ info: 'error', text: errorText(error) }];
  return outputs.flatMap((output) => {
    const table = output.kind === 'shown' ? tableOf(output) : undefined;
    return table ? [{ info: 'result', text: resultText(table) }] : [];
  });
}

/** `lesson export` names an error by its SQLSTATE; drivers for Python put their class, and the server's words, into a longer text. */
function errorText({ name, message }: Extract<CellOutput, { kind: 'error' }>): string {
  const [first = ''] = message.split('\n').filter((line) => line.trim() !== '');
  const primary = first.replace(/^(?:\([\w.]+\)\s+)?(?:ERROR:\s+)?/, '').trim();
  return /^[0-9A-Z]{5}$/.test(name) ? `${name}: ${primary}` : primary;
}

function tableOf({ plain, html }: Extract<CellOutput, { kind: 'shown' }>): Table | undefined {
  const lines = plain.split('\n');
  const printed = lines.map((_, at) => readTable(lines, at)).find((found) => found !== undefined)?.table;
  const table = readHtmlTable(html) ?? printed;
  return table && withoutPython(table);
}

/** Python's words for NULL and for truth, where a column has nothing else. */
function withoutPython({ columns, rows, ...other }: Table): Table {
  const words: Readonly<Record<string, string>> = { None: '', True: 't', False: 'f' };
  const isTruth = columns.map((_, i) => rows.every((row) => row[i]! in words));
  return {
    ...other,
    columns,
    rows: rows.map((row) => row.map((cell, i) => (cell === 'None' || isTruth[i] ? words[cell]! : cell))),
  };
}
