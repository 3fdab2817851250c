// The command line: argv becomes plain options, results become exit codes. Commands are loaded when called.
import type { Argv } from 'yargs';
import yargs from 'yargs/yargs';
import { explainUnexpected, UserError } from './errors.ts';
import { exitCodes, type Invocation } from './invocation.ts';
import { DURATION_FORM, readDuration } from './lesson/duration.ts';
import { programVersion } from './paths.ts';

const courseOptions = {
  lessons: {
    type: 'string',
    requiresArg: true,
    describe: 'Folder of lessons [default: ./lessons, else those that ship]',
  },
} as const;

const pgBinOption = {
  'pg-bin': {
    type: 'string',
    requiresArg: true,
    describe: 'PostgreSQL from this folder, with Citus if it has it',
  },
} as const;

const workersOption = {
  workers: {
    type: 'string',
    coerce: readWorkers,
    requiresArg: true,
    describe: 'How many workers [default: 2]',
  },
} as const;

const reporterOption = {
  reporter: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'terminal, json or junit; with =FILE into a file. May be repeated',
  },
} as const;

const jsonOption = { json: { type: 'boolean', default: false, describe: 'As JSON' } } as const;

const nodeArgument = { type: 'string', describe: 'coordinator, worker-1, …' } as const;

/** Runs one command; returns its exit code. Errors are shown without a stack. */
export async function main(argv: readonly string[], invocation: Invocation): Promise<number> {
  let command = async (): Promise<number> => exitCodes.ok;
  /**
   * A handler that notes what to run once the arguments are read. It is not async itself: yargs would draw the help
   * text for every command, which takes as long as the rest of its work.
   */
  const call =
    <A>(load: () => Promise<(options: A, invocation: Invocation) => Promise<number>>) =>
    (options: A) => {
      command = async () => (await load())(options, invocation);
    };

  /** The shell blocks of a lesson set these, so that `lesson` there means the cluster of the lesson. */
  const name = invocation.env.LESSON_NAME || 'default';
  const cluster = invocation.env.LESSON_CLUSTER;
  const clusterOptions = {
    name: { type: 'string', default: name, requiresArg: true, describe: 'Which cluster' },
    cluster: {
      type: 'string',
      coerce: readCluster,
      ...(cluster && { default: cluster }),
      requiresArg: true,
      describe: 'local, docker or postgres://… [default: as it was brought up, else local]',
    },
  } as const;

  const onCoordinatorByDefault = <T>(args: Argv<T>) =>
    args.positional('node', { ...nodeArgument, default: 'coordinator' }).options(clusterOptions);

  const cli = yargs([...argv])
    .scriptName('lesson')
    .usage('$0: learn sharding with Citus and replication with PostgreSQL by running them')
    .command(
      '$0 [command]',
      'Where am I: lessons, progress, what is next',
      (args) => args.positional('command', { type: 'string', hidden: true }).options(courseOptions),
      (options) => {
        if (options.command === undefined)
          command = async () => {
            const { overview } = await import('./commands/overview.ts');
            return overview(options, invocation, (id) => main(['run', id], invocation));
          };
        else command = () => unknownCommand(`${options.command}`);
      },
    )
    .command(
      'list',
      'The lessons',
      { ...courseOptions, ...jsonOption },
      call(async () => (await import('./commands/list.ts')).list),
    )
    .command(
      'run <id..>',
      'Walk lessons step by step',
      (args) =>
        args
          .positional('id', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'Such as 03-distribution',
          })
          .options({
            yes: {
              type: 'boolean',
              default: false,
              alias: 'y',
              describe: 'Ask nothing; exercises run their solution',
            },
            step: {
              type: 'string',
              requiresArg: true,
              describe: 'Begin at this step: its number, or a part of its title',
            },
            exercises: { type: 'boolean', default: false, describe: 'Only the exercises' },
            ...clusterOptions,
            ...workersOption,
            ...pgBinOption,
            ...courseOptions,
            ...reporterOption,
          }),
      call(async () => (await import('./commands/run.ts')).run),
    )
    .command(
      'check [id..]',
      'For CI: every lesson from a clean state; exercises must be sound',
      (args) =>
        args
          .positional('id', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'All lessons, if none is named',
          })
          .options({
            ...clusterOptions,
            ...workersOption,
            ...pgBinOption,
            ...courseOptions,
            ...reporterOption,
          }),
      call(async () => (await import('./commands/check.ts')).check),
    )
    .command(
      'lint [id..]',
      'Find the mistakes in lessons without running them',
      (args) =>
        args
          .positional('id', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'All lessons, if none is named',
          })
          .options(courseOptions),
      call(async () => (await import('./commands/lint.ts')).lint),
    )
    .command(
      'reset [id..]',
      'Forget your progress in lessons',
      (args) =>
        args
          .positional('id', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'All lessons, if none is named',
          })
          .options(courseOptions),
      call(async () => (await import('./commands/reset.ts')).reset),
    )
    .command(
      'up',
      'Start the cluster',
      { ...clusterOptions, ...workersOption, ...pgBinOption },
      call(async () => (await import('./commands/up.ts')).up),
    )
    .command(
      'down',
      'Stop the servers and keep the data',
      {
        ...clusterOptions,
        purge: { type: 'boolean', default: false, describe: 'Remove the cluster with its data' },
        all: { type: 'boolean', default: false, describe: 'Every cluster' },
      },
      call(async () => (await import('./commands/down.ts')).down),
    )
    .command(
      'status',
      'Clusters, their nodes and engine',
      jsonOption,
      call(async () => (await import('./commands/status.ts')).status),
    )
    .command(
      'map',
      'The cluster as a picture: which node has which shards',
      {
        ...clusterOptions,
        ...jsonOption,
        watch: { type: 'boolean', default: false, describe: 'Redraw twice a second, until q or Ctrl-C' },
      },
      call(async () => (await import('./commands/map.ts')).map),
    )
    .command(
      'doctor',
      'What this machine has, and what each kind of cluster needs',
      jsonOption,
      call(async () => (await import('./commands/doctor.ts')).doctor),
    )
    .command(
      'url [node]',
      'The connection URL of a node',
      onCoordinatorByDefault,
      call(async () => (await import('./commands/url.ts')).url),
    )
    .command(
      'psql [node]',
      'A SQL prompt on a node; what stands after -- is for psql',
      onCoordinatorByDefault,
      call(async () => (await import('./commands/psql.ts')).psql),
    )
    .command(
      'logs [node]',
      'The last lines of a server log',
      (args) =>
        args.positional('node', nodeArgument).options({
          ...clusterOptions,
          lines: { type: 'number', default: 50, alias: 'n', requiresArg: true, describe: 'How many lines' },
        }),
      call(async () => (await import('./commands/logs.ts')).logs),
    )
    .command(
      'node <verb> [node]',
      'Stop, kill, add, follow and promote the servers of a cluster',
      (args) =>
        args
          .positional('verb', { choices: nodeVerbs, demandOption: true, describe: 'What to do' })
          .positional('node', nodeArgument)
          .options({
            ...clusterOptions,
            as: {
              type: 'string',
              requiresArg: true,
              describe: 'standby: its name [default: NODE-standby]',
            },
            sync: { type: 'boolean', default: false, describe: 'standby: commits wait for it' },
            slot: { type: 'boolean', default: false, describe: 'standby: the log is kept for it' },
            delay: {
              type: 'string',
              coerce: readDelay,
              requiresArg: true,
              describe: 'standby: changes are applied so much later',
            },
            ...jsonOption,
          }),
      call(async () => (await import('./commands/node.ts')).node),
    )
    .parserConfiguration({ 'populate--': true })
    .check(({ _: [command], '--': rest }) => {
      if (rest === undefined || command === 'psql') return true;
      throw new UserError('only "lesson psql" takes arguments after --', { code: 'usage' });
    })
    .strict()
    .help()
    .alias('help', 'h')
    .version(programVersion())
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UserError(message ?? error.message, { code: 'usage', hint: 'Run "lesson --help".' });
    });

  try {
    cli.parse();
    return await command();
  } catch (error) {
    // Whoever interrupts knows why it ends; `bin.ts` says it with the exit code.
    if (invocation.signal.aborted) return exitCodes.ok;
    if (!(error instanceof UserError)) {
      invocation.stderr.write(explainUnexpected(error, invocation.env.LESSON_DEBUG));
      return exitCodes.unexpected;
    }
    const place = error.place === undefined ? '' : `${error.place.file}:${error.place.line}: `;
    const hint = error.hint === undefined ? '' : `${error.hint}\n`;
    invocation.stderr.write(`lesson: ${place}${error.message}\n${hint}`);
    return error.code === 'cluster' ? exitCodes.cluster : exitCodes.usage;
  }
}

const nodeVerbs = [
  ...(['list', 'stop', 'start', 'restart', 'kill', 'pause', 'resume'] as const),
  ...(['add', 'remove', 'standby', 'promote'] as const),
];

function readDelay(text: string): number {
  const ms = readDuration(text);
  if (ms !== undefined) return ms;
  throw new UserError(`--delay "${text}" is not ${DURATION_FORM}`, { code: 'usage' });
}

/** One machine has room for a few servers. */
const mostWorkers = 20;

function readWorkers(text: string): number {
  const workers = Number(text);
  if (Number.isInteger(workers) && workers >= 1 && workers <= mostWorkers) return workers;
  throw new UserError(`--workers "${text}" is not a whole number from 1 to ${mostWorkers}`, {
    code: 'usage',
  });
}

function readCluster(cluster: string | readonly string[]): string {
  if (typeof cluster !== 'string') throw new UserError('--cluster is given twice', { code: 'usage' });
  if (cluster === 'local' || cluster === 'docker' || /^postgres(ql)?:\/\//.test(cluster)) return cluster;
  // What is no single word may have a password in it.
  const shown = /^\w+$/.test(cluster) ? `"${cluster}"` : 'what is given';
  throw new UserError(`--cluster: ${shown} is not a kind of cluster; known: local, docker, postgres://…`, {
    code: 'usage',
  });
}

const commands = [
  'run',
  'reset',
  'check',
  'lint',
  'list',
  'status',
  'map',
  'doctor',
  'up',
  'down',
  'url',
  'psql',
  'logs',
  'node',
];

async function unknownCommand(word: string): Promise<never> {
  const { unknownWord } = await import('./lesson/nearest.ts');
  throw new UserError(unknownWord('command', word, commands), {
    code: 'usage',
    hint: 'Run "lesson --help".',
  });
}
