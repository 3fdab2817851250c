// Typed lines to commands of a shell, which bash itself takes for whole or not.
import { spawnSync } from 'node:child_process';
import { type addLine, nothingTyped, trimArgument, type Unfinished } from './split-input.ts';

/** As `addLine`: a command goes on while a quotation, a loop or a here-document is open. */
export function addShellLine(before: Unfinished, line: string): ReturnType<typeof addLine> {
  const [, name, argument = ''] = /^\s*\\(\S+)(.*)$/.exec(line) ?? [];
  if (!before.hasWords && name !== undefined) {
    return { inputs: [{ kind: 'command', name, argument: trimArgument(argument) }], rest: before };
  }
  const text = `${before.text}${line}\n`;
  if (text.trim() === '') return { inputs: [], rest: nothingTyped };
  if (isOpen(text)) return { inputs: [], rest: { ...before, text, hasWords: true } };
  return { inputs: [{ kind: 'statement', text: text.trimEnd() }], rest: nothingTyped };
}

function isOpen(text: string): boolean {
  if (/\\\n$/.test(text)) return true;
  const { stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
  return /unexpected end of file|unexpected EOF|delimited by end-of-file/.test(stderr ?? '');
}
