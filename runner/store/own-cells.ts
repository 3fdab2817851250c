// What a learner wrote on the page that is no answer to an exercise: `answers/LESSON/page.json` in the learner's folder.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { jsonFile } from '../system/json-file.ts';
import type { LearnerFolder } from './learner-folder.ts';

export interface OwnCells {
  /** By the id of the block: what stands there in the place of the author's text. */
  readonly drafts: Readonly<Record<string, string>>;
  /** Cells of the learner, in the order in which they were made. */
  readonly scratch: readonly ScratchCell[];
}

export interface ScratchCell {
  readonly id: string;
  /** The block below which it stands. */
  readonly after: string;
  readonly text: string;
}

export interface OwnCellsFile {
  read(): Promise<OwnCells>;
  /** One change after the other, each with what the file holds then. */
  change(change: (before: OwnCells) => OwnCells): Promise<void>;
}

const none: OwnCells = { drafts: {}, scratch: [] };

export function ownCellsFile(folder: LearnerFolder, lesson: string): OwnCellsFile {
  const dir = folder.answersOf(lesson);
  const file = jsonFile<OwnCells>(path.join(dir, 'page.json'), { isValid });
  const read = async () => (await file.read()) ?? none;
  let changing = Promise.resolve();
  return {
    read,
    change(change) {
      const changed = changing.then(async () => {
        await mkdir(dir, { recursive: true });
        await file.write(change(await read()));
      });
      changing = changed.catch(() => {});
      return changed;
    },
  };
}

/** Without the draft, where the text is the author's. */
export const withDraft =
  (block: string, text: string, author: string) =>
  ({ drafts, scratch }: OwnCells): OwnCells => {
    const { [block]: _, ...others } = drafts;
    return { scratch, drafts: text === author ? others : { ...others, [block]: text } };
  };

export const withScratch =
  (cell: ScratchCell) =>
  ({ drafts, scratch }: OwnCells): OwnCells => {
    const at = scratch.findIndex(({ id }) => id === cell.id);
    return { drafts, scratch: at === -1 ? [...scratch, cell] : scratch.with(at, cell) };
  };

export const withoutScratch =
  (removed: string) =>
  ({ drafts, scratch }: OwnCells): OwnCells => ({
    drafts,
    scratch: scratch.filter(({ id }) => id !== removed),
  });

function isValid(value: unknown): value is OwnCells {
  const { drafts, scratch } = (value ?? {}) as Partial<OwnCells>;
  const isText = (each: unknown) => typeof each === 'string';
  return (
    typeof drafts === 'object' &&
    drafts !== null &&
    Object.values(drafts).every(isText) &&
    Array.isArray(scratch) &&
    scratch.every((cell) => isText(cell?.id) && isText(cell?.after) && isText(cell?.text))
  );
}
