// A `check` fence: YAML in which each key is a check of `check-values.ts`.
import { blame, text } from './check-shape.ts';
import { fillNode, withoutLines } from './check-template.ts';
import { type CheckName, checkValues } from './check-values.ts';
import { DURATION_FORM, readDuration } from './duration.ts';
import { unknownWord } from './nearest.ts';
import type { ReportProblem } from './problem.ts';
import type { Check, ChecksExpectation, Place } from './types.ts';
import { readYaml } from './yaml.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

export const CHECK_NAMES = Object.keys(checkValues) as readonly CheckName[];

/** Reads the text of a `check` fence; `place` is that of the fence, the text starts on the next line. */
export function readChecks(source: string, place: Place, report: ReportProblem): ChecksExpectation {
  let broken = false;
  const node = readYaml(source, place.line + 1, (line, message) => {
    broken = true;
    report(line, message);
  });
  const checks: Check[] = [];
  if (node?.kind === 'map') {
    for (const entry of node.entries) {
      const check = readCheck(entry, place.file, report);
      if (check !== undefined) checks.push(check);
    }
  } else if (!broken) {
    report(
      node?.line ?? place.line,
      `a check fence has checks, as "shards: 4"; known: ${CHECK_NAMES.join(', ')}`,
    );
  }
  return { kind: 'checks', place, checks };
}

function readCheck({ key, line, value }: YamlEntry, file: string, report: ReportProblem): Check | undefined {
  const kind = CHECK_NAMES.find((known) => known === key);
  if (kind === undefined) {
    report(line, unknownWord('check', key, CHECK_NAMES));
    return undefined;
  }
  const { is, extra } = unwrap(kind, value, report);
  if (is === undefined) return undefined;
  const shape = checkValues[kind];
  const names: string[] = [];
  const filled = fillNode(is, kind, (name) => {
    names.push(name);
    return placeholder;
  });
  const rule = shape.read(filled);
  if (rule === undefined) {
    const { node, form } = blame(shape, is);
    report(node.line, `the check "${kind}" wants ${form}, found ${describe(node)}`);
    return undefined;
  }
  return {
    kind,
    is: rule,
    place: { file, line },
    ...(names.length > 0 && { written: withoutLines(is) }),
    ...extra,
  } as Check;
}

/** A value, a part of a name, and SQL. */
const placeholder = '1';

/** What other checks claim can be told from their values. */
const wrapperKeys = (kind: CheckName) => ['is', ...(kind === 'true' ? ['claim'] : []), 'say', 'eventually'];

interface Unwrapped {
  readonly is: YamlNode | undefined;
  readonly extra: Pick<Check, 'claim' | 'say' | 'eventuallyMs'>;
}

/** A map with the key `is` is `{is: …, say: …, eventually: …}`; a table of that name needs its schema. */
function unwrap(kind: CheckName, value: YamlNode, report: ReportProblem): Unwrapped {
  if (value.kind !== 'map' || !value.entries.some(({ key }) => key === 'is')) return { is: value, extra: {} };
  let is: YamlNode | undefined;
  let extra: Unwrapped['extra'] = {};
  for (const { key, line, value: part } of value.entries) {
    if (key === 'is') is = part;
    else if (key === 'say' || (key === 'claim' && kind === 'true')) {
      const sentence = text.read(part);
      if (sentence === undefined) report(line, `"${key}" is a sentence, found ${describe(part)}`);
      else extra = { ...extra, [key]: sentence };
    } else if (key === 'eventually') {
      const eventuallyMs = part.kind === 'text' ? readDuration(part.text) : undefined;
      if (eventuallyMs === undefined)
        report(line, `"eventually" is ${DURATION_FORM}, found ${describe(part)}`);
      else extra = { ...extra, eventuallyMs };
    } else report(line, `in the check "${kind}": ${unknownWord('key', key, wrapperKeys(kind))}`);
  }
  return { is, extra };
}

function describe(node: YamlNode): string {
  if (node.kind !== 'text') return `a ${node.kind}`;
  return node.text === '' ? 'nothing' : `"${node.text}"`;
}
