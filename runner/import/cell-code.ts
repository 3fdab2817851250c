// What the code of a cell is for a lesson: SQL, shell commands, or something that is shown only.
import type { Cell } from './notebook.ts';

export type Code =
  | { readonly kind: 'sql' | 'bash'; readonly text: string }
  | { readonly kind: 'other'; readonly language: string; readonly text: string }
  /** It only connects. */
  | { readonly kind: 'nothing' };

const sqlMagic = /^%%(?:sql|read_sql|bigquery)\b(.*)\n?/;
const shellMagic = /^%%(?:bash|sh|script\s+(?:ba)?sh)\b.*\n?/;
const connects = /^%(?:load_ext|reload_ext|config)\s|^%sql\s+\S*:\/\//;

/** @param notebookLanguage In small letters. */
export function codeOf(
  { source, language }: Pick<Cell, 'source' | 'language'>,
  notebookLanguage: string,
): Code {
  const text = source.trim();
  const magic = sqlMagic.exec(text);
  if (magic) return { kind: 'sql', text: `${statementIn(magic[1]!)}${text.slice(magic[0].length)}` };
  const shell = shellMagic.exec(text);
  if (shell) return { kind: 'bash', text: text.slice(shell[0].length) };
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const isEach = (start: string) => lines.length > 0 && lines.every((line) => line.startsWith(start));
  if (lines.length > 0 && lines.every((line) => connects.test(line))) return { kind: 'nothing' };
  if (isEach('%sql ')) {
    const statements = lines
      .filter((line) => !connects.test(line))
      .map((line) => line.slice('%sql '.length).trim());
    return { kind: 'sql', text: statements.map((each) => each.replace(/;?$/, ';')).join('\n') };
  }
  if (isEach('!')) return { kind: 'bash', text: lines.map((line) => line.slice(1).trim()).join('\n') };
  return plainCode(source, language?.toLowerCase() ?? notebookLanguage);
}

function plainCode(text: string, language: string): Code {
  if (/^(?:postgre)?sql$|^postgres$/.test(language)) return { kind: 'sql', text };
  if (/^(?:bash|sh|shell|shellscript)$/.test(language)) return { kind: 'bash', text };
  return { kind: 'other', language, text };
}

/** Beside the magic stands a connection, a variable or the beginning of the statement. */
const statementIn = (rest: string): string =>
  /^\s*(?:select|with|insert|update|delete|merge|create|alter|drop|values|explain|show|set|begin|table)\b/i.test(
    rest,
  )
    ? `${rest.trim()}\n`
    : '';
