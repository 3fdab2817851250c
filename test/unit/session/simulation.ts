// A session without servers: what `apply` asks for is noted, and comes true as the test says.
import { fillSql } from '../../../runner/lesson/captures.ts';
import { parseLesson } from '../../../runner/lesson/parse.ts';
import { apply } from '../../../runner/session/apply.ts';
import type { LessonEvent, Outcome } from '../../../runner/session/events.ts';
import type { AttemptEnd, Completion, Effect, Request } from '../../../runner/session/operation.ts';
import { type Accepted, type Plan, plan } from '../../../runner/session/plan.ts';
import type { Session } from '../../../runner/session/session.ts';
import { initialState, type SessionState } from '../../../runner/session/state.ts';

const place = { file: '01-a.md', line: 1 };
const engine = { kind: 'built-in', version: '', postgres: '18.4' } as const;
export const info = { kind: 'local', name: 'default', workers: 2, engine } as const;

export const passed: Outcome = { status: 'passed', title: 'result', place, claim: 'the result is as shown' };
export const failed: Outcome = { status: 'failed', title: 'result', place, expected: '1', actual: '2' };

export const lessonOf = (...lines: readonly string[]) =>
  parseLesson('01-a.md', ['---', 'init: false', '---', '# A', ...lines].join('\n'));

export interface Simulation {
  readonly state: SessionState;
  /** In order: `reset`, the text of each block that ran with the captured values in it, `stop-writers`, `cancel`. */
  readonly log: string[];
  /** The texts that led to each state that was to be kept. */
  readonly checkpoints: (readonly string[])[];
  readonly events: (LessonEvent & { readonly block?: string; readonly attempt?: number })[];
  /** What refused the last request; undefined where it was done. */
  readonly refusal: string | undefined;
  request(request: Request): void;
  report(report: Completion): void;
  /** Milliseconds since the start. */
  clock: number;
  types(): readonly string[];
}

export interface World {
  /** How a block ends; held unless given. `undefined`: it has not ended, the test reports it. */
  readonly end?: (text: string, times: number) => Partial<AttemptEnd> | undefined;
  /** How long a block takes, in milliseconds. */
  readonly blockMs?: number;
  /** Undefined where the reset has not ended. */
  readonly reset?: (path: readonly Accepted[]) => Completion | undefined;
}

export function simulate(lesson: ReturnType<typeof lessonOf>, world: World = {}, solve = false): Simulation {
  const planned: Plan = plan(lesson, info, { solve });
  const times = new Map<string, number>();
  const pending: Completion[] = [];
  let refusal: string | undefined;

  const perform = (effect: Effect): void => {
    switch (effect.do) {
      case 'publish': {
        const { event, block, attempt } = effect;
        simulation.events.push({
          ...event,
          ...(block && { block: block.id }),
          ...(attempt !== undefined && { attempt }),
        });
        return;
      }
      case 'refuse':
        refusal = effect.message;
        return;
      case 'reset': {
        simulation.log.push('reset');
        const report = world.reset ? world.reset(effect.path ?? []) : ({ done: 'reset', ms: 1 } as const);
        if (report) pending.push(report);
        return;
      }
      case 'keep-checkpoint':
        simulation.checkpoints.push([
          ...effect.path.map(({ text }) => text),
          ...(effect.insteadOf ? ['instead of', ...effect.insteadOf.map(({ text }) => text)] : []),
        ]);
        return;
      case 'stop-writers': {
        simulation.log.push('stop-writers');
        const report = { name: 'w', acknowledged: 1, refused: 0, outageMs: 0, errors: [] };
        pending.push({ done: 'stop-writers', reports: [report] });
        return;
      }
      case 'run': {
        const { text } = effect;
        simulation.log.push(fillSql(text, effect.captured));
        simulation.clock += effect.afterMs + (world.blockMs ?? 1);
        const count = (times.get(text) ?? 0) + 1;
        times.set(text, count);
        const end = world.end ? world.end(text, count) : {};
        const isWriting = effect.block.block.kind === 'sql' && effect.block.block.everyMs !== undefined;
        const usual = {
          outcomes: [passed],
          lost: false,
          cancelled: false,
          changed: true,
          ranThrough: true,
          inTransaction: false,
          isWriting,
        };
        if (end) pending.push({ done: 'run', end: { ...usual, ...end } });
        return;
      }
      case 'cancel':
        simulation.log.push('cancel');
        return;
      case 'publish-kept':
      case 'drop-kept':
        return;
    }
  };

  const dispatch = (operation: Request | Completion): void => {
    for (let next: Request | Completion | undefined = operation; next !== undefined; next = pending.shift()) {
      const { state, effects } = apply(simulation.state, { ...next, at: simulation.clock });
      simulation.state = state;
      for (const effect of effects) perform(effect);
    }
  };

  const simulation: { -readonly [K in keyof Simulation]: Simulation[K] } = {
    state: initialState(planned),
    log: [],
    checkpoints: [],
    events: [],
    clock: 0,
    get refusal() {
      return refusal;
    },
    request(request) {
      refusal = undefined;
      dispatch(request);
    },
    report: dispatch,
    types: () => simulation.events.map(({ type }) => type),
  };
  return simulation;
}

/** For clients. */
export function sessionOf(simulation: Simulation): Session {
  return {
    get state() {
      return simulation.state;
    },
    async request(request) {
      simulation.request(request);
      if (simulation.refusal !== undefined) throw new Error(simulation.refusal);
      return simulation.state;
    },
    prepared: async () => {},
    settled: async () => simulation.state,
    close: async () => {},
  };
}
