// A line of keys to choose from; it is gone once one is chosen.
import type { Invocation } from '../invocation.ts';
import { widthOf } from '../lesson/cell.ts';
import type { Style } from '../report/style.ts';
import { endKey, interruptKey, readKeys } from './keys.ts';

export type Choices<C> = Readonly<Record<string, Choice<C>>>;

export interface Choice<C> {
  readonly does: C;
  /** In the line of keys; absent where only the help names it. */
  readonly label?: string;
  readonly help: string;
}

export interface MenuContext {
  readonly invocation: Invocation;
  readonly style: Style;
  /** Nothing is erased: what was said stays said. */
  readonly isPlain: boolean;
}

/** What was typed is no key: the beginning of a statement. */
export interface Typed {
  readonly typed: string;
}

/**
 * Undefined where the learner wants to leave: Ctrl-C, Ctrl-D, a signal.
 * @param options.takesText Any character that is no key is the beginning of a text.
 */
export async function choose<C>(
  choices: Choices<C>,
  { invocation, style, isPlain }: MenuContext,
  { takesText = false } = {},
): Promise<C | Typed | undefined> {
  const { stdout } = invocation;
  for (;;) {
    const { text, lines } = menuLine(choices, style, stdout.columns || 80);
    stdout.write(text);
    const keys = await readKeys(invocation);
    if (isPlain) stdout.write('\n');
    else stdout.write(`\r${lines > 1 ? `\u001b[${lines - 1}A` : ''}\u001b[J`);
    if (keys === undefined || keys.includes(interruptKey) || keys === endKey) return undefined;
    const key = /^[\r\n]+$/.test(keys) ? 'Enter' : keys.toLowerCase();
    const choice = Object.hasOwn(choices, key) ? choices[key] : undefined;
    if (choice) return choice.does;
    if (key === '?' || key === 'h') stdout.write(`${help(choices, style)}\n`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: arrows and the like begin with one
    else if ((takesText ? /^[^\u0000-\u001f\u007f]+/ : /^[^\u0000-\u001f\u007f]{2,}/).test(keys)) {
      return { typed: keys };
    } else stdout.write(style('dim', 'This key does nothing here; ? lists those that do.\n'));
  }
}

function menuLine(choices: Choices<unknown>, style: Style, width: number) {
  const items = [
    ...Object.entries(choices).flatMap(([key, { label }]) => (label === undefined ? [] : [{ key, label }])),
    { key: '?', label: '' },
  ];
  let text = style('dim', '▸');
  let used = 1;
  let lines = 1;
  for (const [at, { key, label }] of items.entries()) {
    const gap = at === 0 ? ' ' : '  ';
    const needed = widthOf(`${gap}${key} ${label}`.trimEnd());
    if (used + needed >= width) {
      text += '\n ';
      used = 1;
      lines += 1;
    }
    text += `${gap}${style('bold', key)}${label === '' ? '' : ` ${style('dim', label)}`}`;
    used += needed;
  }
  return { text: `${text} `, lines };
}

function help(choices: Choices<unknown>, style: Style): string {
  const entries = Object.entries(choices);
  const width = Math.max(...entries.map(([key]) => key.length));
  return entries.map(([key, { help: text }]) => `  ${style('bold', key.padEnd(width))}  ${text}\n`).join('');
}
