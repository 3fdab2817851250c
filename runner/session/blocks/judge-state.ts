// The state after a block against the recorded one.
import type { Probe } from '../../checks/check.ts';
import type { Block } from '../../lesson/types.ts';
import { compareStates, type Difference } from '../../state/compare.ts';
import { without } from '../../state/exceptions.ts';
import { readState } from '../../state/read.ts';
import type { State } from '../../state/state.ts';
import type { Outcome } from '../events.ts';

/** The recorded states of a lesson. */
export interface StateRecord {
  /** How many workers the cluster has at the start of a lesson. */
  readonly workers: number;
  /** By the id of the block. */
  get(block: string): State | undefined;
  /** Present where states are recorded now; then what this block leaves is right. */
  readonly set?: (block: string, state: State) => void;
}

/** Enough to see the cause; a table that is another one differs in everything. */
const mostDifferences = 5;

export async function judgeState(
  block: Block,
  text: string,
  probe: Probe,
  states: StateRecord | undefined,
): Promise<readonly Outcome[]> {
  if (block.state === undefined || states === undefined) return [];
  const { workers, get, set } = states;
  const recorded = get(block.id);
  const isRecorded = set !== undefined && recorded === undefined && text === rightText(block);
  if (!isRecorded && recorded === undefined) return [];
  const { except } = block.state;
  const when = block.exercise === undefined ? 'as recorded' : 'after the solution';
  try {
    const state = await readState(probe, { except, workers });
    if (isRecorded) set(block.id, state);
    const differences = compareStates(without(recorded ?? state, except), state, when);
    return differences.length === 0
      ? [passed(block, when)]
      : differences.slice(0, mostDifferences).map((difference) => failed(block, difference));
  } catch (error) {
    const actual = (error as Error).message;
    return [failed(block, { title: 'state of the database', expected: when, actual })];
  }
}

/** What the state is recorded of. */
const rightText = ({ exercise, text }: Block) =>
  exercise === undefined ? text : exercise.solutions[0]?.text;

const passed = ({ place }: Block, when: string): Outcome => ({
  status: 'passed',
  title: 'state of the database',
  place,
  claim: `the tables are ${when === 'as recorded' ? when : `as ${when}`}`,
});

const failed = ({ place }: Block, difference: Difference): Outcome => ({
  status: 'failed',
  place,
  ...difference,
  isRecorded: true,
});
