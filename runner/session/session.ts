// A session that stands: takes requests from any client, has them decided by `apply`, and has done what that says.
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { apply } from './apply.ts';
import type { StateRecord } from './blocks/judge-state.ts';
import type { ShellEnvironment } from './blocks/shell-block.ts';
import type { LessonEvent, Outcome } from './events.ts';
import type { Completion, Effect, Request } from './operation.ts';
import { openPerformer, type RunEffect } from './performer.ts';
import type { Plan } from './plan.ts';
import type { Sandbox } from './sandbox.ts';
import { initialState, type SessionState } from './state.ts';
import type { EventStream } from './stream.ts';

export interface SessionContext {
  readonly cluster: Cluster;
  readonly initSql: string | undefined;
  /** Absent where nothing was recorded. */
  readonly states?: StateRecord;
  readonly shell: () => Promise<ShellEnvironment>;
  /** Is called when the statements of a block have run, and its checks have not; not where a block runs again on a way. */
  readonly afterStatements?: () => Promise<void>;
  /** How many rows a block may show, where that is more than the 50 of each result. */
  readonly shownRows?: number;
  /** Where answers to exercises run; with the rights of the lesson unless given. */
  readonly sandbox?: Sandbox;
  /** Is told what came of each answer, also where only a verdict is published. */
  readonly onJudged?: (outcomes: readonly Outcome[]) => void;
  readonly stream: EventStream;
  /** Ends the session where it is. */
  readonly signal: AbortSignal;
}

export interface Session {
  readonly state: SessionState;
  /**
   * Resolves when it is done, and the session waits for the next request or has ended.
   * @throws UserError where it cannot be done now.
   */
  request(request: Request): Promise<SessionState>;
  /** Resolves when no reset is under way: what looks at the cluster beside the session finds that of the lesson then. */
  prepared(): Promise<void>;
  /** Resolves when nothing is under way: after a signal, for one, a lesson still has to end. */
  settled(): Promise<SessionState>;
  /** Whatever it does is ended, and nothing of it runs after that. Tells nobody: `leave` does. */
  close(): Promise<void>;
}

/** A request that is not done yet. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function openSession(
  plan: Plan,
  { stream, signal, initSql, states, ...context }: SessionContext,
): Session {
  const performer = openPerformer({
    ...context,
    signal,
    states,
    lesson: plan.lesson,
    initSql,
  });
  let state = initialState(plan);
  let isClosed = false;
  let preparing = Promise.resolve();
  const working = new Set<Promise<void>>();
  const waiting = new Set<Waiting>();
  const settle = (end: (one: Waiting) => void, some: Iterable<Waiting> = [...waiting]) => {
    for (const one of some) {
      waiting.delete(one);
      end(one);
    }
  };

  const isSettled = () => ['new', 'idle', 'closed'].includes(state.phase.kind);

  /** One at a time, also where a listener asks for the next while it hears of the last. */
  const queue: { readonly operation: Request | Completion; readonly from?: Waiting }[] = [];
  let isDispatching = false;
  const dispatch = (operation: Request | Completion, from?: Waiting): void => {
    queue.push({ operation, ...(from && { from }) });
    if (isDispatching) return;
    isDispatching = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        if (next.from) waiting.add(next.from);
        const applied = apply(state, { ...next.operation, at: performance.now() });
        ({ state } = applied);
        for (const effect of applied.effects) perform(effect, next.from);
        if (isSettled()) settle(({ resolve }) => resolve());
      }
    } finally {
      isDispatching = false;
    }
  };

  /** What the attempt that runs has printed, where it is not published at once. */
  let kept: { readonly event: LessonEvent; readonly send: () => void }[] = [];
  const perform = (effect: Effect, from: Waiting | undefined): void => {
    switch (effect.do) {
      case 'publish':
        publish(effect.event, effect);
        break;
      case 'publish-kept':
        for (const { send } of kept.splice(0)) send();
        break;
      case 'drop-kept':
        kept = kept.filter(({ event }) => event.type === 'writer-stopped'); // it stops once only
        break;
      case 'cancel':
        performer.cancel();
        break;
      case 'refuse': {
        const error = new UserError(effect.message, { code: 'usage' });
        if (from) settle(({ reject }) => reject(error), [from]);
        break;
      }
      case 'reset':
        preparing = complete(async () => ({ done: 'reset', ...(await performer.reset(effect.path)) }));
        break;
      case 'keep-checkpoint':
        preparing = performer.keepCheckpoint(effect);
        break;
      case 'run':
        void complete(async () => ({ done: 'run', end: await performer.run(effect, emitterOf(effect)) }));
        break;
      case 'stop-writers':
        void complete(async () => ({ done: 'stop-writers', reports: await performer.stopWriters() }));
        break;
    }
  };

  const publish = (
    event: LessonEvent,
    { block, step, attempt }: Partial<Extract<Effect, { do: 'publish' }>>,
  ): void => {
    const ofStep = step ?? block?.step.step.id;
    stream.publish(event, {
      lesson: plan.lesson.id,
      ...(ofStep !== undefined && { step: ofStep }),
      ...(block && { block: block.id }),
      ...(attempt !== undefined && { attempt }),
    });
  };

  const emitterOf =
    ({ block, attempt, output }: RunEffect) =>
    (event: LessonEvent): void => {
      const send = () => publish(event, { block, attempt });
      if (output === 'publish') send();
      else if (output === 'keep') kept.push({ event, send });
    };

  /** A mistake of this program ends the lesson too, and the request with the error. */
  const complete = async (work: () => Promise<Completion>): Promise<void> => {
    if (isClosed) {
      settle(({ reject }) => reject(closed()));
      return;
    }
    const end = work()
      .catch((error: Error) => {
        if (!signal.aborted && !(error instanceof UserError)) settle(({ reject }) => reject(error));
        return failureOf(error);
      })
      .then((done) => dispatch(done))
      .finally(() => working.delete(end));
    working.add(end);
    await end;
  };

  const onAbort = () => dispatch({ done: 'interrupt' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  return {
    get state() {
      return state;
    },
    async request(request) {
      if (isClosed) throw closed();
      await new Promise<void>((resolve, reject) => dispatch(request, { resolve, reject }));
      return state;
    },
    prepared: () => preparing,
    async settled() {
      if (!isSettled()) await new Promise<void>((resolve, reject) => waiting.add({ resolve, reject }));
      return state;
    },
    async close() {
      isClosed = true;
      signal.removeEventListener('abort', onAbort);
      performer.cancel();
      await Promise.all(working);
      await performer.close();
    },
  };
}

const closed = () => new UserError('the session is closed', { code: 'usage' });

/** Reports are to have an end, whatever becomes of the cluster. */
function failureOf(error: Error): Completion {
  const { code, place, hint } = error as Partial<UserError>;
  const message = `${place ? `${place.file}:${place.line}: ` : ''}${error.message}`;
  const event: LessonEvent = {
    type: 'notice',
    notice: { severity: 'LESSON', message, ...(hint && { hint }) },
  };
  return { done: 'failure', status: code === 'cluster' ? 'lost' : 'failed', event };
}
