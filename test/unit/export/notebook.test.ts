import { expect, test } from 'vitest';
import { notebookOf } from '../../../runner/export/notebook.ts';
import { notebookErrors } from '../../support/notebook-schema.ts';
import { recorded } from './recorded.ts';

const notebook = JSON.parse(notebookOf(recorded, '2026-01-02'));
const code = notebook.cells.filter((cell: { cell_type: string }) => cell.cell_type === 'code');

test('a run is a notebook of format 4.5', () => {
  expect(notebookErrors(notebook)).toEqual([]);
});

test('what would be no notebook is none', () => {
  const [cell] = notebook.cells;
  expect(notebookErrors({ ...notebook, cells: [cell, cell] })).toEqual(['"cell-1" is there twice']);
  expect(notebookErrors({ ...notebook, cells: [{ ...cell, id: 'a/b' }] })).not.toEqual([]);
  expect(notebookErrors({ ...notebook, cells: [{ ...code[0], execution_count: 'x' }] })).not.toEqual([]);
});

test('cells that ran are counted, and have what came of them', () => {
  expect(code.map((cell: { execution_count: number | null }) => cell.execution_count)).toEqual([1, 2, null]);
  const types = code[0].outputs.map(({ output_type }: { output_type: string }) => output_type);
  expect(types).toEqual(['stream', 'display_data', 'error', 'stream']);
  expect(code[0].outputs[1].data['text/html'].join('')).toContain('<td>&#60;b&#62;</td>');
  expect(code[1]).toMatchObject({ source: ['echo hello'], outputs: [{ text: ['hello\n'] }, {}] });
});

test('the cluster after a step stands where the step ends', () => {
  const texts = notebook.cells.map(({ source }: { source: string[] }) => source.join(''));
  const at = texts.findIndex((text: string) => text.startsWith('The cluster after “One”'));
  expect(texts[at]).toContain('worker-1');
  expect(texts[at + 1]).toBe('## Two');
});
