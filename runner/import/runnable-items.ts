// Blocks that cannot run as a lesson are shown instead, and what cannot be expected of one is left out: a draft passes `lint`.
import { lintStatements } from '../lesson/lint-sql.ts';
import { readResult } from '../lesson/result-fence.ts';
import type { SqlParser } from '../lesson/sql.ts';
import type { FenceText, Import, ImportedBlock, Item, Left } from './draft.ts';

const nowhere = { file: '', line: 0 };

export function runnableItems(found: Import, parser: SqlParser): Pick<Import, 'items' | 'left'> {
  const left: Left[] = [...found.left];
  const items = found.items.flatMap((item): readonly Item[] => {
    if (item.kind !== 'block') return [item];
    if (item.text.trim() === '') return [];
    const note = (why: string) => void left.push({ where: item.where, why });
    const block = { ...item, below: item.below.filter((fence) => suits(item, fence, note)) };
    if (!isSql(block)) return [block];
    const looked = countStatements(block, parser);
    if (looked.why === undefined) return [withoutSurplus(block, looked.count, note)];
    note(`${looked.why}; it is shown, not run`);
    return [{ kind: 'shown', language: 'sql', text: block.text }];
  });
  return { items, left: left.toSorted((a, b) => numberIn(a) - numberIn(b)) };
}

/** Of the line or the cell. */
const numberIn = ({ where }: Left): number => Number(/\d+/.exec(where));

const isSql = ({ info }: ImportedBlock): boolean => info.startsWith('sql');

/** Why a server would not take the statements, where the lesson does not show that it does not. */
function countStatements({ text, below }: ImportedBlock, parser: SqlParser) {
  let why: string | undefined;
  const report = (_level: unknown, _rule: unknown, _place: unknown, message: string) => {
    why ??= message;
  };
  const mayFail = below.some(({ info }) => info === 'error');
  const count = lintStatements(text, nowhere, parser, report, { mayFail }) ?? 0;
  return { count, why: why ?? (count === 0 ? 'there is no statement, only comments' : undefined) };
}

function withoutSurplus(
  block: ImportedBlock,
  statements: number,
  note: (why: string) => void,
): ImportedBlock {
  const results = block.below.filter(({ info }) => info === 'result');
  if (results.length <= statements) return block;
  note('it has more results than statements');
  return { ...block, below: block.below.filter(({ info }) => info !== 'result') };
}

/** Whether a fence can stand below the block: a shell block has an output, SQL has results or an error. */
function suits(block: ImportedBlock, { info, text }: FenceText, note: (why: string) => void): boolean {
  if (info === 'output' || !isSql(block)) return info === 'output' && !isSql(block);
  if (info === 'error') return text.trim() !== '';
  if (block.below.some((other) => other.info === 'error' && other.text.trim() !== '')) return false;
  let isBroken = false;
  readResult(text, nowhere, () => {
    isBroken = true;
  });
  if (isBroken) note('its result cannot be written as a table');
  return !isBroken;
}
