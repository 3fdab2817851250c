import fc from 'fast-check';
import { expect, test } from 'vitest';
import { notebookOf } from '../../../runner/export/notebook.ts';
import { importNotebook } from '../../../runner/import/import-notebook.ts';
import { recorded } from '../export/recorded.ts';
import { draftText } from './draft-text.ts';

interface Cell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly object[];
}

const markdown = (source: string): Cell => ({ cell_type: 'markdown', source });
const code = (source: string, ...outputs: readonly object[]): Cell => ({
  cell_type: 'code',
  source,
  outputs,
});
const html = (table: string) => ({
  output_type: 'execute_result',
  data: { 'text/html': table, 'text/plain': '' },
});

const importedFrom = (cells: readonly Cell[], metadata: object = { language_info: { name: 'python' } }) =>
  draftText(importNotebook(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }), 'a.ipynb'));

test('headings are the title and the steps', () => {
  const { lesson, errors } = importedFrom([
    markdown('# Rows\n\nAll about rows.'),
    markdown('## Count\nHow many?\n\n## Count\n\n# And then'),
    code('%%sql\nSELECT 1'),
  ]);
  expect(errors).toEqual([]);
  expect(lesson.title).toBe('Rows');
  expect(lesson.intro).toBe('All about rows.');
  expect(lesson.steps.map(({ title }) => title)).toEqual(['Count', 'Count (2)', 'And then']);
});

test('SQL is known by its magic, or by the language of the notebook', () => {
  const { text } = importedFrom([
    code('%load_ext sql\n%sql postgresql://localhost/x'),
    code('%%sql postgresql://localhost/x\nSELECT 1'),
    code('%sql SELECT 2'),
    code('%%sql SELECT 3\nFROM t'),
  ]);
  expect(text).toContain('```sql\nSELECT 1\n```\n\n```sql\nSELECT 2;\n```\n\n```sql\nSELECT 3\nFROM t\n```');
  expect(text).not.toMatch(/load_ext|localhost/);
  expect(importedFrom([code('SELECT 4')], { kernelspec: { language: 'PostgreSQL' } }).text).toContain(
    '```sql\nSELECT 4\n```',
  );
});

test('shell commands run, and have what they printed; other code is shown', () => {
  const { text, left } = importedFrom([
    code('!echo a\n!echo b', { output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] }),
    code('%%bash\nls'),
    code('import pandas'),
  ]);
  expect(text).toContain('```bash\necho a\necho b\n```\n\n```output\na\nb\n```\n\n```bash\nls\n```');
  expect(text).toContain('```python\nimport pandas\n```');
  expect(left).toEqual(['cell 3: code in python is shown, not run']);
});

test('tables of outputs are results', () => {
  const table =
    '<table><tr><th></th><th>name</th><th>paid</th></tr><tr><td>0</td><td>a &lt;b&gt;</td><td>True</td></tr><tr><td>1</td><td>None</td><td>False</td></tr></table>';
  expect(importedFrom([code('%%sql\nSELECT 1', html(table))]).text).toContain(
    '```result\n name  | paid\n-------+------\n a <b> | t\n       | f\n```',
  );
  const plain = '+---+\n| a |\n+---+\n| 1 |\n+---+';
  expect(
    importedFrom([code('%%sql\nSELECT 1', { output_type: 'execute_result', data: { 'text/plain': plain } })])
      .text,
  ).toContain('```result\n a\n---\n 1\n```');
});

test('an error is expected by the words of the server', () => {
  const evalue = '(psycopg2.errors.UndefinedTable) relation "t" does not exist\nLINE 1: SELECT';
  expect(
    importedFrom([code('%%sql\nSELECT FROM t', { output_type: 'error', ename: 'ProgrammingError', evalue })])
      .text,
  ).toContain('```error\nrelation "t" does not exist\n```');
});

test('fences in markdown cells are shown only', () => {
  const { text, lesson, errors } = importedFrom([
    markdown(
      '## One\n\n```sql\nDROP TABLE t;\n```\n\n- a\n  ```check\n  x\n  ```\n\n```{note}\nA note\n```\n\n~~~bash\nnever closed',
    ),
    code('%%sql\nSELECT 1'),
  ]);
  expect(errors).toEqual([]);
  expect(lesson.steps[0]!.parts.map(({ kind }) => kind)).toEqual(['prose', 'sql']);
  expect(text).toContain('```sql {ignore}\nDROP TABLE t;\n```');
});

test('an exported lesson comes back with its fences, and without what was said of the run', () => {
  const { lesson, text } = draftText(importNotebook(notebookOf(recorded, '2026-01-02'), 'a.ipynb'));
  expect(lesson.title).toBe(recorded.lesson.title);
  expect(lesson.init).toMatchObject(recorded.lesson.init.map(({ name }) => ({ name })));
  expect(lesson.steps.map(({ id }) => id)).toEqual(recorded.lesson.steps.map(({ id }) => id));
  expect(text).toContain('```bash\necho hello\n```');
  expect(text).not.toMatch(/The cluster after|as it ran on/);
});

test.each([
  ['{', 'is not a Jupyter notebook'],
  ['[]', '"nbformat" is missing, not 4'],
  ['{"nbformat": 3}', '"nbformat" is 3, not 4'],
  ['{"nbformat": 4}', 'it has no list "cells"'],
])('%s is refused', (text, why) => {
  expect(() => importNotebook(text, 'a.ipynb')).toThrow(why);
});

test('whatever the cells hold, lint has no error', () => {
  const word = fc.constantFrom(
    '# a',
    '## b',
    '```sql',
    '```',
    '```{note}',
    '- ```bash',
    '> ~~~',
    '---',
    '===',
    'text',
    '| a | b |',
    '\\d',
    '',
    'SELECT 1;',
    'SELECT (',
    "'",
    '\u0007',
    '    code',
    '<div>',
    '<!-- a',
    '<pre>',
  );
  const source = fc.array(word, { maxLength: 8 }).map((lines) => lines.join('\n'));
  const output = fc.oneof(
    source.map((text) => ({ output_type: 'stream', name: 'stdout', text })),
    source.map((evalue) => ({ output_type: 'error', ename: 'Error', evalue })),
    fc
      .array(source, { maxLength: 3 })
      .map((cells) =>
        html(
          `<table><tr><th>a</th></tr>${cells.map((cell) => `<tr><td>${cell}</td></tr>`).join('')}</table>`,
        ),
      ),
  );
  const cell = fc.oneof(
    source.map(markdown),
    fc.tuple(source, fc.array(output, { maxLength: 2 })).map(([text, outputs]) => code(text, ...outputs)),
    source.map((text) => code(`%%bash\n${text}`)),
  );
  fc.assert(
    fc.property(
      fc.array(cell, { maxLength: 5 }),
      fc.constantFrom('sql', 'python', 'result'),
      (cells, name) => {
        expect(importedFrom([code('%%sql\nSELECT 1'), ...cells], { language_info: { name } }).errors).toEqual(
          [],
        );
      },
    ),
    { numRuns: 500 },
  );
});
