// The text of a lesson after a run: the fences that did not hold say what came. Pure.
import { countsOn } from '../lesson/for-engine.ts';
import { splitSql } from '../lesson/sql.ts';
import type { Block, Expectation, Lesson } from '../lesson/types.ts';
import { type BlockAnswer, isFillable, type ResultAnswer } from './answers.ts';
import type { OrderedAnswer } from './choose-rows.ts';
import { applyEdits, canHold, contentOf, type Edit } from './edit.ts';
import { fillError } from './fill-error.ts';
import { fillOutput } from './fill-output.ts';
import { fillResult } from './fill-result.ts';

export interface FilledLesson {
  readonly text: string;
  /** Of each fence that says something else now. */
  readonly filled: readonly FillableKind[];
  readonly left: readonly LeftBlock[];
}

/** A block whose fences stay as they are, because there is no answer, or none that can be written. */
export interface LeftBlock {
  readonly id: string;
  readonly why: string;
}

export type FillableKind = (typeof fillable)[number];
type FillableExpectation = Extract<Expectation, { readonly kind: FillableKind }>;
const fillable = ['result', 'error', 'output'] as const;

/** @param answerOf Undefined for a block that was not reached. */
export async function fillLesson(
  lesson: Lesson,
  text: string,
  answerOf: (block: Block) => BlockAnswer | undefined,
): Promise<FilledLesson> {
  const filled: FillableKind[] = [];
  const left: LeftBlock[] = [];
  const edits: Edit[] = [];
  for (const block of lesson.steps.flatMap(({ parts }) => parts)) {
    if (block.kind === 'prose') continue;
    const answer = answerOf(block);
    const counting = answer?.engine === undefined ? () => true : countsOn(answer.engine);
    const expectations = block.expectations.filter(isFillableKind).filter(counting);
    if (expectations.length === 0) continue;
    const leave = (why: string) => left.push({ id: block.id, why });
    if (answer === undefined) leave('the run ended earlier');
    else if (answer.skipped !== undefined) leave(answer.skipped);
    else {
      const results = expectations.filter(({ kind }) => kind === 'result');
      for (const expectation of expectations) {
        const { line } = expectation.place;
        const at = answer.results.length - results.length + results.indexOf(expectation);
        const lines = await fill(expectation, contentOf(text, line), answer, answer.results[at]);
        if (lines === undefined) continue;
        const edit = { line, lines };
        if (canHold(text, edit)) {
          edits.push(edit);
          filled.push(expectation.kind);
        } else leave('a line of the answer would close its fence; open that fence with more backticks');
      }
    }
  }
  return { text: applyEdits(text, edits), filled, left };
}

const isFillableKind = (expectation: Expectation): expectation is FillableExpectation =>
  fillable.some((kind) => kind === expectation.kind);

/** Undefined where it holds, or nothing came that could be written. */
async function fill(
  expectation: FillableExpectation,
  lines: readonly string[],
  { failed, output, captured }: BlockAnswer,
  result: ResultAnswer | undefined,
): Promise<readonly string[] | undefined> {
  const { kind, place } = expectation;
  const outcome = failed
    .filter(isFillable)
    .find(({ title, ...other }) =>
      kind === 'result' ? other.difference?.place.line === place.line : title === kind,
    );
  if (outcome === undefined) return undefined;
  switch (kind) {
    case 'result':
      return result && fillResult(expectation, lines, await withOrder(result), captured);
    case 'error':
      return outcome.failure && fillError(expectation, lines, outcome.failure, captured);
    case 'output':
      return fillOutput(expectation.lines, output, captured);
  }
}

async function withOrder(result: ResultAnswer): Promise<OrderedAnswer> {
  const [statement] = await splitSql(result.sql);
  return { ...result, ordered: statement?.ordered ?? false };
}
