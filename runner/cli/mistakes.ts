// What was typed and is not known, with the right word. Pure.
import { UserError } from '../errors.ts';
import { nearest, unknownWord } from '../lesson/nearest.ts';
import { type Call, type Command, helpHint, type OptionTable, usageOf } from './command.ts';

/** @throws UserError for options and words that a command does not take, and for options given twice. */
export function checkArguments(call: Call): void {
  const { command, options } = call;
  if (options['--'] !== undefined && command.name !== 'psql') {
    throw usage('only "lesson psql" takes arguments after --', command);
  }
  const [surplus] = surplusWords(call);
  if (surplus !== undefined) {
    throw usage(`unexpected argument "${surplus}": "lesson ${usageOf(command)}"`, command);
  }
  const known = [...optionNames(command.options), ...optionNames(generalOptions)];
  const taken = [...known, ...Object.keys(command.positionals)];
  // yargs gives `--pg-bin` as `pgBin` too.
  const isCopy = (key: string) => kebabCase(key) !== key && kebabCase(key) in options;
  const given = Object.keys(options).filter(
    (key) => key !== '_' && key !== '--' && key !== '$0' && !isCopy(key),
  );
  const unknown = given.find((key) => !taken.includes(key));
  if (unknown !== undefined && command.name === 'psql') {
    throw new UserError(unknownOption(unknown, known), { code: 'usage', hint: forPsql });
  }
  if (unknown !== undefined) throw usage(unknownOption(unknown, known), command);
  for (const [key, { array }] of Object.entries(command.options)) {
    if (Array.isArray(options[key]) && !array) throw usage(`--${key} is given twice`, command);
  }
}

const forPsql = 'What is meant for psql stands after --: "lesson psql -- -c \'SELECT 1\'".';

/** The words that are left when those of the command and its arguments are taken. */
export function surplusWords({ command: { name }, options }: Call): readonly string[] {
  return options._.map(String).slice(name.split(' ').filter(Boolean).length);
}

/** For `lesson rnu 03`: the command, the verb of a node or the lesson that was meant. */
export function unknownCommand(
  [word = '', ...others]: readonly string[],
  commands: readonly Command[],
  lesson: string | undefined,
): UserError {
  const names = commands.map(({ name }) => name).filter((name) => !name.includes(' '));
  const meant = verbsOf(commands).includes(word)
    ? ['node', word, ...others]
    : lesson !== undefined && ['run', lesson];
  const message = meant
    ? `unknown command "${word}"; did you mean "${['lesson', ...meant].join(' ')}"?`
    : unknownWord('command', word, names);
  return new UserError(message, { code: 'usage', hint: 'Run "lesson --help".' });
}

/** For `lesson node kil worker-1`, and for `lesson node worker-1 kill`. */
export function unknownVerb(words: readonly string[], commands: readonly Command[]): UserError {
  const verbs = verbsOf(commands);
  const [word = '', next = ''] = words;
  const hint = 'Run "lesson node --help".';
  if (verbs.includes(next) && nearest(word, verbs).length === 0) {
    return new UserError(`unknown verb "${word}"; did you mean "lesson node ${next} ${word}"?`, {
      code: 'usage',
      hint,
    });
  }
  return new UserError(unknownWord('verb', word, verbs), { code: 'usage', hint });
}

const verbsOf = (commands: readonly Command[]): readonly string[] =>
  commands.filter(({ name }) => name.startsWith('node ')).map(({ name }) => name.slice('node '.length));

const generalOptions: OptionTable = { help: { alias: 'h' }, version: {} };

/** With their short forms. */
const optionNames = (options: OptionTable): readonly string[] =>
  Object.entries(options).flatMap(([key, { alias = [] }]) => [key].concat(alias));

/** Of a single letter nobody can tell which one it was meant to be. */
function unknownOption(option: string, known: readonly string[]): string {
  const all = known.map(dashed);
  if (option.length > 1) return unknownWord('option', dashed(option), all);
  return `unknown option "${dashed(option)}"; known: ${all.join(', ')}`;
}

const dashed = (option: string): string => `${option.length === 1 ? '-' : '--'}${option}`;

const kebabCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const usage = (message: string, command: Command): UserError =>
  new UserError(message, { code: 'usage', hint: helpHint(command) });
