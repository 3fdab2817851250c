// The opening line of a fence: which part the fence plays in the lesson, and its options.
import { captureName } from './captures.ts';
import { DURATION_FORM, readDuration } from './duration.ts';
import { nearest, unknownWord } from './nearest.ts';
import type { ReportProblem } from './problem.ts';
import type { EngineKind } from './types.ts';

/** What a fence is to the lesson. */
export type FenceRole =
  | 'block'
  | 'exercise'
  | 'solution'
  | 'wrong'
  | 'other-data'
  | 'result'
  | 'error'
  | 'output'
  | 'check'
  | 'hint'
  | 'predict';

export interface FenceHeader {
  readonly role: FenceRole;
  /** `sql` or `shell` for all that is run or stands for it. */
  readonly kind: 'sql' | 'shell';
  readonly options: FenceOptions;
  /** Whether the block goes on while those below it run. */
  readonly background: boolean;
  /** Whether the state after the block is held against the recorded one. */
  readonly state: boolean;
}

export interface FenceOptions {
  readonly name?: string;
  readonly node?: string;
  readonly as?: string;
  readonly timeout?: number;
  readonly retry?: number;
  readonly engine?: EngineKind;
  readonly exit?: number;
  /** How often a background block writes, in milliseconds. */
  readonly every?: number;
  /** The name of the background block that ends with this one. */
  readonly stop?: string;
  /** What of the state may differ from the recorded one. */
  readonly except?: readonly string[];
  /** The names under which the columns of the last result are kept. */
  readonly capture?: readonly string[];
}

type OptionName = keyof FenceOptions;

const captureForm =
  'one name for each column, of letters, digits and _ after a small letter, as capture=shard or capture="shard,node"';

const FLAGS = ['exercise', 'solution', 'wrong', 'other-data', 'ignore', 'background', 'state'] as const;
type Flag = (typeof FLAGS)[number];

const ON_EVERY_BLOCK = [
  'timeout',
  'retry',
  'engine',
  'stop',
  'state',
  'except',
  'exercise',
  'solution',
  'wrong',
  'ignore',
];
const ON_SQL = ['name', 'node', 'as', 'background', 'every', 'capture', 'other-data', ...ON_EVERY_BLOCK];
const ON_SHELL = ['name', 'exit', ...ON_EVERY_BLOCK];

/** What may be expected of one engine alone. */
const PER_ENGINE = ['result', 'error', 'output', 'check'];

const ATTACHED = ['result', 'error', 'output', 'check', 'hint', 'predict'] as const;

const OPTIONS_OF: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['sql', ON_SQL],
  ['bash', ON_SHELL],
  ['sh', ON_SHELL],
  ...ATTACHED.map((language): [string, string[]] => [
    language,
    PER_ENGINE.includes(language) ? ['engine', 'ignore'] : ['ignore'],
  ]),
]);

/** Reads the info string of a fence; undefined where it is shown only, or where a mistake was reported. */
export function readFenceHeader(info: string, line: number, report: ReportProblem): FenceHeader | undefined {
  const [, language = '', rest = ''] = /^([^\s{]*)\s*(.*)$/.exec(info) ?? [];
  const name = language.toLowerCase();
  const known = OPTIONS_OF.get(name);
  const kind = name === 'sql' ? 'sql' : 'shell';
  if (known === undefined) {
    const mistake = mistakenLanguage(name, rest);
    if (mistake !== undefined) report(line, mistake);
    return undefined;
  }
  const words = readWords(rest, line, report);
  const flags = new Set<Flag>();
  const options: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const { key, value } of words) {
    if (!known.includes(key)) report(line, unknownWord(`${name} option`, key, known));
    else if (seen.has(key)) report(line, `the option "${key}" stands twice`);
    else if (isFlag(key)) {
      flags.add(key);
      if (value !== undefined) report(line, `the option "${key}" takes no value, found "${value}"`);
    } else options[key] = readOption(key as OptionName, value, line, report);
    seen.add(key);
  }
  if (flags.has('ignore')) return undefined;
  const role = roleOf(name, flags, line, report);
  if (role === 'solution' || role === 'wrong' || role === 'other-data') {
    for (const key of Object.keys(options)) {
      report(line, `the option "${key}" belongs on the exercise, not on its {${role}}`);
    }
  }
  const background = flags.has('background');
  if (background) refuseOnBackground(role, options, line, report);
  else if (options.every !== undefined) report(line, 'the option "every" belongs to a {background} block');
  const state = flags.has('state');
  if (state) refuseState(role, background, line, report);
  else if (options.except !== undefined && role === 'block') {
    report(line, 'the option "except" belongs to an exercise or a {state} block');
  }
  return { role, kind, options, background, state: state || role === 'exercise' };
}

/** A background block is one INSERT, again and again, in a session of its own. */
function refuseOnBackground(
  role: FenceRole,
  options: FenceOptions,
  line: number,
  report: ReportProblem,
): void {
  if (role !== 'block') report(line, `a background block is no ${role}`);
  for (const key of ['as', 'retry', 'stop', 'capture'] as const) {
    if (options[key] !== undefined) report(line, `the option "${key}" does not go with background`);
  }
  if (options.name === undefined) {
    report(line, 'a background block needs a name, as sql {background name=writer}');
  }
}

function refuseState(role: FenceRole, background: boolean, line: number, report: ReportProblem): void {
  if (background) report(line, 'the option "state" does not go with background: rows are still written');
  else if (role === 'exercise') report(line, 'an exercise needs no "state": it is always compared');
  else if (role !== 'block') report(line, `the option "state" does not go with {${role}}`);
}

/** What an author meant who wrote a language that no highlighter knows; undefined for a language to be shown. */
function mistakenLanguage(language: string, rest: string): string | undefined {
  if (/[{\s]ignore\b/.test(rest)) return undefined;
  if (language === '' && rest.startsWith('{')) return `a fence starts with its language, as sql ${rest}`;
  if (['exercise', 'solution', 'wrong'].includes(language)) {
    return `unknown fence "${language}"; write sql {${language}} or bash {${language}}`;
  }
  if (language === 'other-data') return 'unknown fence "other-data"; write sql {other-data}';
  const [meant] = language.length >= 4 ? nearest(language, ATTACHED) : [];
  return (
    meant &&
    `unknown fence "${language}"; did you mean "${meant}"? To show it only, write ${language} {ignore}`
  );
}

function isFlag(key: string): key is Flag {
  return (FLAGS as readonly string[]).includes(key);
}

function roleOf(language: string, flags: ReadonlySet<Flag>, line: number, report: ReportProblem): FenceRole {
  const attached = ATTACHED.find((name) => name === language);
  if (attached !== undefined) return attached;
  const parts = [...flags].filter((flag) => flag !== 'background' && flag !== 'state' && flag !== 'ignore');
  if (parts.length > 1) report(line, `a fence is one of ${parts.join(', ')}, not several`);
  return parts[0] ?? 'block';
}

interface Word {
  readonly key: string;
  readonly value: string | undefined;
}

/** `{name=per-worker "timeout"=5s exercise}` to its words; values may be quoted. */
function readWords(text: string, line: number, report: ReportProblem): Word[] {
  if (text === '') return [];
  if (!text.startsWith('{')) {
    report(line, `found "${text}" after the language; options stand in braces, as {name=first}`);
    return [];
  }
  const words: Word[] = [];
  const word = /\s*(?:([\w-]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'{}]+)))?(?=[\s}]|$)|(\})|([^\s}]+))/y;
  word.lastIndex = 1;
  for (let match = word.exec(text); match !== null; match = word.exec(text)) {
    const [, key, double, single, bare, close, junk] = match;
    if (close !== undefined) {
      const after = text.slice(word.lastIndex).trim();
      if (after !== '') report(line, `found "${after}" after the options`);
      return words;
    }
    if (key !== undefined) words.push({ key, value: double ?? single ?? bare });
    else report(line, `found "${junk}" in the options; they are flags and key=value, with blanks between`);
  }
  report(line, `the options ${text} have no closing brace`);
  return words;
}

function readOption(key: OptionName, value: string | undefined, line: number, report: ReportProblem) {
  const wants = (form: string) => {
    const found = value === undefined ? 'no value' : `"${value}"`;
    report(line, `the option "${key}" is ${form}, found ${found}`);
    return undefined;
  };
  switch (key) {
    case 'name':
    case 'node':
    case 'as':
    case 'stop':
      return value || wants(`a name, as ${key}=${key === 'node' ? 'worker-1' : 'first'}`);
    case 'timeout':
    case 'retry':
    case 'every':
      return readDuration(value ?? '') ?? wants(DURATION_FORM);
    case 'engine':
      return value === 'citus' || value === 'built-in' ? value : wants('"citus" or "built-in"');
    case 'except': {
      const words = (value ?? '').split(/\s+/).filter((word) => word !== '');
      return words.length > 0 ? words : wants('what may differ, as except="events.created_at placements"');
    }
    case 'capture': {
      const names = (value ?? '').split(',').map((name) => name.trim());
      const isRight = names.every((name) => captureName.test(name)) && new Set(names).size === names.length;
      return isRight ? names : wants(captureForm);
    }
    case 'exit':
      return /^\d+$/.test(value ?? '') && Number(value) <= 255
        ? Number(value)
        : wants('a number from 0 to 255');
  }
}
