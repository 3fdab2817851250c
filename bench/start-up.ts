// How long a learner waits for the command line itself.
import { lesson, type Measure, medians, node } from './measure.ts';

export const startUp: Measure = async (_dir, env) => {
  const { help, nothing } = await medians(21, {
    help: async () => (await lesson(['--help'], env)).ms,
    nothing: async () => (await node(['-e', '0'], env)).ms,
  });
  return [
    {
      what: '`lesson --help`',
      measured: `${help.toFixed(0)} ms`,
      baseline: `\`node -e 0\` ${nothing.toFixed(0)} ms`,
      ratio: help / nothing,
      target: '≤ 2.0',
    },
  ];
};
