// The learner's own editor on a text.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Invocation } from '../invocation.ts';
import type { Desk } from './desk.ts';

/** The text as it was saved; undefined where nothing was changed. */
export async function edit(
  text: string,
  kind: 'sql' | 'shell',
  { invocation }: Pick<Desk, 'invocation'>,
): Promise<string | undefined> {
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson-edit-'));
  try {
    const file = path.join(dir, kind === 'sql' ? 'block.sql' : 'block.sh');
    await writeFile(file, text);
    if (!(await openEditor(file, invocation))) return undefined;
    const saved = await readFile(file, 'utf8');
    return saved === text ? undefined : saved;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Whether it ended well. `$VISUAL` and `$EDITOR` may have arguments, so a shell starts them. */
export function openEditor(file: string, { env, stdin, stdout, stderr }: Invocation): Promise<boolean> {
  const editor = env.VISUAL || env.EDITOR || 'vi';
  const child = spawn("sh", ["-c", `${editor} "$1"`, "sh", file], { stdio: [stdin, stdout, stderr] });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => {
      if (code !== 0) stderr.write(`The editor "${editor}" ended with an error; set $EDITOR to another one.\n`);
      resolve(code === 0);
    });
  });
}
