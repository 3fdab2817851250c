// A session that stands: takes requests from any client, has them decided by `apply`, and does what that says.
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../cluster/port.ts';
import { UserError } from '../errors.ts';
import { apply } from './apply.ts';
import { openConnections } from './blocks/connections.ts';
import { type BlockContext, runBlock } from './blocks/run-block.ts';
import type { ShellEnvironment } from './blocks/shell-block.ts';
import { watchTraces } from './blocks/traces.ts';
import { openWriters } from './blocks/writers.ts';
import type { LessonEvent } from './events.ts';
import type { AttemptEnd, Effect, Report, Request } from './operation.ts';
import type { Plan } from './plan.ts';
import { initialState, type SessionState } from './state.ts';
import type { EventStream } from './stream.ts';

export interface SessionContext {
  readonly cluster: Cluster;
  readonly initSql: string;
  readonly shell: () => Promise<ShellEnvironment>;
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
  /** Leaves the lesson if it has not ended; nothing of it runs after that. */
  close(): Promise<void>;
}

/** A request that is not done yet. */
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

type RunEffect = Extract<Effect, { do: 'run' }>;

export function openSession(plan: Plan, context: SessionContext): Session {
  const { cluster, initSql, shell, stream, signal } = context;
  const lesson = plan.lesson.id;
  let state = initialState(plan);
  /** What the attempt that runs has printed, where it is not told at once. */
  let kept: { readonly event: LessonEvent; readonly tell: () => void }[] = [];
  let running = new AbortController();
  let writers = newWriters();
  const connections = openConnections(cluster);
  const probes = openConnections(cluster);

  function newWriters() {
    const ending = new AbortController();
    return { ending, ...openWriters(cluster, ending.signal) };
  }

  const waiting = new Set<Waiting>();
  const settle = (end: (one: Waiting) => void, some: Iterable<Waiting> = [...waiting]) => {
    for (const one of some) {
      waiting.delete(one);
      end(one);
    }
  };

  /** One at a time, also where a listener asks for the next while it hears of the last. */
  const queue: { readonly operation: Request | Report; readonly from?: Waiting }[] = [];
  let isDispatching = false;
  const dispatch = (operation: Request | Report, from?: Waiting): void => {
    queue.push({ operation, ...(from && { from }) });
    if (isDispatching) return;
    isDispatching = true;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const applied = apply(state, { ...next.operation, at: performance.now() });
      ({ state } = applied);
      for (const effect of applied.effects) perform(effect, next.from);
      if (state.phase.kind === 'idle' || state.phase.kind === 'closed') settle(({ resolve }) => resolve());
    }
    isDispatching = false;
  };

  const perform = (effect: Effect, from: Waiting | undefined): void => {
    switch (effect.do) {
      case 'publish':
        publish(effect.event, effect);
        break;
      case 'publish-kept':
        for (const { tell } of kept.splice(0)) tell();
        break;
      case 'drop-kept':
        kept = kept.filter(({ event }) => event.type === 'writer-stopped'); // it stops once only
        break;
      case 'cancel':
        running.abort();
        break;
      case 'refuse': {
        const error = new UserError(effect.message, { code: 'usage' });
        settle(({ reject }) => reject(error), from && [from]);
        break;
      }
      case 'reset':
        report(async () => ({ done: 'reset', ms: await timed(reset) }));
        break;
      case 'run':
        report(async () => ({ done: 'run', end: await run(effect) }));
        break;
      case 'stop-writers':
        report(async () => ({ done: 'stop-writers', reports: await writers.stop() }));
        break;
      case 'close':
        break; // what is open is closed by whoever opened the session
    }
  };

  const publish = (
    event: LessonEvent,
    { block, step, attempt }: Partial<Extract<Effect, { do: 'publish' }>>,
  ): void => {
    const ofStep = step ?? block?.step.step.id;
    stream.publish(event, {
      lesson,
      ...(ofStep !== undefined && { step: ofStep }),
      ...(block && { block: block.id }),
      ...(attempt !== undefined && { attempt }),
    });
  };

  /** What fails with a sentence ends the lesson; a mistake of this program ends the request. */
  const report = (work: () => Promise<Report>): void => {
    work().then(
      (done) => dispatch(done),
      (error: Error) => {
        if (signal.aborted || error instanceof UserError) dispatch(failureOf(error));
        else settle(({ reject }) => reject(error));
      },
    );
  };

  const reset = async (): Promise<void> => {
    writers.ending.abort();
    await Promise.all([writers.stop(), connections.closeAll(), probes.closeAll()]);
    writers = newWriters();
    await cluster.reset({ signal, ...(plan.lesson.init && { initSql }) });
  };

  const run = async ({ block, text, attempt, afterMs, output, watch }: RunEffect): Promise<AttemptEnd> => {
    const own = new AbortController();
    const stop = () => own.abort(signal.reason);
    running = own;
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const emit = (event: LessonEvent) => {
      const tell = () => publish(event, { block, attempt });
      if (output === 'publish') tell();
      else if (output === 'keep') kept.push({ event, tell });
    };
    const blockContext: BlockContext = {
      cluster,
      connections,
      probes,
      writers,
      shell,
      emit,
      signal: own.signal,
    };
    try {
      if (afterMs > 0) await pause(afterMs, undefined, { signal: own.signal }).catch(() => {});
      const traces = watch ? await watchTraces(block.block, text, blockContext) : undefined;
      const end = await runBlock(block.block, text, blockContext);
      const cancelled = own.signal.aborted && !signal.aborted;
      return { ...end, cancelled, changed: cancelled || ((await traces?.left()) ?? true) };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };

  const onAbort = () => dispatch({ done: 'interrupt' });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();

  return {
    get state() {
      return state;
    },
    async request(request) {
      await new Promise<void>((resolve, reject) => {
        const one = { resolve, reject };
        waiting.add(one);
        dispatch(request, one);
      });
      return state;
    },
    async close() {
      signal.removeEventListener('abort', onAbort);
      running.abort();
      writers.ending.abort();
      await Promise.all([writers.stop(), connections.closeAll(), probes.closeAll()]);
    },
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Reports are to have an end, whatever becomes of the cluster. */
function failureOf(error: Error): Report {
  const { code, place, hint } = error as Partial<UserError>;
  const message = `${place ? `${place.file}:${place.line}: ` : ''}${error.message}`;
  const event: LessonEvent = {
    type: 'notice',
    notice: { severity: 'LESSON', message, ...(hint && { hint }) },
  };
  return { done: 'failure', status: code === 'cluster' ? 'lost' : 'failed', event };
}
