// Where reporters write: the terminal, or files named with `--reporter NAME=FILE`.
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.ts';
import { unknownWord } from '../lesson/nearest.ts';
import {
  createReporter,
  type ReporterName,
  type ReporterOptions,
  reporterNames,
} from '../report/reporter.ts';
import { coloured, plain, wantsColour } from '../report/style.ts';
import type { LessonEvent } from '../run/events.ts';
import type { Surroundings } from '../surroundings.ts';

export interface Output {
  readonly write: (event: LessonEvent) => void;
  readonly close: () => void;
}

const widest = 100;

/** `terminal`, `json`, `junit=report.xml`: at most one of them without a file. */
export async function openOutput(
  specs: readonly string[],
  detail: ReporterOptions['detail'],
  { env, cwd, stdout }: Surroundings,
): Promise<Output> {
  const wanted = specs.map(readSpec);
  if (wanted.filter(({ file }) => file === undefined).length > 1) {
    throw new UserError('two reporters cannot share the terminal', {
      code: 'usage',
      hint: 'Give all but one a file: --reporter junit=report.xml',
    });
  }
  const width = Math.min(stdout.columns ?? 80, widest);
  const sinks = await Promise.all(
    wanted.map(async ({ name, file }) => {
      const colour = file === undefined && wantsColour(env, stdout.isTTY === true);
      const report = await createReporter(name, { style: colour ? coloured : plain, width, detail });
      if (file === undefined) return { report, write: gathered(stdout), close: () => {} };
      const fd = openFile(path.resolve(cwd, file), file);
      return { report, write: (text: string) => writeSync(fd, text), close: () => closeSync(fd) };
    }),
  );
  return {
    write(event) {
      for (const { report, write } of sinks) {
        const text = report(event);
        if (text !== '') write(text);
      }
    },
    close() {
      for (const { close } of sinks) close();
    },
  };
}

/** What is written before the next event of the system goes out at once: a lesson has thousands of small texts. */
function gathered(stdout: Surroundings['stdout']): (text: string) => void {
  let isGathering = false;
  return (text) => {
    if (!isGathering) {
      isGathering = true;
      stdout.cork();
      setImmediate(() => {
        isGathering = false;
        stdout.uncork();
      });
    }
    stdout.write(text);
  };
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

function openFile(file: string, shown: string): number {
  try {
    return openSync(file, 'w');
  } catch (cause) {
    throw new UserError(`cannot write the report "${shown}": ${(cause as Error).message}`, {
      code: 'usage',
      cause,
    });
  }
}
