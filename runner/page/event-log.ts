// All events of the page's run, in order: who connects late reads them from the first.
import type { RunEvent } from '../session/events.ts';

/** A result may have many rows; what was printed first and what ends a block is never dropped. */
const mostEvents = 50_000;

export interface EventLog {
  readonly add: (event: RunEvent) => void;
  /** Those after this one, from 0. */
  readonly since: (seq: number) => readonly RunEvent[];
  /** Begins anew, with another lesson. */
  readonly clear: () => void;
  /** Calls back when something was added or all was cleared. Returns how to end that. */
  readonly watch: (notify: () => void) => () => void;
  /** Changes with each `clear`: events of another number are of another run. */
  readonly run: number;
}

export function openEventLog(): EventLog {
  let events: RunEvent[] = [];
  let run = 1;
  const watchers = new Set<() => void>();
  const notify = () => {
    for (const each of watchers) each();
  };
  return {
    get run() {
      return run;
    },
    add(event) {
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
    watch(notified) {
      watchers.add(notified);
      return () => void watchers.delete(notified);
    },
  };
}
