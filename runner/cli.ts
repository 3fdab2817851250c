// The command line: argv becomes the options of a command, results become exit codes. Commands are loaded when called.
import { type Command, findCommand } from './cli/command.ts';
import { commandsFor } from './cli/commands.ts';
import { checkArguments, surplusWords, unknownCommand, unknownVerb } from './cli/mistakes.ts';
import { withCommand } from './command-name.ts';
import { explainUnexpected, UserError } from './errors.ts';
import { exitCodes, type Invocation } from './invocation.ts';

/** Runs one command; returns its exit code. Errors are shown without a stack. */
export async function main(argv: readonly string[], invocation: Invocation): Promise<number> {
  try {
    return await run(argv, invocation);
  } catch (error) {
    // Whoever interrupts knows why it ends; `bin.ts` says it with the exit code.
    if (invocation.signal.aborted) return exitCodes.ok;
    if (!(error instanceof UserError)) {
      invocation.stderr.write(explainUnexpected(error, invocation.env.LESSON_DEBUG));
      return exitCodes.unexpected;
    }
    const place = error.place === undefined ? '' : `${error.place.file}:${error.place.line}: `;
    const hint = error.hint === undefined ? '' : `${error.hint}\n`;
    invocation.stderr.write(withCommand(`lesson: ${place}${error.message}\n${hint}`, invocation.command));
    return error.code === 'cluster' ? exitCodes.cluster : exitCodes.usage;
  }
}

async function run([...argv]: readonly string[], invocation: Invocation): Promise<number> {
  const commands = commandsFor(invocation.env);
  const refuse = async ([first, ...words]: readonly string[]) => {
    if (first === 'node') throw unknownVerb(words, commands);
    const { findLesson } = await import('./store/course.ts');
    throw unknownCommand([first!, ...words], commands, await findLesson(first!, invocation.cwd));
  };

  if (argv[0] === '__complete') {
    const { complete } = await import('./commands/complete.ts');
    return complete(argv.slice(1), commands, invocation);
  }
  if (argv[0] === 'help') {
    const words = argv.slice(1).filter((word) => !word.startsWith('-'));
    const command = findCommand(commands, words);
    if (words.length > 0 && (command === undefined || (isGroup(command) && words.length > 1)))
      await refuse(words);
    argv = [...(command?.name.split(' ') ?? []), '--help'];
  }
  const { parseArguments } = await import('./cli/parse.ts');
  const call = parseArguments(argv, commands, invocation);
  if (call === undefined) return exitCodes.ok;
  const { command, options } = call;
  if (isGroup(command) && surplusWords(call).length > 0) await refuse(options._.map(String));
  checkArguments(call);
  const { withCourseCluster } = await import('./cli/course-cluster.ts');
  const settled = await withCourseCluster(call, invocation.cwd);
  return (await command.load())(settled as never, invocation);
}

/** What stands after it is the word of another command. */
const isGroup = ({ name }: Command): boolean => name === '' || name === 'node';
