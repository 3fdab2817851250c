// Answers that only look right, `LESSON.md` in this folder: under the step of each exercise, what they try in their first line.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Cheat {
  readonly step: string;
  readonly text: string;
  readonly place: { readonly file: string; readonly line: number };
}

export async function readCheats(file: string): Promise<readonly Cheat[]> {
  const text = await readFile(file, 'utf8');
  let step = '';
  return [...text.matchAll(/^## (.+)$|^```\w+\n((?:.*\n)*?)```$/gm)].flatMap(
    ({ 1: heading, 2: body, index }) => {
      step = heading ?? step;
      const line = text.slice(0, index).split('\n').length;
      return body === undefined ? [] : [{ step, text: body, place: { file: path.basename(file), line } }];
    },
  );
}
