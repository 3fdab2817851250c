// What is expected of a block where each engine answers in its own way.
import type { Block, EngineKind, Expectation } from './types.ts';

type OnEngine = Pick<Expectation, 'engine'>;

/** Whether an expectation counts on this engine. */
export const countsOn =
  (engine: EngineKind | 'none') =>
  (expectation: OnEngine): boolean =>
    (expectation.engine ?? engine) === engine;

/** Whether both count on some engine. */
export const meet = (one: OnEngine, other: OnEngine): boolean =>
  one.engine === undefined || other.engine === undefined || one.engine === other.engine;

/** The block with what is expected of it on this engine; other data judge by a result, and go with it. */
export function forEngine(block: Block, engine: EngineKind | 'none'): Block {
  const counting = block.expectations.filter(countsOn(engine));
  if (counting.length === block.expectations.length) return block;
  const hasResult = counting.some(({ kind }) => kind === 'result');
  return { ...block, expectations: counting.filter(({ kind }) => hasResult || kind !== 'other-data') };
}
