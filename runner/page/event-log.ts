// All events of the page's run that still show, in order: who connects late reads them from the first.
import { randomInt } from 'node:crypto';
import type { RunEvent } from '../session/events.ts';

/** Of a command that prints without end, the first lines go. */
const mostEvents = 50_000;

export interface EventLog {
  readonly add: (event: RunEvent) => void;
  /** Those after this one, from 0. */
  readonly since: (seq: number) => readonly RunEvent[];
  /** Begins anew, with another lesson. */
  readonly clear: () => void;
  /** Calls back when something was added or all was cleared. Returns how to end that. */
  readonly watch: (notify: () => void) => () => void;
  /** Changes with each `clear`, and is another in each process: events of another number are of another run. */
  readonly run: number;
  /** Nothing more comes. */
  readonly end: () => void;
  readonly hasEnded: boolean;
}

export function openEventLog(): EventLog {
  let events: RunEvent[] = [];
  let run = randomInt(2 ** 40);
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const each of watchers) each();
  };
  return {
    get run() {
      return run;
    },
    add(event) {
      if (event.type === 'block-started' && !event.continues) {
        events = events.filter((before) => before.block !== event.block || !prints.has(before.type));
      }
      events.push(event);
      if (events.length > mostEvents) events = events.filter(({ type }) => type !== 'shell-output');
      notify();
    },
    // Whoever reads is nearly always close to the end.
    since: (seq) => events.slice(events.findLastIndex((event) => event.seq <= seq) + 1),
    clear() {
      events = [];
      run += 1;
      notify();
    },
    get hasEnded() {
      return hasEnded;
    },
    end() {
      hasEnded = true;
      notify();
    },
    watch(notified) {
      watchers.add(notified);
      return () => void watchers.delete(notified);
    },
  };
}

/** What the next attempt of a block takes the place of. Results may be large, and a cell may run a thousand times. */
const prints: ReadonlySet<RunEvent['type']> = new Set([
  'notice',
  'statement-finished',
  'statement-failed',
  'shell-output',
]);
