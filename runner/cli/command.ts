// A command as data. Parsing, help, suggestions and completion all read the same table of them.
import type { Arguments, ArgumentsCamelCase, InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Invocation } from '../invocation.ts';

export type Positionals = Readonly<Record<string, PositionalOptions>>;
export type OptionTable = Readonly<Record<string, Options>>;

export interface Command {
  /** The words that call it: `run`, `node kill`. */
  readonly name: string;
  readonly describe: string;
  /** What follows the words, in order. */
  readonly positionals: Positionals;
  readonly options: OptionTable;
  /** Arguments of a typical call, and what it does. */
  readonly example: readonly [call: string, does: string] | undefined;
  /** Loaded when it is called. */
  readonly load: () => Promise<Handler<never>>;
}

/** What was typed, read. */
export interface Call {
  readonly command: Command;
  readonly options: Arguments;
}

export type Handler<A> = (options: A, invocation: Invocation) => Promise<number>;

interface Definition<P extends Positionals, O extends OptionTable> {
  readonly name: string;
  readonly describe: string;
  readonly positionals?: P;
  readonly options?: O;
  readonly example?: readonly [call: string, does: string];
  readonly load: () => Promise<Handler<ArgumentsCamelCase<InferredOptionTypes<P & O>>>>;
}

/** Checks that a command takes the options that it is declared with. */
export function defineCommand<
  const P extends Positionals = Positionals,
  const O extends OptionTable = OptionTable,
>({ positionals, options, example, ...definition }: Definition<P, O>): Command {
  return { ...definition, positionals: positionals ?? {}, options: options ?? {}, example };
}

/** As its help writes it: `node kill <node>`, `run [id..]`. */
export function usageOf({ name, positionals }: Command): string {
  const shown = Object.entries(positionals).map(([key, { array, demandOption }]) => {
    const word = array ? `${key}..` : key;
    return demandOption ? `<${word}>` : `[${word}]`;
  });
  return [name, ...shown].join(' ');
}

export const helpHint = ({ name }: Command): string => `Run "${['lesson', name].join(' ').trim()} --help".`;

/** The longest name that these words begin with: `node` for `node kil worker-1`. */
export function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  const called = (length: number) => commands.find(({ name }) => name === words.slice(0, length).join(' '));
  return called(2) ?? called(1);
}
