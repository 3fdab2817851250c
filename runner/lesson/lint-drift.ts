// A translated lesson beside its original: what runs and what is expected must be the same; prose, hints, comments and
// what a learner reads may differ.
import type { ReportDiagnostic } from './diagnostic.ts';
import { capturedIn } from './known-captures.ts';
import { meaningOf } from './known-mistake.ts';
import { withCaptures } from './parser-with-captures.ts';
import { plural } from './plural.ts';
import type { SqlParser } from './sql.ts';
import type { Block, Expectation, Lesson, Place, Step } from './types.ts';

export function lintDrift(
  lesson: Lesson,
  original: Lesson,
  plainParser: SqlParser,
  report: ReportDiagnostic,
): void {
  const parser = withCaptures(plainParser, capturedIn(original.steps));
  const differ = (place: Place, what: string, there: Place) =>
    report('warning', 'drift', place, `${what} the original, ${there.file}:${there.line}`);
  if (matterOf(lesson) !== matterOf(original)) {
    differ(lesson.place, 'minutes, init or workers are not those of', original.place);
  }
  const count = original.steps.length;
  if (lesson.steps.length !== count) {
    differ(lesson.place, `${plural(lesson.steps.length, 'step')}, not ${count} as in`, original.place);
    return;
  }
  for (const [at, step] of lesson.steps.entries()) {
    const there = original.steps[at]!;
    const blocks = blocksOf(step);
    const wanted = blocksOf(there);
    if (blocks.length !== wanted.length) {
      differ(step.place, `${plural(blocks.length, 'block')}, not ${wanted.length} as in`, there.place);
      continue;
    }
    for (const [i, block] of blocks.entries()) {
      const [part] = partsOf(block, parser).filter(
        ([, value], n) => value !== partsOf(wanted[i]!, parser)[n]![1],
      );
      if (part !== undefined) differ(block.place, `${part[0]} not as in`, wanted[i]!.place);
    }
  }
}

const matterOf = ({ minutes, init, workers }: Lesson) =>
  JSON.stringify([minutes, init.map(({ name, source }) => source?.text ?? name), workers]);

const blocksOf = ({ parts }: Step): readonly Block[] => parts.filter((part) => part.kind !== 'prose');

/** What must be the same, each with how it is called, in the order in which a difference is told. */
function partsOf(block: Block, parser: SqlParser): readonly (readonly [what: string, value: string])[] {
  const { exercise, prediction, expectations } = block;
  const { place: _place, text, id: _id, expectations: _, exercise: __, prediction: ___, ...options } = block;
  const meaning = (answer: string) => meaningOf(answer, parser);
  const answers = (list: readonly { readonly text: string }[] = []) =>
    JSON.stringify(list.map((answer) => meaning(answer.text)));
  return [
    ['the statements are', meaning(text)],
    ['the options are', JSON.stringify(options)],
    ['the expectations are', JSON.stringify(expectations.map(withoutWords))],
    ['the solutions are', answers(exercise?.solutions)],
    ['the wrong answers are', answers(exercise?.wrongAnswers)],
    ['the number of hints is', `${exercise?.hints.length}`],
    ['the number of choices is', `${prediction?.choices?.length}`],
  ];
}

/** Without places, and without what is for readers only. */
function withoutWords(expectation: Expectation): string {
  return JSON.stringify(expectation, (key, value) =>
    ['place', 'say', 'claim'].includes(key) ? undefined : value,
  );
}
