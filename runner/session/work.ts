// The work at an exercise: one statement after another, until its checks pass. What has run since its state was restored is
// the answer.
import type { AttemptEnd } from './operation.ts';
import { holds, isAt, type Running, type SessionState, type Work } from './state.ts';
import { type Applied, after, attemptOf, begin, changeBlock, endBlock, refuse } from './transitions.ts';

export function work(state: SessionState, text: string, at: number): Applied {
  const { reached: block } = state;
  if (block?.block.exercise === undefined) return refuse(state, 'no exercise has been reached');
  const { work: before = { texts: [], isExact: isAt(state, block) } } = state.blocks[block.index]!;
  const there = changeBlock(state, block, { work: before });
  const begun = begin(there, block, text, at, { work: before.texts });
  if (text === '') return begun;
  const event = { type: 'block-started', text, answer: 'learner', continues: true } as const;
  return after([{ do: 'publish', event, block, attempt: attemptOf(state, block) }], begun);
}

/** Solved, or one statement further. */
export function endWork(state: SessionState, phase: Running, end: AttemptEnd, at: number): Applied {
  const { block, text } = phase;
  const { outcomes, inTransaction, cancelled, lost, captured } = end;
  const done = withStatement(state.blocks[block.index]!.work!, text, end);
  const worked = changeBlock(state, block, { work: done, isLost: lost });
  if (cancelled || inTransaction || !holds(outcomes)) {
    const event = { type: 'exercise-checked', outcomes, inTransaction, place: block.block.place } as const;
    return { state: worked, effects: [{ do: 'publish', event, block }] };
  }
  if (!done.isExact || state.isDisturbed || done.texts.length === 0) return endBlock(worked, phase, end, at);
  const answer = (block.block.kind === 'sql' ? done.texts.map(terminated) : done.texts).join('\n');
  const trail = [
    ...worked.trail.filter((ran) => ran.block !== block),
    { block, text: answer, passed: true, changed: true, ...(captured && { captured }) },
  ];
  return endBlock({ ...worked, trail }, { ...phase, text: answer, isInPlace: true }, end, at);
}

/** A statement of a file may have no semicolon, and a comment at its end. */
const terminated = (text: string) => (text.trimEnd().endsWith(';') ? text : `${text}\n;`);

/** A statement that failed changed nothing, but for one in a transaction: it undoes those before it. */
function withStatement({ texts, isExact }: Work, text: string, { ranThrough, changed }: AttemptEnd): Work {
  if (text === '') return { texts, isExact };
  return ranThrough ? { texts: [...texts, text], isExact } : { texts, isExact: isExact && !changed };
}
