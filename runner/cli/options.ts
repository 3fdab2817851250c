// Options that several commands take, and how their values are read.
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { DURATION_FORM, readDuration } from '../lesson/duration.ts';

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
    coerce: readWorkers,
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

export const lessonsArgument = {
  type: 'string',
  array: true,
  default: [] as string[],
  defaultDescription: 'all lessons',
  describe: 'The id, number or part of the name of a lesson, or its file',
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
      describe: 'local, docker or postgres://… [default: as it was brought up, else local]',
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

/** One machine has room for a few servers. */
const mostWorkers = 20;

function readWorkers(text: string): number {
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1 && workers <= mostWorkers) return workers;
  throw new UserError(`--workers "${text}" is not a whole number from 1 to ${mostWorkers}`, {
    code: 'usage',
  });
}

function readCluster(cluster: string): string {
  if (cluster === 'local' || cluster === 'docker' || /^postgres(ql)?:\/\//.test(cluster)) return cluster;
  // What is no single word may have a password in it.
  const shown = /^\w+$/.test(cluster) ? `"${cluster}"` : 'what is given';
  throw new UserError(`--cluster: ${shown} is not a kind of cluster; known: local, docker, postgres://…`, {
    code: 'usage',
  });
}
