// The events of a run in one order, numbered, for whoever listens.
import { type Envelope, eventFormat, type LessonEvent, type RunEvent } from './events.ts';

export interface EventStream {
  readonly publish: (event: LessonEvent, where?: Omit<Envelope, 'seq'>) => void;
}

/** Begins the run with the event that names the format. @param version Of this program. */
export function openStream(version: string, listen: (event: RunEvent) => void): EventStream {
  let seq = 0;
  const publish: EventStream['publish'] = (event, where = {}) => {
    seq += 1;
    listen({ seq, ...where, ...event });
  };
  publish({ type: 'run-started', format: eventFormat, version });
  return { publish };
}
