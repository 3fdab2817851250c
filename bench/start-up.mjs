// How long a learner waits for the command line itself.
// @ts-check
import { bin } from './lesson.mjs';
import { medians, timed } from './measure.mjs';

/**
 * @param {string} _dir
 * @param {NodeJS.ProcessEnv} env
 */
export async function startUp(_dir, env) {
  const node = process.execPath;
  const { help, nothing } = await medians(21, {
    help: async () => (await timed({ command: node, args: [bin, '--help'], env })).ms,
    nothing: async () => (await timed({ command: node, args: ['-e', '0'], env })).ms,
  });
  return [
    {
      what: '`lesson --help`',
      measured: `${help.toFixed(0)} ms`,
      baseline: `\`node -e 0\` ${nothing.toFixed(0)} ms`,
      ratio: help / nothing,
      target: '≤ 2.6',
    },
  ];
}
