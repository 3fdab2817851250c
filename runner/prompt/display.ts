// How results are shown, and the commands that change it.

import type { Commands } from './client.ts';
import type { Expanded } from './format-result.ts';

/** Changed by the commands. */
export interface Display {
  expanded: Expanded;
  /** Whether the time that a statement took is shown. */
  timing: boolean;
}

export const newDisplay = (): Display => ({ expanded: 'auto', timing: false });

export function displayCommands(display: Display): Commands {
  return {
    x: {
      argument: '[on|off|auto]',
      help: 'one line a value; auto: where a result is too wide',
      async run(argument, { screen }) {
        const other = display.expanded === 'on' ? 'off' : 'on';
        const wanted = readChoice(argument, ['on', 'off', 'auto'], other);
        if (wanted === undefined) {
          screen.complain(`\\x takes on, off or auto, not "${argument}".`);
          return 'failed';
        }
        display.expanded = wanted;
        const says = { on: 'is on', off: 'is off', auto: 'is used automatically' };
        await screen.print(`Expanded display ${says[wanted]}.`);
        return 'stay';
      },
    },
    timing: {
      argument: '[on|off]',
      help: 'how long each statement took',
      async run(argument, { screen }) {
        const wanted = readChoice(argument, ['on', 'off'], display.timing ? 'off' : 'on');
        if (wanted === undefined) {
          screen.complain(`\\timing takes on or off, not "${argument}".`);
          return 'failed';
        }
        display.timing = wanted === 'on';
        await screen.print(`Timing is ${wanted}.`);
        return 'stay';
      },
    },
  };
}

function readChoice<T extends string>(
  argument: string,
  choices: readonly T[],
  unlessGiven: T,
): T | undefined {
  return argument === '' ? unlessGiven : choices.find((choice) => choice === argument.toLowerCase());
}
