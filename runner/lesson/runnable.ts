// What a lesson would run on a machine, to ask for consent to it: counted, and as one value that changes with it. Pure.
import { createHash } from 'node:crypto';
import type { Block, Check, Lesson } from './types.ts';

export interface Runnable {
  readonly sqlBlocks: number;
  readonly shellBlocks: number;
  /** Files of SQL that it starts with, without the one that ships. */
  readonly setupFiles: readonly string[];
  /** Of the text of blocks, answers, checks and those files, and of where and how often they run; not of the prose around them. */
  readonly hash: string;
}

export function runnableOf({ steps, init }: Lesson): Runnable {
  const blocks = steps.flatMap(({ parts }) => parts).filter((part) => part.kind !== 'prose');
  const shellBlocks = blocks.filter(({ kind }) => kind === 'shell').length;
  const setups = init.flatMap(({ source }) => source ?? []);
  return {
    setupFiles: setups.map(({ file }) => file),
    sqlBlocks: blocks.length - shellBlocks,
    shellBlocks,
    hash: createHash('sha256')
      .update(JSON.stringify([...blocks.map(textsOf), ...setups.map(({ text }) => text)]))
      .digest('base64url'),
  };
}

/** An exercise counts as one block, with all its answers. */
function textsOf(block: Block): readonly unknown[] {
  const { kind, text, exercise, expectations, retryMs, stop } = block;
  const where =
    block.kind === 'sql' ? [block.node, block.session, block.everyMs, ...(block.captures ?? [])] : [];
  const answers = exercise === undefined ? [] : [...exercise.solutions, ...exercise.wrongAnswers];
  const checks = expectations.flatMap((expectation) =>
    expectation.kind === 'checks' ? expectation.checks.map(ruleOf) : [],
  );
  const otherData = expectations.flatMap((expectation) =>
    expectation.kind === 'other-data' ? expectation.text : [],
  );
  return [kind, text, where, retryMs, stop, answers.map((answer) => answer.text), checks, ...otherData];
}

function ruleOf({ place: _place, say: _say, eventuallyMs: _eventuallyMs, ...rule }: Check): unknown {
  return rule;
}
