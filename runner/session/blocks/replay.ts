// A block that has passed runs again for what it does: what it was held against then needs no second look.
import type { Block, Expectation } from '../../lesson/types.ts';

/** Left are its error, what its `retry` waits for, and checks that may take a while to become true. */
export function withoutVerdicts({ state: _, ...block }: Block): Block {
  if (block.retryMs !== undefined) return block;
  const expectations = block.expectations.flatMap((expectation): readonly Expectation[] => {
    if (expectation.kind === 'error') return [expectation];
    if (expectation.kind !== 'checks') return [];
    const checks = expectation.checks.filter(({ eventuallyMs }) => eventuallyMs !== undefined);
    return checks.length > 0 ? [{ ...expectation, checks }] : [];
  });
  return { ...block, expectations };
}
