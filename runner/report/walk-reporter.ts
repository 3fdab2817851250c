// A run for a learner: prose, SQL, results as tables, what holds, and of what does not the cause.
import { nameEngine } from '../cluster/engine.ts';
import { withCommand } from '../command-name.ts';
import { widthOf } from '../lesson/cell.ts';
import { formatResult } from '../prompt/format-result.ts';
import type { AnswerKind, FailedOutcome, LessonEvent } from '../session/events.ts';
import { describeAgain, describeOutcomes, type LearnerOptions } from './learner-outcomes.ts';
import {
  type EventOf,
  lessonEnd,
  lessonHead,
  missingEngine,
  notice,
  otherEngineLine,
  summary,
} from './lesson-lines.ts';
import { renderMarkdown } from './markdown.ts';
import type { LineReporter, ReporterOptions } from './reporter.ts';
import { explanationLines, sqlFailureLines } from './sql-failure.ts';
import { milliseconds, printable, type Style } from './style.ts';
import { wrapCode } from './wrap-code.ts';

export function walkReporter(options: ReporterOptions): LineReporter {
  const { style } = options;
  let lesson = '';
  let steps = 0;
  let engine = '';
  /** The engine that blocks need which cannot run on this one, by their lines. */
  const forOther = new Map<number, string>();
  let reached: EventOf<'block-reached'> | undefined;
  let answer: AnswerKind | undefined;
  let isErrorShown = false;
  let isRestoring = false;
  /** What the checks of an exercise have said last, and whether anything has run since. */
  let lastChecked: string | undefined;
  let hasRunSince = false;
  /** Output of a shell block that has not ended its line. */
  let openLine = false;
  const closeLine = () => {
    const newline = openLine ? '\n' : '';
    openLine = false;
    return newline;
  };
  const learner = (): LearnerOptions => {
    const withLook = answer !== 'learner' && answer !== 'start';
    return { style, width: options.width, lesson, withLook, isErrorShown };
  };

  /** Where the lesson is read while the cluster is reset, its text comes at once. */
  let isUnderHead = false;
  /** What stands above what comes next. */
  let above: Above = 'blank line';
  return (event) => {
    const text =
      isUnderHead && (event.type === 'prose' || event.type === 'step-started')
        ? `\n${show(event)}`
        : show(event);
    isUnderHead = event.type === 'lesson-started';
    if (text.endsWith('\n\n')) above = 'blank line';
    else if (text !== '') above = event.type === 'shell-output' ? 'output' : 'line';
    return text;
  };

  function show(event: LessonEvent): string {
    switch (event.type) {
      case 'run-started':
      case 'step-finished':
      case 'answer-tried':
      case 'mutations-tried':
        return '';
      case 'lesson-started':
        lesson = event.lesson;
        steps = event.steps;
        engine = nameEngine(event.cluster.engine);
        forOther.clear();
        return lessonHead(event, options);
      case 'cluster-reset':
        return `${style('dim', `Clean cluster in ${milliseconds(event.ms)}.`)}\n\n`;
      case 'prose':
        return `${renderMarkdown(event.markdown, options)}\n\n`;
      case 'step-started':
        return options.plain
          ? `Step ${event.number} of ${steps}: ${event.title}\n\n`
          : `${rule(`${event.number}/${steps} ${event.title}`, options)}\n\n`;
      case 'block-reached':
        if (event.hasRun) return blockHead(event, options);
        reached = event;
        answer = event.answer;
        lastChecked = undefined;
        return blockHead(event, options);
      case 'block-started':
        hasRunSince = true;
        if (!event.continues) lastChecked = undefined;
        answer = event.answer;
        isErrorShown = false;
        // Any other text has been shown already, or typed.
        return reached && event.answer === 'learner' && !event.continues
          ? blockHead({ ...reached, ...event }, options)
          : '';
      case 'restoring': {
        const isFirst = !isRestoring;
        isRestoring = true;
        return isFirst
          ? `${style('dim', 'Restoring the cluster to the state in which this block starts …')}\n`
          : '';
      }
      case 'restored': {
        isRestoring = false;
        if (event.by === 'nothing') return '';
        const line = `The cluster is in the state in which this block starts.  ${milliseconds(event.ms)}`;
        return `${style('dim', line)}\n\n`;
      }
      case 'restore-failed':
        isRestoring = false;
        return restoreFailure(event, { ...learner(), isErrorShown: false });
      case 'notice':
        return `${closeLine()}${notice(event.notice, style)}\n`;
      case 'statement-finished':
        return statementResult(event, options, answer === 'learner');
      case 'statement-failed':
        isErrorShown = !event.expected;
        return `${sqlFailure(event, { style, width: options.width, lesson })}\n`;
      case 'shell-output':
        openLine = !event.text.endsWith('\n');
        return printable(event.text);
      case 'writer-stopped':
        return `${writerEnd(event, style)}\n\n`;
      case 'block-finished': {
        const missing = missingEngine(event);
        if (missing !== undefined) {
          forOther.set(event.place.line, missing);
          return `${style('dim', `Needs ${missing}: skipped.`)}\n\n`;
        }
        return closeLine() + blockEnd(event, learner(), above);
      }
      case 'exercise-checked': {
        const text = exerciseChecked(event, learner());
        const isNew = text !== lastChecked || !hasRunSince;
        hasRunSince = false;
        lastChecked = text;
        return closeLine() + (isNew ? text : `${describeAgain(failedIn(event), learner())}\n\n`);
      }
      case 'lesson-finished':
        return `${withCommand(ending(event, engine, options), options.command)}\n${otherEngineLine(forOther, style)}\n`;
      case 'run-finished':
        return summary(event, style);
    }
  }
}

/** What a learner has done, the client knows better: a lesson can come to its end with all of it skipped. */
function ending(
  event: EventOf<'lesson-finished'>,
  engine: string,
  { style, isAttended }: ReporterOptions,
): string {
  if (!isAttended) return lessonEnd(event, `${engine}, unattended`, style);
  const { lesson, status, ms } = event;
  const time = style('dim', milliseconds(ms));
  if (status === 'passed') return `${style('dim', `The end of ${lesson}, on ${engine}.`)}  ${time}`;
  if (status === 'left')
    return `${style('dim', `${lesson} is not done yet: the same command goes on here.`)}  ${time}`;
  return lessonEnd(event, engine, style);
}

function rule(title: string, { style, width }: ReporterOptions): string {
  const line = '─'.repeat(Math.max(3, Math.min(width, 78) - widthOf(title) - 4));
  return `${style('dim', '──')} ${style('bold', title)} ${style('dim', line)}`;
}

type Above = 'blank line' | 'line' | 'output';

const titles: Readonly<Record<AnswerKind, string>> = {
  start: 'exercise, as you are given it',
  solution: 'exercise, with its solution',
  wrong: 'exercise, with a wrong answer',
  learner: 'your version',
};

function blockHead(
  { kind, text, name, node, session, everyMs, answer, hasRun }: Omit<EventOf<'block-reached'>, 'type'>,
  { style, width, plain, highlight = (sql) => style('cyan', sql) }: ReporterOptions,
): string {
  const writer = everyMs && `in the background, every ${everyMs} ms: ${name}`;
  const where = [node, session && `session ${session}`, writer].filter(Boolean).join(', ');
  const what = hasRun ? 'has run' : answer && titles[answer];
  const head = [where, what].filter(Boolean).join(': ');
  const bar = style('blue', kind === 'shell' ? '$' : plain ? ' ' : '│');
  const whole = printable(text.trimEnd());
  const wrapped = plain ? whole : wrapCode(whole, width - 2);
  const code = kind === 'sql' ? highlight(wrapped) : style('cyan', wrapped);
  const lines = code.split('\n').map((line) => `${bar} ${line}\n`);
  return `${head === '' ? '' : `${style('dim', head)}\n`}${lines.join('')}\n`;
}

function statementResult(
  { command, columns, numeric, rows, rowCount, ms }: EventOf<'statement-finished'>,
  { style, width, plain, height = Number.POSITIVE_INFINITY }: ReporterOptions,
  isTyped: boolean,
): string {
  const time = style('dim', milliseconds(ms));
  if (columns.length === 0) return `${printable(command)}  ${time}\n\n`;
  const lines = formatResult(
    { columns, numeric, rows, rowCount },
    { width, expanded: plain ? 'off' : 'auto', style },
  ).split('\n');
  // What scrolls away is not read: the rest is for a pager.
  const most = Math.max(10, height - 8);
  if (plain || lines.length <= most) return `${lines.join('\n')}  ${time}\n\n`;
  const left = style('dim', `… ${lines.length - most} more lines: ${isTyped ? '\\v' : 'v'} shows all.`);
  return `${lines.slice(0, most).join('\n')}\n${left}  ${time}\n\n`;
}

/** The context of an error that the lesson shows would only tell how it came about inside. */
function sqlFailure(
  { sql, failure, expected }: EventOf<'statement-failed'>,
  { style, width, lesson }: Pick<LearnerOptions, 'style' | 'width' | 'lesson'>,
): string {
  const { context: _, ...withoutContext } = failure;
  const lines = sqlFailureLines(expected ? withoutContext : failure, { sql, width });
  const why = expected ? [] : explanationLines(failure, { style, width, lesson, sql });
  return [style(expected ? 'yellow' : 'red', lines.join('\n')), ...why].join('\n');
}

/** `writer: 214 writes acknowledged, 3 refused within 0.8 s`. */
function writerEnd(
  { name, acknowledged, refused, outageMs, errors }: EventOf<'writer-stopped'>,
  style: Style,
): string {
  const trouble = refused === 0 ? 'none refused' : `${refused} refused within ${milliseconds(outageMs)}`;
  const head = style('bold', `${name}: ${acknowledged} writes acknowledged, ${trouble}`);
  return [head, ...errors.map((error) => style('yellow', printable(`  ${error}`)))].join('\n');
}

function blockEnd(
  { status, outcomes, reason, attempts, prediction }: EventOf<'block-finished'>,
  options: LearnerOptions,
  above: Above,
): string {
  const { style } = options;
  switch (status) {
    case 'skipped':
      return `${style('yellow', `SKIPPED: ${reason ?? ''}`)}\n\n`;
    case 'cancelled':
      return `${style('yellow', 'Canceled.')}\n\n`;
    case 'passed':
    case 'failed': {
      const lines = describeOutcomes(outcomes, options);
      lines.push(...predictionLines(prediction, style));
      if (lines.length === 0) return above === 'blank line' ? '' : '\n';
      const tries = attempts > 1 ? style('dim', `  after ${attempts} attempts`) : '';
      return `${above === 'output' ? '\n' : ''}${lines.join('\n')}${tries}\n\n`;
    }
  }
}

/** The guess beside what came. */
function predictionLines(
  prediction: EventOf<'block-finished'>['prediction'],
  style: Style,
): readonly string[] {
  if (prediction?.guess === undefined) return [];
  const { guess, answer } = prediction;
  return guess === answer
    ? [style('green', `You guessed right: ${printable(answer)}.`)]
    : [style('yellow', `You guessed ${printable(guess)}; it is ${printable(answer)}.`)];
}

const failedIn = ({ outcomes }: EventOf<'exercise-checked'>): readonly FailedOutcome[] =>
  outcomes.filter((outcome) => outcome.status === 'failed');

function exerciseChecked(event: EventOf<'exercise-checked'>, options: LearnerOptions): string {
  if (event.inTransaction) {
    if (options.isErrorShown) return '\n';
    return `${options.style('dim', 'A transaction is open: the checks see what it does only after COMMIT.')}\n\n`;
  }
  const failed = failedIn(event);
  if (failed.some(({ actual }) => actual === 'interrupted'))
    return `${options.style('yellow', 'Canceled.')}\n\n`;
  if (options.isErrorShown && failed.some(({ isCause }) => isCause)) return '\n'; // it says enough
  return `${describeOutcomes(failed, options).join('\n')}\n\n`;
}

function restoreFailure({ outcomes }: EventOf<'restore-failed'>, options: LearnerOptions): string {
  const { style } = options;
  if (outcomes.length === 0) return `${style('yellow', 'The restore was cancelled.')}\n\n`;
  const head = 'A block before this one failed when it was replayed:';
  return `${[style('red', head), ...describeOutcomes(outcomes, options)].join('\n')}\n\n`;
}
