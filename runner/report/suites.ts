// A run as tests, the way build servers count: a suite a lesson, a case a step and an answer of an exercise.
import { describeEngine } from '../cluster/engine.ts';
import type { ClusterKind } from '../cluster/port.ts';
import type { Place } from '../lesson/types.ts';
import { describeScore, isEnough } from '../mutation/score.ts';
import type { LessonEvent, LessonStatus, Outcome } from '../session/events.ts';
import { describeRan } from './lesson-lines.ts';
import { describeFailure } from './outcome.ts';
import { plain } from './style.ts';

export interface Failure {
  readonly place: Place;
  readonly text: string;
}

export interface Case {
  readonly name: string;
  readonly place: Place;
  seconds: number;
  readonly failures: Failure[];
  readonly skipped: string[];
}

export interface Suite {
  readonly name: string;
  readonly place: Place;
  readonly engine: string;
  readonly cases: Case[];
  /** Absent where the lesson has not ended: whoever reads that now reads of a run that was killed. */
  status?: LessonStatus;
  ran?: string;
  seconds: number;
}

export interface Suites {
  readonly all: readonly Suite[];
  /** Returns what has begun or ended, where something has. */
  readonly note: (event: LessonEvent) => Change | undefined;
}

export type Change =
  | { readonly kind: 'suite-began' }
  | { readonly kind: 'case-ended'; readonly ended: Case }
  | { readonly kind: 'suite-ended' };

export function openSuites(): Suites {
  const all: Suite[] = [];
  const suite = () => all.at(-1)!;
  let step: Case | undefined;
  let firstKind: ClusterKind | undefined;
  const open = (name: string, place: Place): Case => {
    const made: Case = { name, place, seconds: 0, failures: [], skipped: [] };
    suite().cases.push(made);
    return made;
  };

  const note = (event: LessonEvent): Change | undefined => {
    switch (event.type) {
      case 'lesson-started': {
        const { lesson, place, cluster } = event;
        firstKind ??= cluster.kind;
        const name = cluster.kind === firstKind ? lesson : `${lesson} (${cluster.kind})`;
        all.push({ name, place, engine: describeEngine(cluster.engine), cases: [], seconds: 0 });
        step = undefined;
        return { kind: 'suite-began' };
      }
      case 'step-started':
        step = open(event.title, event.place);
        return undefined;
      case 'block-finished':
        if (event.reason !== undefined) step?.skipped.push(event.reason);
        step?.failures.push(...failuresOf(event.outcomes));
        return undefined;
      case 'restore-failed':
        step?.failures.push(...failuresOf(event.outcomes));
        return undefined;
      case 'step-finished':
        if (step === undefined) return undefined;
        step.seconds = event.ms / 1_000;
        return { kind: 'case-ended', ended: step };
      case 'answer-tried': {
        const { answer, place, should, after } = event;
        const wrong = after ? ` after the wrong answer at line ${after.line}` : '';
        const ended = open(`${event.step}: ${answer} at line ${place.line} must ${should}${wrong}`, place);
        ended.seconds = event.ms / 1_000;
        if (!event.passed) ended.failures.push({ place, text: event.seen });
        return { kind: 'case-ended', ended };
      }
      case 'mutations-tried': {
        const ended = open('changes behind the back of the lesson', event.place);
        ended.seconds = event.ms / 1_000;
        if (!isEnough(event)) ended.failures.push({ place: event.place, text: describeMutations(event) });
        return { kind: 'case-ended', ended };
      }
      case 'lesson-finished':
        suite().seconds = event.ms / 1_000;
        suite().status = event.status;
        suite().ran = describeRan(event);
        return { kind: 'suite-ended' };
      case 'run-started':
      case 'cluster-reset':
      case 'restoring':
      case 'restored':
      case 'prose':
      case 'block-reached':
      case 'block-started':
      case 'notice':
      case 'statement-finished':
      case 'statement-failed':
      case 'shell-output':
      case 'writer-stopped':
      case 'exercise-checked':
      case 'run-finished':
        return undefined;
    }
  };
  return { all, note };
}

/** A lesson that ended before its end shows it, even where no expectation failed. */
export function closeSuite(suite: Suite): Suite {
  const { cases, name, place, status, ran } = suite;
  const last: Case = { name, place, seconds: 0, failures: [], skipped: [] };
  if (status === 'skipped') return { ...suite, cases: [...cases, { ...last, skipped: ['none of it ran'] }] };
  if (status === 'partial') {
    return { ...suite, cases: [...cases, { ...last, skipped: [`passed in part: ${ran}`] }] };
  }
  if (status === 'passed' || cases.some(hasFailed)) return suite;
  const text = `the lesson did not finish: ${status ?? 'the run was killed'}`;
  return { ...suite, cases: [...cases, { ...last, failures: [{ place, text }] }] };
}

export const hasFailed = ({ failures }: Case): boolean => failures.length > 0;

function failuresOf(outcomes: readonly Outcome[]): readonly Failure[] {
  return outcomes.flatMap((outcome) =>
    outcome.status === 'failed'
      ? [
          {
            place: outcome.place,
            text: describeFailure(outcome, { style: plain, width: 100 }).join('\n'),
          },
        ]
      : [],
  );
}

function describeMutations(event: Extract<LessonEvent, { type: 'mutations-tried' }>): string {
  const survivors = event.survivors.map(({ place, what }) => `${place.file}:${place.line}: ${what}`);
  return [describeScore(event), ...survivors].join('\n');
}
