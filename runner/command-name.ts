// How this program is called here: texts say `lesson run`, and where that is not on the PATH a person needs another form.
import { realpathSync } from 'node:fs';
import path from 'node:path';

export interface Start {
  /** The file that Node was told to run. */
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `lesson`, `npx lesson`, or `node` with the file. */
export function commandName({ script, cwd, env }: Start): string {
  if (env.LESSON_COMMAND) return env.LESSON_COMMAND; // the shell blocks of a lesson set it
  const program = real(script);
  const found = (env.PATH ?? '')
    .split(path.delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => path.join(dir, 'lesson'))
    .find((file) => real(file) !== undefined);
  if (program !== undefined && found !== undefined && real(found) === program) {
    // npm puts this folder on the PATH of what it runs, and only there.
    const byNpm =
      env.npm_command !== undefined && path.dirname(found).endsWith(path.join('node_modules', '.bin'));
    return byNpm ? npx(program) : 'lesson';
  }
  const relative = path.relative(cwd, script);
  const file = relative.startsWith('..') ? script : relative;
  return `node ${/^[\w./\\:@+-]+$/.test(file) ? file : `'${file}'`}`;
}

/** Of a package that npx fetched, the name; `lesson` would be somebody else's package. To one on this machine it links. */
const npx = (program: string): string =>
  program.includes(`${path.sep}_npx${path.sep}`) ? 'npx pg-lessons' : 'npx lesson';

/** A text of ours in which commands stand between double quotes: `Run "lesson up".` */
export function withCommand(text: string, command: string): string {
  return text.replace(/"lesson(?=[ "])/g, `"${command}`);
}

function real(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
