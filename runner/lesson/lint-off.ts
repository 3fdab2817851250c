// Rules that an author has turned off for what stands on the next line, a fence as a whole: <!-- lint off: node-name, size -->
import { type Diagnostic, type Rule, rules } from './diagnostic.ts';
import { readLandmarks } from './markdown.ts';
import { unknownWord } from './nearest.ts';

const comment = /^\s*<!--\s*lint off:([^>]*)-->\s*$/;

/** What is left of the diagnostics of a lesson. */
export function withoutTurnedOff(
  diagnostics: readonly Diagnostic[],
  { file, text }: { readonly file: string; readonly text: string },
): readonly Diagnostic[] {
  const lines = text.split(/\r\n?|\n/);
  const landmarks = lines.some((line) => comment.test(line)) ? readLandmarks(lines) : [];
  const unknown: Diagnostic[] = [];
  const off = lines.flatMap((line, at) => {
    const words = comment
      .exec(line)?.[1]
      ?.split(/[\s,]+/)
      .filter((word) => word !== '');
    if (words === undefined) return [];
    const place = { file, line: at + 1 };
    for (const word of words.filter((each) => !(each in rules))) {
      const message = unknownWord('rule', word, Object.keys(rules));
      unknown.push({ level: 'warning', rule: 'unknown-rule', place, message });
    }
    const from = lines.findIndex((each, i) => i > at && each.trim() !== '' && !comment.test(each)) + 1;
    const fence = landmarks.find((mark) => mark.kind === 'fence' && mark.line === from);
    return words.map((rule) => ({ rule: rule as Rule, from, end: fence?.end ?? from + 1 }));
  });
  const isOff = ({ rule, place }: Diagnostic) =>
    off.some((each) => each.rule === rule && place.line >= each.from && place.line < each.end);
  return [...diagnostics.filter((each) => !isOff(each)), ...unknown].toSorted(
    (a, b) => a.place.line - b.place.line,
  );
}
