// Small lessons for tests, and what is wrong with them.
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { LessonError } from '../../../runner/lesson/problem.ts';
import type { Block, Expectation, Lesson } from '../../../runner/lesson/types.ts';

export const file = 'lessons/03-distribution.md';

/** A fence, closed. */
export function fence(info: string, ...lines: readonly string[]): string {
  return [`\`\`\`${info}`, ...lines, '```'].join('\n');
}

/** A lesson with one step; its parts start in line 5. */
export function oneStep(...parts: readonly string[]): string {
  return ['# Title', '', '## Step', '', ...parts].join('\n');
}

export function parse(text: string): Lesson {
  return parseLesson(file, text);
}

/** The blocks of all steps. */
export function blocksOf(text: string): Block[] {
  return parse(text).steps.flatMap(({ parts }) => parts.filter((part) => part.kind !== 'prose'));
}

/** The expectations of the only block that the fences below `sql` describe. */
export function expectationsOf(...fences: readonly string[]): readonly Expectation[] {
  return blocksOf(oneStep(fence('sql', 'SELECT 1'), ...fences))[0]!.expectations;
}

/** `line: message` of each mistake. */
export function problemsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    return error.problems.map(({ place, message }) => `${place.line}: ${message}`);
  }
}
