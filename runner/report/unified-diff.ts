// What changed in a file, as `diff -u` writes it.
import { structuredPatch } from 'diff';
import { printable, type Style } from './style.ts';

/** Without a last newline; empty where nothing changed. */
export function unifiedDiff(file: string, before: string, after: string, style: Style): string {
  const { hunks } = structuredPatch(file, file, before, after);
  if (hunks.length === 0) return '';
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines: each }) => [
    style('cyan', `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...each.map((line) => colored(printable(line), style)),
  ]);
  return [style('bold', `--- ${file}`), style('bold', `+++ ${file}`), ...lines].join('\n');
}

function colored(line: string, style: Style): string {
  if (line.startsWith('-')) return style('red', line);
  return line.startsWith('+') ? style('green', line) : line;
}
