// The learner at a terminal: a key before each block, and after one that did not hold.
import { createInterface } from 'node:readline/promises';
import type { Invocation } from '../invocation.ts';
import { coloured, plain, type Style, wantsColour } from '../report/style.ts';
import type { PlannedBlock } from '../session/plan.ts';
import type { Control, Decision } from '../session/walk.ts';

const interruptKey = '\u0003';
const endKey = '\u0004';

/** Asks on stdout and reads single keys from stdin; both must be terminals. */
export function promptControl(invocation: Invocation): Control {
  const { stdout, env } = invocation;
  const style: Style = wantsColour(env, true) ? coloured : plain;
  const hintsGiven = new Map<PlannedBlock, number>();
  const say = (text: string) => stdout.write(`${text}\n`);

  const ask = async (choices: Readonly<Record<string, string>>): Promise<string> => {
    const shown = Object.entries(choices).map(([key, means]) => `${style('bold', `[${key}]`)} ${means}`);
    stdout.write(`${style('dim', '▸')} ${shown.join('  ')} `);
    for (;;) {
      const key = await readKey(invocation);
      const choice = key === '\r' || key === '\n' ? 'Enter' : key === endKey ? 'q' : key.toLowerCase();
      if (choice in choices) {
        stdout.write('\n');
        return choice;
      }
    }
  };

  const nextHint = (planned: PlannedBlock) => {
    const { hints, solutions } = planned.block.exercise!;
    const given = hintsGiven.get(planned) ?? 0;
    hintsGiven.set(planned, given + 1);
    const hint = hints[given];
    if (hint !== undefined) say(`Hint ${given + 1} of ${hints.length}: ${hint.markdown.trim()}`);
    else say(`A solution:\n\n${solutions[0]?.text.trim()}\n`);
  };

  const beforeExercise = async (planned: PlannedBlock): Promise<Decision> => {
    for (;;) {
      const hintsLeft =
        (hintsGiven.get(planned) ?? 0) < (planned.block.exercise?.hints.length ?? 0) ? 'hint' : 'solution';
      const choices = { a: 'answer', h: hintsLeft, Enter: 'run it as it stands', s: 'skip step', q: 'leave' };
      switch (await ask(choices)) {
        case 'a': {
          const answer = await readAnswer(invocation);
          if (answer.trim() !== '') return { do: 'run', answer };
          break;
        }
        case 'h':
          nextHint(planned);
          break;
        case 's':
          return { do: 'skip' };
        case 'q':
          return { do: 'leave' };
        case 'Enter':
          return { do: 'run' };
      }
    }
  };

  return {
    async before(planned) {
      if (planned.answer === 'start') return beforeExercise(planned);
      switch (await ask({ Enter: 'run', s: 'skip step', q: 'leave' })) {
        case 's':
          return { do: 'skip' };
        case 'q':
          return { do: 'leave' };
        default:
          return { do: 'run' };
      }
    },
    async afterFailure() {
      return (await ask({ a: 'again', q: 'leave' })) === 'a' ? 'again' : 'stop';
    },
  };
}

/** A question with a yes or no; no is the default. */
export async function confirm(question: string, invocation: Invocation): Promise<boolean> {
  invocation.stdout.write(`${question} [y/N] `);
  const key = await readKey(invocation);
  invocation.stdout.write('\n');
  return key.toLowerCase() === 'y';
}

/** One key; Ctrl-C is a signal, as it is when nothing is asked, and reads as leaving. So does a terminal that is gone. */
function readKey({ stdin, signal }: Invocation): Promise<string> {
  return new Promise((resolve) => {
    const finish = (key: string) => {
      stdin.off('data', onData).off('end', onAbort).off('error', onAbort);
      signal.removeEventListener('abort', onAbort);
      if (!stdin.destroyed) stdin.setRawMode(false);
      stdin.pause();
      resolve(key);
    };
    const onAbort = () => finish('q');
    // What was typed fast comes at once: each Ctrl-C counts, of other keys the first.
    const onData = (data: Buffer) => {
      const keys = [...data.toString('utf8')];
      const interrupts = keys.filter((key) => key === interruptKey);
      for (const _ of interrupts) process.kill(process.pid, 'SIGINT');
      if (interrupts.length === 0) finish(keys[0] ?? '');
    };
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.setRawMode(true);
    stdin.on('data', onData).on('end', onAbort).on('error', onAbort);
    stdin.resume();
    if (signal.aborted) onAbort();
  });
}

/** Lines up to an empty one. */
async function readAnswer({ stdin, stdout, signal }: Invocation): Promise<string> {
  stdout.write('Type your answer; an empty line ends it.\n');
  const lines: string[] = [];
  const terminal = createInterface({ input: stdin, output: stdout, prompt: '  ' });
  const close = () => terminal.close();
  terminal.on('SIGINT', () => {
    process.kill(process.pid, 'SIGINT');
    close();
  });
  signal.addEventListener('abort', close, { once: true });
  terminal.prompt();
  for await (const line of terminal) {
    if (line.trim() === '') break;
    lines.push(line);
    terminal.prompt();
  }
  close();
  signal.removeEventListener('abort', close);
  return lines.join('\n');
}
