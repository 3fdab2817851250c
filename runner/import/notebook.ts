// A Jupyter notebook of format 4, as far as it matters here: https://nbformat.readthedocs.io/en/latest/format_description.html
import { UserError } from '../errors.ts';
import { plainText } from './plain-text.ts';

export interface Notebook {
  /** Of its code, in small letters: `sql`, `python`. */
  readonly language: string;
  /** What `lesson export` noted. */
  readonly lesson: unknown;
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly kind: 'markdown' | 'code' | 'raw';
  readonly source: string;
  /** Of the code, where an editor or `lesson export` noted it. */
  readonly language: string | undefined;
  readonly lesson: unknown;
  readonly outputs: readonly CellOutput[];
}

export type CellOutput =
  | { readonly kind: 'printed'; readonly text: string }
  | { readonly kind: 'shown'; readonly plain: string; readonly html: string }
  | { readonly kind: 'error'; readonly name: string; readonly message: string };

type Json = Readonly<Record<string, unknown>>;

/** @throws UserError where the text is no such notebook. */
export function readNotebook(text: string, file: string): Notebook {
  const refuse = (why: string): never => {
    throw new UserError(`"${file}" is not a Jupyter notebook: ${why}`, {
      code: 'usage',
      hint: 'Save it again with Jupyter, as a notebook of format 4.',
    });
  };
  const value = objectOf(parseJson(text, refuse));
  if (value.nbformat !== 4) refuse(`its "nbformat" is ${JSON.stringify(value.nbformat) ?? 'missing'}, not 4`);
  if (!Array.isArray(value.cells)) refuse('it has no list "cells"');
  const metadata = objectOf(value.metadata);
  const language = objectOf(metadata.language_info).name ?? objectOf(metadata.kernelspec).language;
  return {
    language: textOf(language).toLowerCase(),
    lesson: metadata.lesson,
    cells: (value.cells as readonly unknown[]).map((cell) => readCell(objectOf(cell))),
  };
}

function parseJson(text: string, refuse: (why: string) => never): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function readCell({ cell_type: type, source, metadata, outputs }: Json): Cell {
  const noted = objectOf(metadata);
  const { languageId } = objectOf(noted.vscode);
  return {
    kind: type === 'markdown' || type === 'code' ? type : 'raw',
    source: textOf(source),
    language: typeof languageId === 'string' ? languageId : undefined,
    lesson: noted.lesson,
    outputs: (Array.isArray(outputs) ? outputs : []).map((output) => readOutput(objectOf(output))),
  };
}

function readOutput({ output_type: type, text, data, ename, evalue }: Json): CellOutput {
  if (type === 'error') return { kind: 'error', name: textOf(ename), message: textOf(evalue) };
  if (type === 'stream') return { kind: 'printed', text: textOf(text) };
  const shown = objectOf(data);
  return { kind: 'shown', plain: textOf(shown['text/plain']), html: textOf(shown['text/html']) };
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** Jupyter writes a text of several lines as a list. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return plainText(value);
  return Array.isArray(value) ? value.map(textOf).join('') : '';
}
