// Where reporters write: the terminal, or files named with `--reporter NAME=FILE`.
import { closeSync, fstatSync, openSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { unknownWord } from '../lesson/nearest.ts';
import type { LessonEvent } from '../session/events.ts';
import { createReporter, type ReporterName, reporterNames } from './registry.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { coloured, plain, type Style, wantsColour } from './style.ts';

export interface Output {
  readonly write: (event: LessonEvent) => void;
  /** Also called when the process ends before its time. */
  readonly close: () => void;
  /** Whether a report could not be written; why was said on stderr. */
  readonly failed: boolean;
}

/** Where one report goes. */
interface Sink {
  readonly write: (event: LessonEvent) => void;
  readonly close: () => void;
}

export interface OutputOptions {
  readonly detail: ReporterOptions['detail'];
  /** Somebody sits before the terminal and decides. */
  readonly isAttended: boolean;
  readonly plain: boolean;
}

/**
 * `terminal`, `json`, `junit=report.xml`: at most one of them without a file. `github` may stand beside `terminal`, whose lines
 * its commands do not disturb.
 */
export async function openOutput(
  specs: readonly string[],
  { detail, isAttended, plain: isPlain }: OutputOptions,
  { env, cwd, command, stdout, stderr }: Invocation,
): Promise<Output> {
  const wanted = specs.map(readSpec);
  const onTerminal = wanted.filter(({ file }) => file === undefined).map(({ name }) => name);
  if (onTerminal.length > 1 && onTerminal.toSorted().join() !== 'github,terminal') {
    throw new UserError('two reporters cannot share the terminal', {
      code: 'usage',
      hint: 'Give all but one a file: --reporter junit=report.xml',
    });
  }
  let failed = false;
  const openSink = (reporter: Reporter, file: string, flag: 'w' | 'a') =>
    fileSink(reporter, path.resolve(cwd, file), flag, (error) => {
      failed = true;
      stderr.write(`lesson: ${cannotWrite(file, error)}\n`);
    });
  const sinks = await Promise.all(
    wanted.map(async ({ name, file }): Promise<Sink> => {
      const colour = file === undefined && !isPlain && wantsColour(env, stdout.isTTY === true);
      const style = colour ? coloured : plain;
      const reporter = await createReporter(name, {
        style,
        plain: isPlain,
        command,
        isAttended,
        detail,
        cwd,
        root: env.GITHUB_WORKSPACE || cwd,
        get width() {
          return (file === undefined ? stdout.columns : undefined) ?? 80;
        },
        get height() {
          return isAttended && file === undefined ? stdout.rows : undefined;
        },
        ...(colour &&
          detail === 'walk' && { highlight: await highlighter(style), hyperlinks: await hasHyperlinks() }),
      });
      return file === undefined ? streamSink(reporter, stdout) : openSink(reporter, file, 'w');
    }),
  );
  const summaryFile = env.GITHUB_STEP_SUMMARY;
  if (summaryFile && wanted.some(({ name }) => name === 'github')) {
    const { stepSummary } = await import('./github.ts');
    sinks.push(openSink(stepSummary(), summaryFile, 'a'));
  }
  const close = () => {
    process.off('exit', close);
    for (const sink of sinks.splice(0)) sink.close();
  };
  process.on('exit', close);
  return {
    write: (event) => {
      for (const sink of sinks) sink.write(event);
    },
    close,
    get failed() {
      return failed;
    },
  };
}

async function hasHyperlinks(): Promise<boolean> {
  const { default: supportsHyperlinks } = await import('supports-hyperlinks');
  return supportsHyperlinks.stdout;
}

async function highlighter(style: Style): Promise<(sql: string) => string> {
  const { highlight } = await import('./highlight.ts');
  return (sql) => highlight(sql, style);
}

/** A lesson has thousands of small texts, and each would be a write that waits for the system. */
const gatherMs = 10;

/** What comes within the time in which nobody sees a delay goes out at once. */
function streamSink(reporter: Reporter, stdout: Invocation['stdout']): Sink {
  if (typeof reporter !== 'function') {
    return { write: reporter.note, close: () => stdout.write(reporter.text()) };
  }
  let isGathering = false;
  const flush = () => {
    if (isGathering) stdout.uncork();
    isGathering = false;
  };
  return {
    write(event) {
      const text = reporter(event);
      if (text === '') return;
      if (!isGathering) {
        isGathering = true;
        stdout.cork();
        setTimeout(flush, gatherMs);
      }
      stdout.write(text);
    },
    close: flush,
  };
}

/** Whatever ends the process, the file holds all that was told before. What cannot be written is told once. */
function fileSink(reporter: Reporter, file: string, flag: 'w' | 'a', onError: (error: Error) => void): Sink {
  const fd = openFile(file, flag);
  let isBroken = false;
  const attempt = (work: () => void) => {
    if (isBroken) return;
    try {
      work();
    } catch (error) {
      isBroken = true;
      onError(error as Error);
    }
  };
  if (typeof reporter === 'function') {
    return {
      write: (event) => attempt(() => writeFileSync(fd, reporter(event))),
      close: () => attempt(() => closeSync(fd)),
    };
  }
  // A pipe or a device cannot be written anew.
  if (!fstatSync(fd).isFile()) {
    return {
      write: reporter.note,
      close() {
        attempt(() => writeFileSync(fd, reporter.text()));
        closeSync(fd);
      },
    };
  }
  closeSync(fd);
  const target = realpathSync(file);
  const replace = () => attempt(() => replaceFile(target, reporter.text()));
  replace();
  return { write: (event) => reporter.note(event) && replace(), close: () => {} };
}

/** By way of another file and a rename, where the folder takes one. */
function replaceFile(file: string, text: string): void {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}`);
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch {
    rmSync(draft, { force: true });
    writeFileSync(file, text);
  }
}

function readSpec(spec: string): { readonly name: ReporterName; readonly file?: string } {
  const [name = '', ...rest] = spec.split('=');
  if (!isReporter(name)) throw new UserError(unknownWord('reporter', name, reporterNames), { code: 'usage' });
  if (rest.length === 0) return { name };
  const file = rest.join('=');
  if (file === '') throw new UserError(`--reporter ${spec} names no file`, { code: 'usage' });
  return { name, file };
}

function isReporter(name: string): name is ReporterName {
  return (reporterNames as readonly string[]).includes(name);
}

function openFile(file: string, flag: 'w' | 'a'): number {
  try {
    return openSync(file, flag);
  } catch (cause) {
    throw new UserError(cannotWrite(file, cause as Error), { code: 'usage', cause });
  }
}

const cannotWrite = (file: string, { message }: Error) => `cannot write the report "${file}": ${message}`;
