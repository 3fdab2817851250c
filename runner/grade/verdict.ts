// What came of one answer: whether all that is expected of it holds, and which of the checks do.
import { kindAt, kindsOf } from '../lesson/check-kinds.ts';
import type { Block } from '../lesson/types.ts';
import type { Outcome } from '../session/events.ts';

export interface Verdict {
  readonly passed: boolean;
  /** The kinds of the checks that hold, by which front matter gives points: `result`, `rows`, `state`. */
  readonly held: readonly string[];
  /** Why it has not passed; empty where it has. */
  readonly reason: string;
}

export function verdictOf(block: Block, outcomes: readonly Outcome[]): Verdict {
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const [first] = failed;
  if (first === undefined) return { passed: true, held: kindsOf(block), reason: '' };
  const kind = ({ place }: Outcome) => kindAt(block, place);
  const missed = new Set(failed.map(kind));
  const held = outcomes.map(kind).filter((each) => !missed.has(each));
  return {
    passed: false,
    held: failed.some(({ isCause }) => isCause) ? [] : [...new Set(held)].sort(),
    reason: [
      first.expected === first.actual
        ? `${first.title}: not as expected` // rows, and as many
        : `${first.title}: expected ${first.expected}, got ${first.actual}`,
      ...(first.say ? [first.say] : []),
    ].join('. '),
  };
}
