// The real `lesson` in a real terminal, by way of tmux: keys go in, the screen is read.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../runner/system/until.ts';
import { bin, type Sandbox } from './binary.ts';

const run = promisify(execFile);

/** Undefined where there is none. */
export const tmuxVersion = ((): string | undefined => {
  try {
    return execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
})();

export interface TestTerminal {
  /** Types text as it is. */
  readonly type: (text: string) => Promise<void>;
  /** Presses keys by their names for tmux: `Enter`, `C-c`, `Up`. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** Text that arrives as one paste. */
  readonly paste: (text: string) => Promise<void>;
  /** What is on the screen, without blank lines at its end. */
  readonly screen: () => Promise<string>;
  /** The screen and what has left it at the top, lines joined that the terminal has broken. */
  readonly all: () => Promise<string>;
  /** Waits until the text is on the screen, or has been; from the last call of `clear` on. */
  readonly shows: (text: string | RegExp) => Promise<void>;
  /** Forgets what was shown. */
  readonly clear: () => Promise<void>;
  readonly resize: (columns: number, rows: number) => Promise<void>;
  /** Ends the program with SIGKILL. */
  readonly killProgram: () => Promise<void>;
  readonly close: () => Promise<void>;
}

let opened = 0;

/** Starts `lesson` with these arguments; when it has ended, the terminal shows its exit code as `[exit 0]`. */
export async function openTestTerminal(
  { dir }: Pick<Sandbox, 'dir'>,
  args: readonly string[],
  { columns = 80, rows = 24, env = {} as Readonly<Record<string, string>>, program = bin } = {},
): Promise<TestTerminal> {
  opened += 1; // a server that ends may still answer
  const socket = path.join(dir, `tmux-${opened}`);
  const tmux = async (...command: readonly string[]) =>
    (await run('tmux', ['-S', socket, '-f', '/dev/null', ...command], { env: environment })).stdout;
  const environment = { PATH: process.env.PATH, HOME: dir, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
  const quoted = [process.execPath, program, ...args]
    .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
    .join(' ');
  const variables = { LESSON_STATE_DIR: path.join(dir, 'state'), NO_COLOR: '1', ...env };
  const set = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const size = ['-x', String(columns), '-y', String(rows)];
  await tmux(
    'new-session',
    '-d',
    '-c',
    dir,
    ...size,
    ...set,
    `${quoted}; echo "[exit $?]"; trap '' INT; stty -echo; exec sleep 600`,
  );
  await tmux('set-option', '-g', 'history-limit', '20000');

  const all = async () => (await tmux('capture-pane', '-p', '-J', '-S', '-')).replaceAll(/[ \n]+$/gm, '');
  return {
    async type(text) {
      // A semicolon at the end of an argument separates commands of tmux.
      await tmux('send-keys', '-l', text.replace(/;$/, '\\;'));
    },
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    async paste(text) {
      await tmux('set-buffer', text);
      await tmux('paste-buffer', '-p');
    },
    screen: async () => (await tmux('capture-pane', '-p')).trimEnd(),
    all,
    async shows(text) {
      const isThere = async () => {
        const shown = await all();
        return typeof text === 'string' ? shown.includes(text) : text.test(shown);
      };
      const { signal } = new AbortController();
      if (await until(isThere, { timeoutMs: 60_000, everyMs: 10, signal })) return;
      throw new Error(`"${text}" was not shown:\n${await all()}`);
    },
    async clear() {
      await tmux('send-keys', '-R');
      await tmux('clear-history');
    },
    resize: async (x, y) => void (await tmux('resize-window', '-x', String(x), '-y', String(y))),
    async killProgram() {
      const shell = (await tmux('display-message', '-p', '#{pane_pid}')).trim();
      const child = childOf(shell);
      if (child !== undefined) process.kill(child, 'SIGKILL');
    },
    close: async () => void (await tmux('kill-server').catch(() => {})),
  };
}

/** Undefined where it has ended. */
function childOf(shell: string): number | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', shell], { encoding: 'utf8' });
  const [child = ''] = stdout.trim().split('\n');
  return child === '' ? undefined : Number(child);
}
