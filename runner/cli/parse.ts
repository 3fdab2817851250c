// argv to a command and its options, by yargs, which also prints help.
import type { Argv } from 'yargs';
import yargs from 'yargs/yargs';
import { UserError } from '../errors.ts';
import type { Invocation } from '../invocation.ts';
import { programVersion } from '../paths.ts';
import { type Call, type Command, helpHint, usageOf } from './command.ts';
import { overviewCommand } from './commands.ts';

/** Undefined where help or the version was asked for, and is printed. */
export function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
  { command: program }: Pick<Invocation, 'command'>,
): Call | undefined {
  let call: Call | undefined;
  let reached = overviewCommand;

  const add = (args: Argv, command: Command, words: string): Argv => {
    const within = commands.filter(({ name }) => name.startsWith(`${command.name} `));
    return args.command(
      words,
      command.describe,
      (inner) => {
        reached = command;
        for (const [key, positional] of Object.entries(command.positionals))
          inner.positional(key, positional);
        // Of a command with others below it, options may stand before the word that calls those.
        const below = within.length > 0 ? { global: false, hidden: true } : {};
        for (const [key, option] of Object.entries(command.options))
          inner.option(key, { ...option, ...below });
        if (command.example) {
          const [example, does] = command.example;
          inner.example(`$0 ${command.name} ${example}`, does);
        }
        for (const each of within) add(inner, each, usageOf(each).slice(command.name.length + 1));
        return inner;
      },
      // Not async: yargs would draw the help text for every command, which takes as long as the rest of its work.
      (options) => {
        call = { command, options };
      },
    );
  };

  const cli = yargs()
    .locale('en')
    .scriptName(program)
    .usage('lesson: learn sharding with Citus and replication with PostgreSQL by running them')
    .parserConfiguration({ 'parse-positional-numbers': false, 'populate--': true })
    .help()
    .alias('help', 'h')
    .version(programVersion())
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message, error) => {
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new UserError(inOurWords(message ?? error.message, reached), {
        code: 'usage',
        hint: helpHint(reached),
      });
    });
  add(cli, overviewCommand, '$0');
  for (const command of commands) if (!command.name.includes(' ')) add(cli, command, usageOf(command));
  cli.parse(argv);
  return call;
}

function inOurWords(message: string, command: Command): string {
  const option = /^Not enough arguments following: (\S+)$/.exec(message)?.[1];
  if (option !== undefined) return `--${option} needs a value`;
  if (message.startsWith('Not enough non-option arguments')) {
    return `an argument is missing: "lesson ${usageOf(command)}"`;
  }
  return message;
}
