// What can stand where the cursor is. Pure: names of lessons and nodes are asked for only where they can stand.
import { type Command, findCommand } from './command.ts';

export interface Candidate {
  readonly word: string;
  readonly describe?: string | undefined;
}

/** What only this machine knows. */
export interface Names {
  /** @param dir What `--lessons` says. */
  readonly lessons: (dir: string | undefined) => Promise<readonly string[]>;
  /** @param cluster What `--name` says. */
  readonly nodes: (cluster: string | undefined) => Promise<readonly string[]>;
}

/** Values of options and arguments that are always the same. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  cluster: ['local', 'docker', 'postgres', 'postgres://'],
  reporter: ['terminal', 'json', 'junit', 'junit=', 'tap', 'tap=', 'github'],
  shell: ['bash', 'zsh', 'fish'],
  format: ['text', 'sarif'],
};

/** @param words What stands after `lesson`; the last one is where the cursor is, and may be empty. */
export async function candidates(
  words: readonly string[],
  commands: readonly Command[],
  names: Names,
): Promise<readonly Candidate[]> {
  // Bash takes --name=two for three words.
  const typed = words.filter((word) => word !== '=').flatMap(splitOption);
  const current = words.at(-1) === '=' ? '' : (typed.pop() ?? '');
  const { plain, values } = readWords(typed, commands);
  const fitting = (found: readonly Candidate[]) => found.filter(({ word }) => word.startsWith(current));
  const asked = typed.at(-1) ?? '';
  const asCandidates = (found: readonly string[]) => fitting(found.map((word) => ({ word })));

  const valuesFor = async (key: string): Promise<readonly string[]> => {
    if (key === 'id') return names.lessons(values.lessons);
    if (key === 'node') return names.nodes(values.name);
    return fixed[key] ?? [];
  };

  const isHelp = plain[0] === 'help';
  const called = isHelp ? plain.slice(1) : plain;
  const command = findCommand(commands, called);
  const option = optionNamed(asked, command);
  if (option?.takesValue) return asCandidates(await valuesFor(option.key));
  if (current.startsWith('-')) return fitting(optionsOf(command));

  const next = nextWords(command?.name ?? '', commands);
  const rest = called.slice(command?.name.split(' ').length ?? 0);
  if (next.length > 0 && rest.length === 0) return fitting(next);
  if (command === undefined || isHelp) return [];
  const positionals = Object.entries(command.positionals);
  const [key = ''] = positionals.find(([, { array }], at) => array || at === rest.length) ?? [];
  return asCandidates(await valuesFor(key));
}

/** The words that can follow: commands, or the verbs of one. */
function nextWords(name: string, commands: readonly Command[]): readonly Candidate[] {
  const start = name === '' ? '' : `${name} `;
  return commands
    .filter((command) => command.name.startsWith(start) && command.name !== name)
    .map(({ name: each, describe }) => ({ word: each.slice(start.length), describe }))
    .filter(({ word }) => !word.includes(' '));
}

function optionsOf(command: Command | undefined): readonly Candidate[] {
  const own = Object.entries(command?.options ?? {});
  return [...own, ['help', { describe: 'Show help' }] as const].map(([key, { describe }]) => ({
    word: `--${key}`,
    describe,
  }));
}

function optionNamed(word: string, command: Command | undefined) {
  const name = /^--?(\w[\w-]*)$/.exec(word)?.[1];
  if (name === undefined) return undefined;
  const found = Object.entries(command?.options ?? {}).find(
    ([key, { alias }]) => name === key || name === alias,
  );
  return found && { key: found[0], takesValue: found[1].type !== 'boolean' };
}

/** The words that are no options, and the values that options have. */
function readWords(words: readonly string[], commands: readonly Command[]) {
  const takesValue = (word: string) =>
    word.startsWith('-') && commands.some((command) => optionNamed(word, command)?.takesValue);
  const plain = words.filter((word, at) => !word.startsWith('-') && !takesValue(words[at - 1] ?? ''));
  const valueAfter = (option: string) => words[words.lastIndexOf(option) + 1];
  return {
    plain,
    values: {
      lessons: words.includes('--lessons') ? valueAfter('--lessons') : undefined,
      name: words.includes('--name') ? valueAfter('--name') : undefined,
    },
  };
}

function splitOption(word: string): readonly string[] {
  const [, option, value] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  return option === undefined ? [word] : [option, value ?? ''];
}
