// A client of sessions for graders: each answer to one exercise, from the state in which that starts.
import { UserError } from '../errors.ts';
import type { Outcome } from '../session/events.ts';
import type { Plan, PlannedBlock } from '../session/plan.ts';
import { openSession, type Session, type SessionContext } from '../session/session.ts';
import { openStream } from '../session/stream.ts';
import { canGoOn } from '../session/walk.ts';
import { describeLimits, type Limits } from './limits.ts';
import type { OpenSandbox } from './sandbox.ts';
import { type Verdict, verdictOf } from './verdict.ts';

export interface TryOptions extends Omit<SessionContext, 'stream' | 'onJudged' | 'sandbox'> {
  /** Absent where answers run with the rights of the lesson. */
  readonly sandbox: OpenSandbox | undefined;
  readonly limits: Limits;
}

export interface Trials {
  /** @throws UserError where the lesson itself does not come as far as the exercise. */
  try(text: string): Promise<Verdict>;
  close(): Promise<void>;
}

export function openTrials(
  plan: Plan,
  block: PlannedBlock,
  { sandbox, limits, ...context }: TryOptions,
): Trials {
  const { signal } = context;
  let isAdmitted = false;
  let judged: readonly Outcome[] | undefined;
  let current: Session | undefined;
  const stream = openStream('', (event) => {
    if (event.type === 'restored' && event.by !== 'nothing') isAdmitted = false;
  });
  const close = async () => {
    const session = current;
    current = undefined;
    await session?.close();
  };

  /** The cluster is where the exercise starts, and the roles of the sandbox are there. */
  async function start(): Promise<Session> {
    const isNew = current === undefined;
    current ??= openSession(plan, {
      ...context,
      stream,
      ...(sandbox && { sandbox }),
      onJudged(outcomes) {
        judged = outcomes;
      },
    });
    const session = current;
    await session.request(isNew ? { do: 'start', from: block.id } : { do: 'restore', block: block.id });
    const isThere = (await canGoOn(session)) && session.state.blocks[block.index]!.status === 'pending';
    signal.throwIfAborted();
    if (!isThere) {
      throw new UserError(`the lesson fails before the exercise "${block.id}"`, {
        code: 'lesson',
        place: block.block.place,
        hint: `Run "lesson run ${plan.lesson.id} --yes".`,
      });
    }
    await session.prepared(); // with other roles there, the state would not be kept
    if (sandbox !== undefined && !isAdmitted) await sandbox.admit();
    isAdmitted = true;
    return session;
  }

  /** Undefined where the answer was not judged: it has ended more than its own session. */
  async function tryOnce(text: string): Promise<Verdict | undefined> {
    const session = await start();
    const trial = { answer: 'learner', should: 'pass', text, place: block.block.place } as const;
    judged = undefined;
    await session.request({ do: 'try', block: block.id, trial });
    signal.throwIfAborted();
    const isExceeded = (await sandbox?.expel()) ?? false;
    if (!(await canGoOn(session))) await close();
    if (isExceeded) return { passed: false, held: [], reason: describeLimits(limits) };
    return judged && verdictOf(block.block, judged);
  }

  return {
    async try(text) {
      const unjudged = { passed: false, held: [], reason: 'the servers did not answer after it' };
      return (await tryOnce(text)) ?? (await tryOnce(text)) ?? unjudged;
    },
    close,
  };
}
