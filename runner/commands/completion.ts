// `lesson completion bash`: a script for the start of a shell, in which Tab asks this program (see `complete.ts`).
import { readFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { unknownWord } from '../lesson/nearest.ts';
import { completionScript } from '../paths.ts';

interface Options {
  readonly shell: string;
}

const shells = ['bash', 'zsh', 'fish'];

export async function completion({ shell }: Options, { stdout }: Invocation): Promise<number> {
  if (!shells.includes(shell)) throw new UserError(unknownWord('shell', shell, shells), { code: 'usage' });
  stdout.write(await readFile(completionScript(shell), 'utf8'));
  return exitCodes.ok;
}
