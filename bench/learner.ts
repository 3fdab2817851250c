// What a learner waits for: at a terminal, by way of tmux, where there is one, and for `lesson map`.
import { openTestTerminal, tmuxVersion } from '../test/support/terminal.ts';
import { bin, type Environment, type Line, lesson, type Measure, medians } from './measure.ts';

export const learner: Measure = async (dir, env) => [
  await map(env),
  ...(tmuxVersion === undefined ? [] : await atTerminal(dir, env)),
];

async function map(env: Environment): Promise<Line> {
  const { drawn } = await medians(7, { drawn: async () => (await lesson(['map'], env)).ms });
  return { what: '`lesson map`', measured: `${drawn.toFixed(0)} ms`, target: '≤ 300 ms' };
}

async function atTerminal(dir: string, env: Environment): Promise<readonly Line[]> {
  const start = (program: string, ...args: readonly string[]) =>
    openTestTerminal({ dir }, args, { env: { LESSON_STATE_DIR: env.LESSON_STATE_DIR! }, program });
  const open = (...args: readonly string[]) => start(bin, 'run', '--trust', ...args);
  const untilShown = async (text: RegExp, program: string, ...args: readonly string[]) => {
    const started = performance.now();
    const terminal = await start(program, ...args);
    await terminal.shows(text);
    const ms = performance.now() - started;
    await terminal.close();
    return ms;
  };
  const verdict = async () => {
    const terminal = await open('02-shards', '--exercises');
    await terminal.shows(/exercise=>$/);
    // The first one may wait for the cluster, which is made ready beside the reading.
    await terminal.type('SELECT 1;');
    await terminal.press('Enter');
    await terminal.shows(/✗[\s\S]*exercise=>$/);
    await terminal.clear();
    await terminal.type('SELECT 2;');
    const started = performance.now();
    await terminal.press('Enter');
    await terminal.shows('Not solved yet');
    const ms = performance.now() - started;
    await terminal.close();
    return ms;
  };
  const times = await medians(5, {
    bare: () => untilShown(/here/, '-e', 'console.log("here")'),
    first: () => untilShown(/Enter run/, bin, 'run', '--trust', '01-cluster'),
    verdict,
    last: () => untilShown(/Enter run|exercise=>/, bin, 'run', '--trust', '07-keys', '--step', 'your turn'),
  });
  const line = (what: string, ms: number, target: string) => ({
    what,
    measured: `${ms.toFixed(0)} ms`,
    target,
  });
  return [
    {
      ...line('from `lesson run` to the first screen, the cluster up', times.first, '≤ 400 ms'),
      baseline: `a terminal with a line from Node ${times.bare.toFixed(0)} ms`,
      ratio: times.first / times.bare,
    },
    line('from Enter to the verdict of an exercise', times.verdict, '≤ 150 ms after the statement'),
    line('to the last step of 07-keys', times.last, '≤ 1.5 s'),
  ];
}
