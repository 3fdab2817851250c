// The lines that a walk and a summary share: of a lesson, of a run, of a notice.
import { describeServers } from '../cluster/engine.ts';
import type { Notice } from '../connect/connection.ts';
import { plural } from '../lesson/plural.ts';
import type { LessonEvent, LessonStatus } from '../session/events.ts';
import { missingEngineOf } from '../session/plan.ts';
import { wrapText } from './markdown.ts';
import type { ReporterOptions } from './reporter.ts';
import { milliseconds, printable, type Style } from './style.ts';

export type EventOf<T extends LessonEvent['type']> = Extract<LessonEvent, { type: T }>;

export function lessonHead(
  { lesson, title, minutes, cluster }: EventOf<'lesson-started'>,
  options: ReporterOptions,
): string {
  const { style } = options;
  const time = minutes === undefined ? '' : ` · about ${minutes} minutes`;
  const { kind, name, workers, engine } = cluster;
  const where = `Cluster "${name}" (${kind}): ${describeServers(workers, engine)}.`;
  const lines = (options.plain ? where : wrapText(where, options.width)).split('\n');
  return [
    `${style('bold', printable(title))}  ${style('dim', `${lesson}${time}`)}\n`,
    ...lines.map((line) => `${style('dim', line)}\n`),
  ].join('');
}

const lessonEnds: Readonly<Record<LessonStatus, readonly ['green' | 'red' | 'yellow', string]>> = {
  passed: ['green', '✓ passed on'],
  partial: ['yellow', 'passed in part:'],
  failed: ['red', '✗ FAILED'],
  skipped: ['yellow', 'SKIPPED: none of it ran'],
  left: ['yellow', 'left before the end'],
  interrupted: ['yellow', 'interrupted'],
  lost: ['red', '✗ LOST: the connection to the cluster was lost; run "lesson up"'],
};

/** A pass on the built-in engine is no more than that, and says so. */
export function lessonEnd(event: EventOf<'lesson-finished'>, engine: string, style: Style): string {
  const { lesson, status, ms } = event;
  const [colour, text] = lessonEnds[status];
  const on =
    status === 'passed' ? ` ${engine}` : status === 'partial' ? ` ${describeRan(event)} on ${engine}` : '';
  return `${style(['bold', colour], text + on)}  ${lesson}  ${style('dim', milliseconds(ms))}`;
}

/** `9 of 36 blocks ran`. */
export const describeRan = ({ ran, blocks }: EventOf<'lesson-finished'>): string =>
  `${ran} of ${plural(blocks, 'block')} ran`;

/** The engine that a skipped block needs; undefined for any other. */
export const missingEngine = ({ status, reason }: EventOf<'block-finished'>): string | undefined =>
  status === 'skipped' ? missingEngineOf(reason) : undefined;

/** Said once a lesson, at its end: `3 blocks need real Citus and were skipped.` A run has one engine. */
export function otherEngineLine(skipped: ReadonlyMap<number, string>, style: Style): string {
  const [engine] = skipped.values();
  if (engine === undefined) return '';
  const needed = skipped.size === 1 ? `needs ${engine} and was` : `need ${engine} and were`;
  return style('yellow', `${plural(skipped.size, 'block')} ${needed} skipped.\n`);
}

export function summary({ lessons, ms }: EventOf<'run-finished'>, style: Style): string {
  const total = Object.values(lessons).reduce((sum, count) => sum + count, 0);
  if (total < 2) return '';
  const counts = Object.entries(lessons).filter(([, count]) => count > 0);
  const text = counts
    .map(([status, count]) => `${count} ${status === 'partial' ? 'passed in part' : status}`)
    .join(', ');
  return `${style('bold', `${total} lessons: ${text}`)}  ${style('dim', milliseconds(ms))}\n`;
}

export function notice({ severity, message, detail, hint }: Notice, style: Style): string {
  const lines = [`${severity}: ${message}`, detail && `DETAIL: ${detail}`, hint && `HINT: ${hint}`];
  return style('yellow', printable(lines.filter(Boolean).join('\n')));
}
