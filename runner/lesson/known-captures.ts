// Names of captured values in the blocks of a lesson: each must be captured above.
import { replaceReferences } from './captures.ts';
import { fillNode } from './check-template.ts';
import { checkValues } from './check-values.ts';
import { unknownWord } from './nearest.ts';
import type { Problem } from './problem.ts';
import type { Block, Check, Place, Step } from './types.ts';

export const capturedIn = (steps: readonly Step[]): readonly string[] => [
  ...new Set(blocksOf(steps).flatMap(capturesOf)),
];

/** The names that no block above captures. */
export function unknownCaptures(steps: readonly Step[]): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (place: Place, message: string) => problems.push({ place, message });
  const known: string[] = [];
  for (const block of blocksOf(steps)) {
    requireInTexts(block, known, report);
    known.push(...capturesOf(block));
    for (const expectation of block.expectations) {
      if (expectation.kind !== 'checks') continue;
      for (const check of expectation.checks) requireInCheck(check, known, report);
    }
  }
  return problems;
}

type Report = (place: Place, message: string) => void;

const blocksOf = (steps: readonly Step[]): readonly Block[] =>
  steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));

const capturesOf = (block: Block): readonly string[] =>
  (block.kind === 'sql' ? block.captures : undefined) ?? [];

/** Of a block that must fail, and an answer that is wrong, the name may be what is wrong with it. */
function requireInTexts(
  { kind, text, place, exercise, expectations }: Block,
  known: readonly string[],
  report: Report,
): void {
  if (kind === 'shell' || expectations.some((expectation) => expectation.kind === 'error')) return;
  const texts = exercise === undefined ? [{ text, place }] : exercise.solutions;
  for (const { text: sql, place: fence } of texts) {
    replaceReferences(sql, ({ name, at, isInBrackets }) => {
      const line = fence.line + sql.slice(0, at).split('\n').length;
      if (!known.includes(name) && !isInBrackets) {
        report({ file: fence.file, line }, unknownCapture(name, known));
      }
      return undefined;
    });
  }
}

function requireInCheck({ kind, written, place }: Check, known: readonly string[], report: Report) {
  if (written === undefined) return;
  const unknown: string[] = [];
  const valueFor = (name: string) => {
    if (!known.includes(name)) unknown.push(name);
    return undefined;
  };
  fillNode(written, kind, valueFor);
  // In a text it may be anything.
  const mustBeKnown = kind === 'true' || checkValues[kind].read(written) === undefined;
  for (const name of mustBeKnown ? unknown : []) report(place, unknownCapture(name, known));
}

const unknownCapture = (name: string, known: readonly string[]): string =>
  known.length > 0
    ? unknownWord('captured value', name, known)
    : `no block above captures "${name}"; write {capture=${name}} on the block that returns it`;
