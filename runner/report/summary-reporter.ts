// A run for authors and CI: a line for each step and answer, and all of what failed, with its place.
import { nameEngine } from '../cluster/engine.ts';
import { withCommand } from '../command-name.ts';
import { plural } from '../lesson/plural.ts';
import { describeScore, isEnough, leastPercent } from '../mutation/score.ts';
import type { Outcome } from '../session/events.ts';
import {
  type EventOf,
  lessonEnd,
  lessonHead,
  missingEngine,
  notice,
  otherEngineLine,
  summary,
} from './lesson-lines.ts';
import { describeFailure, type FailureOptions } from './outcome.ts';
import type { LineReporter, ReporterOptions } from './reporter.ts';
import { milliseconds, printable, type Style } from './style.ts';

export function summaryReporter(options: ReporterOptions): LineReporter {
  const { style } = options;
  let step = '';
  let engine = '';
  /** The lines of blocks that only real Citus can run. */
  const forOther = new Map<number, string>();
  /** Lessons that passed, and did not notice enough. */
  let weak = 0;
  return (event) => {
    switch (event.type) {
      case 'lesson-started':
        engine = nameEngine(event.cluster.engine);
        forOther.clear();
        return lessonHead(event, options);
      case 'step-started':
        step = event.title;
        return '';
      case 'restore-failed':
        return restoreFailure(event, options);
      case 'notice':
        return event.notice.severity === 'LESSON' ? `${notice(event.notice, style)}\n` : '';
      case 'block-finished': {
        const missing = missingEngine(event);
        if (missing !== undefined) {
          forOther.set(event.place.line, missing);
          return '';
        }
        return blockEnd(event, options);
      }
      case 'step-finished':
        return stepLine(step, event, style);
      case 'answer-tried':
        return answerLine(event, style);
      case 'lesson-finished':
        return `${withCommand(lessonEnd(event, engine, style), options.command)}\n${otherEngineLine(forOther, style)}\n`;
      case 'mutations-tried':
        if (!isEnough(event)) weak += 1;
        return mutationLines(event, style);
      case 'run-finished':
        return summary(event, style) + weakLine(weak, style);
      case 'run-started':
      case 'cluster-reset':
      case 'prose':
      case 'block-reached':
      case 'block-started':
      case 'restoring':
      case 'restored':
      case 'statement-finished':
      case 'statement-failed':
      case 'shell-output':
      case 'writer-stopped':
      case 'exercise-checked':
        return '';
    }
  };
}

function blockEnd(
  { status, outcomes, reason, place }: EventOf<'block-finished'>,
  options: FailureOptions,
): string {
  if (status === 'skipped') {
    return `${options.style('yellow', `SKIPPED ${place.file}:${place.line}: ${reason ?? ''}`)}\n\n`;
  }
  if (status === 'cancelled') return '';
  return failuresOf(outcomes, options);
}

function failuresOf(outcomes: readonly Outcome[], options: FailureOptions): string {
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  return failed.map((outcome) => `${describeFailure(outcome, options).join('\n')}\n`).join('');
}

function restoreFailure({ place, outcomes }: EventOf<'restore-failed'>, options: FailureOptions): string {
  if (outcomes.length === 0) return `${options.style('yellow', 'The restore was cancelled.')}\n\n`;
  const head = `The block in line ${place.line} failed when it was replayed:`;
  return `${options.style('red', head)}\n${failuresOf(outcomes, options)}\n`;
}

function stepLine(title: string, { status, ms }: EventOf<'step-finished'>, style: Style): string {
  const mark = {
    passed: style('green', '  ✓'),
    failed: style('red', '  ✗'),
    skipped: style('yellow', '  -'),
  };
  const skipped = status === 'skipped' ? '  SKIPPED' : '';
  return `${mark[status]} ${title}${skipped}  ${style('dim', milliseconds(ms))}\n`;
}

function answerLine(
  { answer, place, should, after, passed, seen }: EventOf<'answer-tried'>,
  style: Style,
): string {
  const what = {
    start: 'the untouched start',
    solution: 'a solution',
    wrong: 'a wrong answer',
    learner: 'an answer',
  };
  const wrong = after ? ` after the wrong answer at line ${after.line}` : '';
  const verdict = should === 'fail' ? 'must fail' : `must pass${wrong}`;
  const line = `${what[answer]} ${verdict}  ${style('dim', `${place.file}:${place.line}`)}`;
  if (passed) return `    ${style('green', '✓')} ${line}\n`;
  return `    ${style('red', '✗')} ${line}\n        ${printable(seen)}\n`;
}

function mutationLines(event: EventOf<'mutations-tried'>, style: Style): string {
  const mark = isEnough(event) ? style('green', '✓') : style('red', '✗');
  const lines = event.survivors.map(
    ({ place, what }) =>
      `    nothing noticed that ${printable(what)}  ${style('dim', `${place.file}:${place.line}`)}`,
  );
  return [`${mark} ${describeScore(event)}  ${style('dim', milliseconds(event.ms))}`, ...lines, '', ''].join(
    '\n',
  );
}

/** That each lesson has passed is not the result of such a run. */
function weakLine(lessons: number, style: Style): string {
  if (lessons === 0) return '';
  const text = `✗ FAILED: ${plural(lessons, 'lesson')} noticed less than ${leastPercent} % of the changes`;
  return `${style(['bold', 'red'], text)}\n`;
}
