// What was copied from a terminal with psql, as turns: what somebody typed, and what psql answered to it. It is known by its
// prompts; a line without one goes on with a statement that has not ended, as psql shows one that is typed again. Where there are
// no prompts at all, psql has written it itself (`psql -a`).
import { addLine, type Input, nothingTyped, type Unfinished } from '../prompt/split-input.ts';
import { plainText } from './plain-text.ts';
import { indexFrom, isBlank } from './printed-table.ts';
import { type Ending, endingsOf, type Piece, readPiece } from './psql-output.ts';

/** A command may stand behind a statement, which it ends. */
export type TypedInput = Input & { readonly statement?: string };

interface Typed {
  readonly kind: 'typed';
  readonly line: number;
  readonly inputs: readonly TypedInput[];
  readonly output: readonly string[];
}

export type Turn =
  | Typed
  /** Comments on lines of their own. */
  | { readonly kind: 'comment'; readonly line: number; readonly text: string }
  /** A statement that was given up. */
  | { readonly kind: 'unfinished'; readonly line: number };

/** `postgres=# `, `shop=*> `, also `me@host:5432/shop=> `; what stands behind it was typed. */
const prompt = /^([\w"][^\s=]*)=[*!?]?[#>](?: (.*))?$/;
/** What stands behind the name where a statement goes on. */
const goingOn = /^[-*'"$(][*!?]?[#>](?: (.*))?$/;

export function readTranscript(text: string): readonly Turn[] {
  const lines = plainText(text).split('\n');
  return lines.some((line) => prompt.test(line)) ? readPrompted(lines) : readEchoed(lines);
}

function readPrompted(lines: readonly string[]): readonly Turn[] {
  const typing = startTyping();
  let name = '';
  for (const [i, shown] of lines.entries()) {
    const begun = prompt.exec(shown);
    const more = name !== '' && shown.startsWith(name) ? goingOn.exec(shown.slice(name.length)) : null;
    if (begun) {
      typing.begin();
      name = begun[1]!;
      typing.type(begun[2] ?? '', i + 1);
    } else if (more) typing.type(more[1] ?? '', i + 1);
    else if (typing.isOpen() && typing.turn === undefined) typing.type(shown, i + 1);
    else typing.turn?.output.push(shown);
  }
  typing.begin();
  return typing.turns;
}

/** Without prompts, as `psql -a` writes it: whatever psql does not print was typed. */
function readEchoed(lines: readonly string[]): readonly Turn[] {
  const typing = startTyping();
  let endings: readonly Ending[] = [];
  for (let at = 0; at < lines.length; ) {
    const { turn } = typing;
    const piece = turn && !typing.isOpen() ? answerTo(turn, endings, lines, at) : undefined;
    if (turn && piece) {
      turn.output.push(...lines.slice(at, at + piece.length));
      if (piece.ending) endings = [...endings, piece.ending];
    } else {
      if (!typing.isOpen()) typing.begin();
      typing.type(lines[at]!, at + 1);
      endings = [];
    }
    at += piece?.length ?? 1;
  }
  typing.begin();
  return typing.turns;
}

/** What psql answered in the lines from here on, where the turn has had these endings; undefined where somebody typed again. */
function answerTo(
  { inputs, output }: Typed,
  endings: readonly Ending[],
  lines: readonly string[],
  at: number,
): Piece | undefined {
  const command = inputs.findLast((input) => input.kind === 'command');
  if (command !== undefined && output.length === 0) {
    if (/^(d|l|z|sf|sv)/.test(command.name)) {
      const blank = indexFrom(lines, at, isBlank);
      return { length: (blank === -1 ? lines.length : blank + 1) - at };
    }
    if (/^q?echo$/.test(command.name) || /^[A-Z][^;]*\.$/.test(lines[at]!)) return { length: 1 };
  }
  const piece = readPiece(lines, at);
  if (piece === undefined) return undefined;
  if (command === undefined && piece.ending !== undefined) {
    const statements = inputs.filter(({ kind }) => kind === 'statement').length;
    const all = [...endings, piece.ending];
    if (all.length > statements && endingsOf(all, statements) === undefined) return undefined;
  }
  const next = lines[at + piece.length];
  return next !== undefined && isBlank(next) ? { ...piece, length: piece.length + 1 } : piece;
}

/** Lines that were typed become turns as they come. */
function startTyping() {
  const turns: Turn[] = [];
  let rest: Unfinished = nothingTyped;
  let start = 0;
  let turn: (Typed & { readonly output: string[] }) | undefined;
  return {
    turns,
    /** The last one, to which output may come. */
    get turn() {
      return turn;
    },
    /** Whether a statement, or a comment, goes on in the next line. */
    isOpen: () => rest.hasWords || rest.open !== undefined,
    /** What was typed so far has ended. */
    begin() {
      const comment = rest.text.trim();
      if (rest.hasWords) turns.push({ kind: 'unfinished', line: start });
      else if (comment !== '') turns.push({ kind: 'comment', line: start, text: comment });
      rest = nothingTyped;
      turn = undefined;
    },
    type(typed: string, line: number) {
      if (rest.text === '') start = line;
      if (typed.endsWith('^C')) {
        if (rest.hasWords) turns.push({ kind: 'unfinished', line: start });
        rest = nothingTyped;
        return;
      }
      turn = undefined;
      const added = addLine(rest, typed);
      const last = added.inputs.at(-1);
      const isSent = last?.kind === 'command' && added.rest.hasWords;
      const inputs = isSent ? [...added.inputs.slice(0, -1), ...sent(added.rest, last)] : added.inputs;
      rest = isSent ? nothingTyped : added.rest;
      if (inputs.length === 0) return;
      turn = { kind: 'typed', line: start, inputs, output: [] };
      turns.push(turn);
    },
  };
}

/** A command that ends a statement: `\g` and `\gx` send it, `\r` forgets it, others do something with it that a lesson cannot. */
function sent({ text }: Unfinished, command: Extract<Input, { kind: 'command' }>): readonly TypedInput[] {
  const { name, argument } = command;
  if ((name === 'g' || name === 'gx') && argument === '')
    return [{ kind: 'statement', text: `${text.trimEnd()};` }];
  if (name === 'r') return [];
  return [{ ...command, statement: text.trim() }];
}
