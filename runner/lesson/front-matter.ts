// What stands between two lines `---` at the start of a lesson.
import { unknownWord } from './nearest.ts';
import { readPoints } from './points.ts';
import type { ReportProblem } from './problem.ts';
import type { Points, WorkersNeeded } from './types.ts';
import { readYaml } from './yaml.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

export interface FrontMatter {
  readonly title?: string;
  readonly minutes?: number;
  /** The names of the files, each with its line. */
  readonly init?: readonly InitName[];
  readonly workers?: WorkersNeeded;
  readonly points?: Points;
}

export interface InitName {
  readonly name: string;
  readonly line: number;
}

const KEYS = ['title', 'minutes', 'init', 'workers', 'points'] as const;

/** The front matter and the first line after it, from 1; without one, that is line 1. */
export function readFrontMatter(
  lines: readonly string[],
  report: ReportProblem,
): { matter: FrontMatter; next: number } {
  if (lines[0]?.trimEnd() !== '---') return { matter: {}, next: 1 };
  const end = lines.findIndex((line, i) => i > 0 && /^(---|\.\.\.)\s*$/.test(line));
  if (end === -1) {
    report(1, 'the front matter has no closing line ---');
    return { matter: {}, next: 2 };
  }
  return { matter: readKeys(lines.slice(1, end).join('\n'), report), next: end + 2 };
}

function readKeys(text: string, report: ReportProblem): FrontMatter {
  const node = readYaml(text, 2, report);
  if (node === undefined) return {};
  if (node.kind !== 'map') {
    report(node.line, `the front matter is keys and values, one a line; known: ${KEYS.join(', ')}`);
    return {};
  }
  const matter: Record<string, unknown> = {};
  for (const entry of node.entries) {
    const key = KEYS.find((known) => known === entry.key);
    if (key === undefined) report(entry.line, unknownWord('key', entry.key, KEYS));
    else {
      const value = readValue(key, entry, report);
      if (value !== undefined) matter[key] = value;
    }
  }
  return matter;
}

const initForm = 'false, the path of an SQL file, or a list of such paths';

function readNames(value: YamlNode): readonly InitName[] | undefined {
  const nodes = value.kind === 'list' ? value.items : [value];
  const names = nodes.flatMap((node) =>
    node.kind === 'text' && isSqlFile.test(node.text) ? [{ name: node.text, line: node.line }] : [],
  );
  return names.length > 0 && names.length === nodes.length ? names : undefined;
}

/** A path from the folder of the lesson. */
const isSqlFile = /^[^/\\].*\.sql$/i;

const wholeNumber = /^[1-9]\d{0,5}$/;

function readValue(key: (typeof KEYS)[number], { value, line }: YamlEntry, report: ReportProblem) {
  const text = value.kind === 'text' ? value.text : undefined;
  const wants = (form: string) => {
    report(line, `"${key}" is ${form}, found ${text === undefined ? `a ${value.kind}` : `"${text}"`}`);
    return undefined;
  };
  switch (key) {
    case 'title':
      return text?.trim() || wants('the title of the lesson');
    case 'minutes':
      return text !== undefined && wholeNumber.test(text) ? Number(text) : wants('a whole number from 1');
    case 'workers': {
      const [exactly, count = ''] = text?.startsWith('exactly ') ? [true, text.slice(8)] : [false, text];
      return wholeNumber.test(count)
        ? { count: Number(count), exactly }
        : wants('a whole number from 1, or "exactly 2"');
    }
    case 'points':
      return readPoints(value, report);
    case 'init':
      if (text === 'true') return undefined;
      return text === 'false' ? [] : (readNames(value) ?? wants(initForm));
  }
}
