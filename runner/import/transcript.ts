// What was copied from a terminal with psql, as turns: what somebody typed, and what psql answered to it. It is known by its
// prompts; a line without one goes on with a statement that has not ended, as psql shows one that is typed again.
import { addLine, type Input, nothingTyped, type Unfinished } from '../prompt/split-input.ts';
import { plainText } from './plain-text.ts';

export type Turn =
  | {
      readonly kind: 'typed';
      readonly line: number;
      readonly inputs: readonly Input[];
      readonly output: readonly string[];
    }
  /** Comments on lines of their own. */
  | { readonly kind: 'comment'; readonly line: number; readonly text: string }
  /** A statement that was given up. */
  | { readonly kind: 'unfinished'; readonly line: number };

/** `postgres=# `, `shop=*> `, also `me@host:5432/shop=> `; what stands behind it was typed. */
const prompt = /^([\w"][^\s=]*)=[*!?]?[#>](?: (.*))?$/;
/** What stands behind the name where a statement goes on. */
const goingOn = /^[-*'"$(][*!?]?[#>](?: (.*))?$/;

export function readTranscript(text: string): readonly Turn[] {
  const turns: Turn[] = [];
  let name = '';
  let rest: Unfinished = nothingTyped;
  let start = 0;
  let output: string[] | undefined;

  const endTyping = () => {
    const comment = rest.text.trim();
    if (rest.hasWords) turns.push({ kind: 'unfinished', line: start });
    else if (comment !== '') turns.push({ kind: 'comment', line: start, text: comment });
    rest = nothingTyped;
  };
  const type = (typed: string, line: number) => {
    if (rest.text === '') start = line;
    if (typed.endsWith('^C')) {
      if (rest.hasWords) turns.push({ kind: 'unfinished', line: start });
      rest = nothingTyped;
      return;
    }
    output = undefined;
    const added = addLine(rest, typed);
    const last = added.inputs.at(-1);
    const isSent = last?.kind === 'command' && added.rest.hasWords;
    const inputs = isSent ? [...added.inputs.slice(0, -1), ...sent(added.rest, last)] : added.inputs;
    rest = isSent ? nothingTyped : added.rest;
    if (inputs.length === 0) return;
    output = [];
    turns.push({ kind: 'typed', line: start, inputs, output });
  };

  for (const [i, shown] of plainText(text).split('\n').entries()) {
    const begun = prompt.exec(shown);
    const more = name !== '' && shown.startsWith(name) ? goingOn.exec(shown.slice(name.length)) : null;
    if (begun) {
      endTyping();
      name = begun[1]!;
      output = undefined;
      type(begun[2] ?? '', i + 1);
    } else if (more) type(more[1] ?? '', i + 1);
    else if (rest.hasWords && output === undefined) type(shown, i + 1);
    else output?.push(shown);
  }
  endTyping();
  return turns;
}

/** A command that ends a statement: `\g` and `\gx` send it, `\r` forgets it, others do something with it that a lesson cannot. */
function sent(
  { text }: Unfinished,
  { name, argument }: Extract<Input, { kind: 'command' }>,
): readonly Input[] {
  if ((name === 'g' || name === 'gx') && argument === '')
    return [{ kind: 'statement', text: `${text.trimEnd()};` }];
  if (name === 'r') return [];
  return [{ kind: 'command', name, argument: `${argument}\n${text.trim()}`.trim() }];
}
