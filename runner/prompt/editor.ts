// A text in the editor of the user.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Invocation } from '../invocation.ts';
import { runInForeground } from '../system/foreground.ts';

export type Edited =
  | { readonly kind: 'saved'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Opens $VISUAL, $EDITOR or vi, and returns the text that was saved. */
export async function editText(text: string, invocation: Invocation): Promise<Edited> {
  const { env } = invocation;
  const editor = env.VISUAL || env.EDITOR || 'vi';
  const dir = await mkdtemp(path.join(tmpdir(), 'lesson-edit-'));
  const file = path.join(dir, 'statement.sql');
  try {
    await writeFile(file, text === '' ? '' : `${text}\n`);
    const exitCode = await runInForeground(`${editor} "${file}"`, [], { ...invocation, shell: true });
    if (exitCode === undefined) {
      const message = `The editor "${editor}" was not found. Set EDITOR to the name of one.`;
      return { kind: 'failed', message };
    }
    if (exitCode !== 0) {
      return { kind: 'failed', message: `The editor "${editor}" failed with exit code ${exitCode}.` };
    }
    return { kind: 'saved', text: await readFile(file, 'utf8') };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
