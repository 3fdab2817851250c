// One runnable block while the fences below it are read: what is expected of it, and the answers to an exercise.
import type { CheckName } from './check-values.ts';
import type { FenceHeader } from './fence.ts';
import { meet } from './for-engine.ts';
import type { Fence } from './markdown.ts';
import type { ReportProblem } from './problem.ts';
import type { Answer, Block, Check, Exercise, Expectation, Hint, Place, Prediction } from './types.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_EVERY_MS = 20;

/** Checks that look at the result of an SQL block. */
const OF_SQL: readonly CheckName[] = ['tasks', 'returns', 'columns', 'value'];

/** The block is made at once; its lists grow until the step ends. */
export interface OpenBlock {
  readonly block: Block;
  readonly expectations: Expectation[];
  readonly exercise?: OpenExercise;
}

/** Adds what is asked before the block runs. */
export function predict({ block }: OpenBlock, prediction: Prediction, report: ReportProblem): void {
  const above = `the block in line ${block.place.line}`;
  const refuse = (message: string) => report(prediction.place.line, message);
  if (block.prediction) refuse(`${above} has a prediction already`);
  else if (block.exercise) refuse(`${above} is an exercise, which asks enough`);
  else if (block.kind === 'shell' && prediction.answer === undefined) {
    refuse(`${above} is for the shell and returns no value; say what is right, as "answer: 4"`);
  }
  Object.assign(block, { prediction }); // the step has the block already
}

interface OpenExercise extends Exercise {
  readonly hints: Hint[];
  readonly solutions: Answer[];
  readonly wrongAnswers: Answer[];
}

export function openBlock(
  { role, kind, options, background, state }: FenceHeader,
  { text }: Fence,
  place: Place,
  id: string,
): OpenBlock {
  const { name, node = 'coordinator', as, timeout = DEFAULT_TIMEOUT_MS, retry, engine, exit = 0 } = options;
  const { every: everyMs = DEFAULT_EVERY_MS, stop, except = [], capture } = options;
  const expectations: Expectation[] = [];
  const exercise: OpenExercise | undefined =
    role === 'exercise' ? { hints: [], solutions: [], wrongAnswers: [] } : undefined;
  const base = {
    id,
    place,
    text,
    timeoutMs: timeout,
    expectations,
    ...(name === undefined ? {} : { name }),
    ...(retry === undefined ? {} : { retryMs: retry }),
    ...(engine === undefined ? {} : { engine }),
    ...(stop === undefined ? {} : { stop }),
    ...(state ? { state: { except } } : {}),
    ...(exercise === undefined ? {} : { exercise }),
  };
  const block: Block =
    kind === 'sql'
      ? {
          kind,
          ...base,
          node,
          ...(as === undefined ? {} : { session: as }),
          ...(capture === undefined ? {} : { captures: capture }),
          ...(background ? { everyMs } : {}),
        }
      : { kind, ...base, exit };
  return { block, expectations, ...(exercise === undefined ? {} : { exercise }) };
}

/** Adds what a fence below the block expects; tells where the two do not go together. */
export function expect(
  { block, expectations }: OpenBlock,
  expectation: Expectation,
  report: ReportProblem,
): void {
  const refuse = (message: string) => report(expectation.place.line, message);
  const has = (kind: Expectation['kind']) =>
    expectations.some((other) => other.kind === kind && meet(other, expectation));
  const above = `the block in line ${block.place.line}`;
  const inBackground = block.kind === 'sql' && block.everyMs !== undefined;
  if (!meet(block, expectation)) refuse(`${above} does not run on the engine "${expectation.engine}"`);
  switch (expectation.kind) {
    case 'result':
      if (inBackground) refuse(`${above} runs in the background and has no result`);
      else if (block.kind === 'shell')
        refuse(`a result belongs to an sql block, ${above} is for the shell; use output`);
      else if (has('error'))
        refuse(`${above} has an error already; a block has a result or an error, not both`);
      break;
    case 'error':
      if (inBackground) refuse(`${above} runs in the background and has no error`);
      else if (block.kind === 'shell')
        refuse(`an error belongs to an sql block, ${above} is for the shell; use {exit=1}`);
      else if (block.captures) refuse(`${above} captures a value, and a block that fails has none`);
      else if (has('error')) refuse(`${above} has an error already; the first error ends the block`);
      else if (has('result'))
        refuse(`${above} has a result already; a block has a result or an error, not both`);
      break;
    case 'output':
      if (block.kind === 'sql')
        refuse(`an output belongs to a bash or sh block, ${above} is sql; use result`);
      else if (has('output')) refuse(`${above} has an output already`);
      break;
    case 'other-data':
      if (block.kind === 'shell' || block.exercise === undefined)
        refuse(`other data belong to an sql exercise, ${above} is none`);
      else if (!has('result'))
        refuse(`${above} has no result above its other data; they judge an answer by its result`);
      else if (has('other-data')) refuse(`${above} has other data already`);
      break;
    case 'checks':
      if (inBackground) refuseChecks(expectation.checks, `${above} runs in the background`, report);
      else if (block.kind === 'shell') refuseChecks(expectation.checks, `${above} is for the shell`, report);
      break;
  }
  expectations.push(expectation);
}

function refuseChecks(checks: readonly Check[], why: string, report: ReportProblem): void {
  for (const { kind, place } of checks) {
    if (OF_SQL.includes(kind)) {
      report(place.line, `the check "${kind}" belongs to an sql block, ${why}`);
    }
  }
}
