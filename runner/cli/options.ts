// Options that several commands take, and how their values are read.
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { DURATION_FORM, readDuration } from '../lesson/duration.ts';
import { unknownWord } from '../lesson/nearest.ts';

/** One machine has room for a few servers. */
const mostWorkers = 20;

export const courseOptions = {
  lessons: {
    type: 'string',
    requiresArg: true,
    describe: 'Folder of lessons [default: ./lessons, else those that ship]',
  },
} as const;

export const pgBinOption = {
  'pg-bin': {
    type: 'string',
    requiresArg: true,
    describe: 'PostgreSQL from this folder, with Citus if it has it',
  },
} as const;

export const workersOption = {
  workers: {
    type: 'string',
    coerce: readCount('workers', mostWorkers),
    requiresArg: true,
    describe: 'How many workers [default: 2]',
  },
} as const;

export const reporterOption = {
  reporter: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'terminal, json, junit, tap or github; with =FILE into a file. May be repeated',
  },
} as const;

export const jsonOption = { json: { type: 'boolean', default: false, describe: 'As JSON' } } as const;

export const nodeArgument = { type: 'string', describe: 'coordinator, worker-1, …' } as const;

export const lessonArgument = {
  type: 'string',
  demandOption: true,
  describe: 'The id, number or part of the name of a lesson, or its file',
} as const;

export const lessonsArgument = {
  type: 'string',
  array: true,
  default: [] as string[],
  defaultDescription: 'all lessons',
  describe: lessonArgument.describe,
} as const;

/** The shell blocks of a lesson set the variables, so that `lesson` there means the cluster of the lesson. */
export function clusterOptions({ LESSON_NAME, LESSON_CLUSTER }: Invocation['env']) {
  return {
    name: { type: 'string', default: LESSON_NAME || 'default', requiresArg: true, describe: 'Which cluster' },
    cluster: {
      type: 'string',
      coerce: readCluster,
      ...(LESSON_CLUSTER && { default: LESSON_CLUSTER }),
      requiresArg: true,
      describe:
        'local, docker, postgres or postgres://… [default: as the course says, or as it was brought up, else local]',
    },
  } as const;
}

export const readTime =
  (option: string) =>
  (text: string): number => {
    const ms = readDuration(text);
    if (ms !== undefined) return ms;
    throw new UserError(`--${option} "${text}" is not ${DURATION_FORM}`, { code: 'usage' });
  };

export function readCount(option: string, most: number) {
  return (text: string): number => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= 1 && count <= most) return count;
    throw new UserError(`--${option} "${text}" is not a whole number from 1 to ${most}`, { code: 'usage' });
  };
}

/** The second of five parts: `2/5`. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

export function readOrigin(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text).origin;
  throw new UserError(`--origin "${text}" is not an address, as https://example.com`, { code: 'usage' });
}

export function readLintFormat(text: string): 'text' | 'sarif' {
  if (text === 'text' || text === 'sarif') return text;
  throw new UserError(unknownWord('format', text, ['text', 'sarif']), { code: 'usage' });
}

export function readShard(text: string): Shard {
  const [, number, of] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? []).map(Number);
  if (number !== undefined && of !== undefined && number >= 1 && number <= of) return { number, of };
  throw new UserError(`--shard "${text}" is not a part of a whole, as 2/5`, { code: 'usage' });
}

/** Kinds of cluster whose servers are ours. */
export const ownKinds: readonly string[] = ['local', 'docker', 'postgres'];

export function readCluster(cluster: string): string {
  if (ownKinds.includes(cluster) || /^postgres(ql)?:\/\//.test(cluster)) return cluster;
  // What is no single word may have a password in it.
  const shown = /^\w+$/.test(cluster) ? `"${cluster}"` : 'what is given';
  throw new UserError(
    `--cluster: ${shown} is not a kind of cluster; known: ${ownKinds.join(', ')}, postgres://…`,
    {
      code: 'usage',
    },
  );
}
