// The command line: argv becomes plain options, results become exit codes. Commands are loaded when called.
import yargs from 'yargs/yargs';
import { UserError } from './errors.ts';
import { exitCodes, type Surroundings } from './surroundings.ts';

const courseOptions = {
  lessons: {
    type: 'string',
    requiresArg: true,
    describe: 'Folder of lessons [default: ./lessons, else those that ship]',
  },
} as const;

const workersOption = {
  workers: { type: 'number', requiresArg: true, describe: 'How many workers [default: 2]' },
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

const nodeArgument = { node: { type: 'string', describe: 'coordinator, worker-1, …' } } as const;

/** Runs one command; returns its exit code. Errors of a user are shown without a stack. */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = exitCodes.held;
  /** A handler that notes the exit code of the command it calls. */
  const call =
    <A>(command: (options: A, surroundings: Surroundings) => Promise<number>) =>
    async (options: A) => {
      exitCode = await command(options, surroundings);
    };

  /** The shell blocks of a lesson set LESSON_NAME, so that `lesson` there means the cluster of the lesson. */
  const name = surroundings.env.LESSON_NAME || 'default';
  const clusterOptions = {
    name: { type: 'string', default: name, requiresArg: true, describe: 'Which cluster' },
  } as const;

  const cli = yargs([...argv])
    .scriptName('lesson')
    .usage('$0: learn sharding with Citus and replication with PostgreSQL by running them')
    .command(
      '$0 [command]',
      'Where am I: lessons, progress, what is next',
      (command) => command.positional('command', { type: 'string', hidden: true }).options(courseOptions),
      async (options) => {
        if (options.command !== undefined) throw await unknownCommand(options.command);
        await call((await import('./commands/home.ts')).home)(options);
      },
    )
    .command('list', 'The lessons', { ...courseOptions, ...jsonOption }, async (options) => {
      await call((await import('./commands/list.ts')).list)(options);
    })
    .command(
      'run <id..>',
      'Walk lessons step by step',
      (command) =>
        command
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
            ...clusterOptions,
            ...workersOption,
            ...courseOptions,
            ...reporterOption,
          }),
      async (options) => {
        await call((await import('./commands/run.ts')).run)(options);
      },
    )
    .command(
      'check [id..]',
      'For CI: every lesson from a clean state; exercises must be sound',
      (command) =>
        command
          .positional('id', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'All lessons, if none is named',
          })
          .options({ ...clusterOptions, ...workersOption, ...courseOptions, ...reporterOption }),
      async (options) => {
        await call((await import('./commands/check.ts')).check)(options);
      },
    )
    .command(
      'lint [id..]',
      'Find the mistakes in lessons without running them',
      (command) =>
        command
          .positional('id', {
            type: 'string',
            array: true,
            default: [] as string[],
            describe: 'All lessons, if none is named',
          })
          .options(courseOptions),
      async (options) => {
        await call((await import('./commands/lint.ts')).lint)(options);
      },
    )
    .command('up', 'Start the cluster', { ...clusterOptions, ...workersOption }, async (options) => {
      await call((await import('./commands/up.ts')).up)(options);
    })
    .command(
      'down',
      'Stop the servers and keep the data',
      {
        ...clusterOptions,
        purge: { type: 'boolean', default: false, describe: 'Remove the cluster with its data' },
        all: { type: 'boolean', default: false, describe: 'Every cluster' },
      },
      async (options) => {
        await call((await import('./commands/down.ts')).down)(options);
      },
    )
    .command('status', 'Clusters, their nodes and engine', jsonOption, async (options) => {
      await call((await import('./commands/status.ts')).status)(options);
    })
    .command(
      'url [node]',
      'The connection URL of a node',
      (command) =>
        command.positional('node', { ...nodeArgument.node, default: 'coordinator' }).options(clusterOptions),
      async (options) => {
        await call((await import('./commands/url.ts')).url)(options);
      },
    )
    .command(
      'psql [node]',
      'A SQL prompt on a node',
      (command) =>
        command.positional('node', { ...nodeArgument.node, default: 'coordinator' }).options(clusterOptions),
      async (options) => {
        await call((await import('./commands/psql.ts')).psql)(options);
      },
    )
    .command(
      'logs [node]',
      'The last lines of a server log',
      (command) =>
        command.positional('node', nodeArgument.node).options({
          ...clusterOptions,
          lines: { type: 'number', default: 50, alias: 'n', requiresArg: true, describe: 'How many lines' },
        }),
      async (options) => {
        await call((await import('./commands/logs.ts')).logs)(options);
      },
    )
    .strict()
    .help()
    .alias('help', 'h')
    .version()
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UserError(message ?? error.message, { code: 'usage', hint: 'Run "lesson --help".' });
    });

  try {
    await cli.parseAsync();
    return exitCode;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const place = error.place === undefined ? '' : `${error.place.file}:${error.place.line}: `;
    const hint = error.hint === undefined ? '' : `${error.hint}\n`;
    surroundings.stderr.write(`lesson: ${place}${error.message}\n${hint}`);
    return error.code === 'cluster' ? exitCodes.cluster : exitCodes.usage;
  }
}

const commands = ['run', 'check', 'lint', 'list', 'status', 'up', 'down', 'url', 'psql', 'logs'];

async function unknownCommand(word: string): Promise<UserError> {
  const { unknownWord } = await import('./lesson/nearest.ts');
  return new UserError(unknownWord('command', word, commands), {
    code: 'usage',
    hint: 'Run "lesson --help".',
  });
}
