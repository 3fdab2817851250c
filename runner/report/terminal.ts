// A run for people: prose, SQL, results as tables, and of what failed everything.

import { describeEngine, nameEngine } from '../cluster/engine.ts';
import { withCommand } from '../command-name.ts';
import type { Notice, SqlFailure } from '../connect/connection.ts';
import { widthOf } from '../lesson/cell.ts';
import { plural } from '../lesson/plural.ts';
import { formatTable } from '../lesson/table.ts';
import type { LessonEvent, LessonStatus, Outcome } from '../session/events.ts';
import { renderMarkdown } from './markdown.ts';
import { describeFailure } from './outcome.ts';
import type { LineReporter, ReporterOptions } from './reporter.ts';
import { milliseconds, printable, type Style } from './style.ts';

type EventOf<T extends LessonEvent['type']> = Extract<LessonEvent, { type: T }>;

export function terminalReporter(options: ReporterOptions): LineReporter {
  const { style, width, plain, command, detail } = options;
  const walk = detail === 'walk';
  let steps = 0;
  let step = '';
  let engine = '';
  let reached: EventOf<'block-reached'> | undefined;
  let isRestoring = false;
  /** Output of a shell block that has not ended its line. */
  let openLine = false;
  const closeLine = () => {
    const newline = openLine ? '\n' : '';
    openLine = false;
    return newline;
  };

  return (event) => {
    switch (event.type) {
      case 'run-started':
        return '';
      case 'lesson-started':
        steps = event.steps;
        engine = nameEngine(event.cluster.engine);
        return lessonHead(event, style);
      case 'cluster-reset':
        return walk ? `${style('dim', `Clean cluster in ${milliseconds(event.ms)}.`)}\n\n` : '';
      case 'prose':
        return walk ? `${renderMarkdown(event.markdown, options)}\n\n` : '';
      case 'step-started':
        step = event.title;
        if (plain) return walk ? `Step ${event.number} of ${steps}: ${event.title}\n\n` : '';
        return walk ? `${rule(`${event.number}/${steps} ${event.title}`, width, style)}\n\n` : '';
      case 'block-reached':
        reached = event;
        return walk ? blockHead(event, options) : '';
      case 'block-started':
        // Any other text has been shown already.
        return walk && reached && event.answer === 'learner'
          ? blockHead({ ...reached, ...event }, options)
          : '';
      case 'restoring': {
        const line = isRestoring
          ? ''
          : `${style('dim', 'Restoring the cluster to the state in which this block starts …')}\n`;
        isRestoring = true;
        return walk ? line : '';
      }
      case 'restored': {
        isRestoring = false;
        if (!walk || event.by === 'nothing') return '';
        const line = `The cluster is in the state in which this block starts.  ${milliseconds(event.ms)}`;
        return `${style('dim', line)}\n\n`;
      }
      case 'restore-failed':
        isRestoring = false;
        return restoreFailure(event, style);
      case 'notice':
        if (!walk && event.notice.severity !== 'LESSON') return '';
        return `${closeLine()}${notice(event.notice, style)}\n`;
      case 'statement-finished':
        return walk ? statementResult(event, style) : '';
      case 'statement-failed':
        return walk ? `${sqlFailure(event, style)}\n` : '';
      case 'shell-output':
        if (!walk) return '';
        openLine = !event.text.endsWith('\n');
        return printable(event.text);
      case 'writer-stopped':
        return walk ? `${writerEnd(event, style)}\n\n` : '';
      case 'block-finished':
        return closeLine() + blockEnd(event, walk, style);
      case 'step-finished':
        return walk ? '' : stepLine(step, event, style);
      case 'answer-tried':
        return answerLine(event, style);
      case 'lesson-finished':
        return `${withCommand(lessonEnd(event, engine, style), command)}\n\n`;
      case 'run-finished':
        return summary(event, style);
    }
  };
}

function lessonHead({ lesson, title, minutes, cluster }: EventOf<'lesson-started'>, style: Style): string {
  const time = minutes === undefined ? '' : ` · about ${plural(minutes, 'minute')}`;
  const { kind, name, workers, engine } = cluster;
  return [
    `${style('bold', title)}  ${style('dim', `${lesson}${time}`)}\n`,
    style(
      'dim',
      `Cluster "${name}" (${kind}): a coordinator and ${plural(workers, 'worker')}, ${describeEngine(engine)}.`,
    ),
    '\n',
  ].join('');
}

function rule(title: string, width: number, style: Style): string {
  const line = '─'.repeat(Math.max(3, Math.min(width, 78) - widthOf(title) - 4));
  return `${style('dim', '──')} ${style('bold', title)} ${style('dim', line)}`;
}

function blockHead(
  { kind, text, name, node, session, everyMs, answer }: Omit<EventOf<'block-reached'>, 'type'>,
  { style, plain }: Pick<ReporterOptions, 'style' | 'plain'>,
): string {
  const writer = everyMs && `in the background, every ${everyMs} ms: ${name}`;
  const where = [node, session && `session ${session}`, writer].filter(Boolean).join(', ');
  const titles = {
    start: 'exercise, as you are given it',
    solution: 'exercise, with its solution',
    wrong: 'exercise, with a wrong answer',
    learner: 'exercise, with your answer',
  };
  const head = [where, answer && titles[answer]].filter(Boolean).join(': ');
  const bar = style('blue', kind === 'shell' ? '$' : plain ? ' ' : '│');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => `${bar} ${style('cyan', printable(line))}\n`);
  return `${head === '' ? '' : `${style('dim', head)}\n`}${lines.join('')}\n`;
}

function notice({ severity, message, detail, hint }: Notice, style: Style): string {
  const lines = [`${severity}: ${message}`, detail && `DETAIL: ${detail}`, hint && `HINT: ${hint}`];
  return style('yellow', printable(lines.filter(Boolean).join('\n')));
}

function statementResult(
  { command, columns, rows, rowCount, ms }: EventOf<'statement-finished'>,
  style: Style,
): string {
  const time = style('dim', milliseconds(ms));
  if (columns.length === 0) return `${printable(command)}  ${time}\n\n`;
  const rightAligned = new Set(
    columns.map((_, at) => at).filter((at) => rows.every((row) => /^-?\d+(\.\d+)?$/.test(row[at] ?? '0'))),
  );
  const table = formatTable(columns, rows, { rightAligned, rowCount });
  const left = rowCount > rows.length ? `  the first ${rows.length} are shown` : '';
  return `${table}${left}  ${time}\n\n`;
}

function sqlFailure({ failure, expected }: EventOf<'statement-failed'>, style: Style): string {
  const lines = failureLines(failure, { withContext: !expected });
  return style(expected ? 'yellow' : 'red', printable(lines.join('\n')));
}

/** The context of an error that the lesson shows would only tell how it came about inside. */
function failureLines(
  { sqlstate, message, detail, hint, context }: SqlFailure,
  { withContext }: { readonly withContext: boolean },
): string[] {
  return [
    `ERROR: ${sqlstate}: ${message}`,
    ...(detail === undefined ? [] : [`DETAIL: ${detail}`]),
    ...(hint === undefined ? [] : [`HINT: ${hint}`]),
    ...(context === undefined || !withContext ? [] : [`CONTEXT: ${context}`]),
  ];
}

/** `writer: 214 writes acknowledged, 3 refused within 0.8 s`. */
function writerEnd(
  { name, acknowledged, refused, outageMs, errors }: EventOf<'writer-stopped'>,
  style: Style,
): string {
  const trouble = refused === 0 ? 'none refused' : `${refused} refused within ${milliseconds(outageMs)}`;
  const head = style('bold', `${name}: ${plural(acknowledged, 'write')} acknowledged, ${trouble}`);
  return [head, ...errors.map((error) => style('yellow', printable(`  ${error}`)))].join('\n');
}

function blockEnd(
  { status, outcomes, reason, attempts, place }: EventOf<'block-finished'>,
  walk: boolean,
  style: Style,
): string {
  if (status === 'skipped') {
    return `${style('yellow', `SKIPPED ${place.file}:${place.line}: ${reason ?? ''}`)}\n\n`;
  }
  if (status === 'cancelled') return walk ? `${style('yellow', 'cancelled')}\n\n` : '';
  const passed = outcomes.filter((outcome) => outcome.status === 'passed');
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const tries = attempts > 1 ? `  after ${attempts} attempts` : '';
  const lines: string[] = [];
  if (walk && passed.length > 0) lines.push(`${style('green', `✓ ${names(passed)}`)}${tries}`);
  for (const outcome of failed) lines.push(...describeFailure(outcome, style));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n${walk ? '\n' : ''}`;
}

function restoreFailure({ place, outcomes }: EventOf<'restore-failed'>, style: Style): string {
  if (outcomes.length === 0) return `${style('yellow', 'The restore was cancelled.')}\n\n`;
  const head = `The block in line ${place.line} failed when it was replayed:`;
  const failed = outcomes.filter((outcome) => outcome.status === 'failed');
  const lines = failed.flatMap((outcome) => describeFailure(outcome, style));
  return `${[style('red', head), ...lines].join('\n')}\n\n`;
}

/** `result, rows of sensor_data`; equal ones once. */
function names(outcomes: readonly Outcome[]): string {
  return [...new Set(outcomes.map(({ title }) => title))].join(', ');
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

function answerLine({ answer, place, should, passed, seen }: EventOf<'answer-tried'>, style: Style): string {
  const what = {
    start: 'the untouched start',
    solution: 'a solution',
    wrong: 'a wrong answer',
    learner: 'an answer',
  };
  const verdict = should === 'fail' ? 'must fail' : 'must pass';
  const line = `${what[answer]} ${verdict}  ${style('dim', `${place.file}:${place.line}`)}`;
  if (passed) return `    ${style('green', '✓')} ${line}\n`;
  return `    ${style('red', '✗')} ${line}\n        ${printable(seen)}\n`;
}

const lessonEnds: Readonly<Record<LessonStatus, readonly ['green' | 'red' | 'yellow', string]>> = {
  passed: ['green', '✓ passed on'],
  failed: ['red', '✗ FAILED'],
  skipped: ['yellow', 'SKIPPED: none of it ran'],
  left: ['yellow', 'left before the end'],
  interrupted: ['yellow', 'interrupted'],
  lost: ['red', '✗ LOST: the connection to the cluster was lost; run "lesson up"'],
};

/** A pass on the built-in engine is no more than that, and says so. */
function lessonEnd({ lesson, status, ms }: EventOf<'lesson-finished'>, engine: string, style: Style): string {
  const [colour, text] = lessonEnds[status];
  const on = status === 'passed' ? ` ${engine}` : '';
  return `${style(['bold', colour], text + on)}  ${lesson}  ${style('dim', milliseconds(ms))}`;
}

function summary({ lessons, ms }: EventOf<'run-finished'>, style: Style): string {
  const total = Object.values(lessons).reduce((sum, count) => sum + count, 0);
  if (total < 2) return '';
  const counts = Object.entries(lessons).filter(([, count]) => count > 0);
  const text = counts.map(([status, count]) => `${count} ${status}`).join(', ');
  return `${style('bold', `${total} lessons: ${text}`)}  ${style('dim', milliseconds(ms))}\n`;
}
