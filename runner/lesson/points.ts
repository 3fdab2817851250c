// What exercises are worth, in front matter: `{distribute-the-orders: 3, count-them: {result: 2, tasks: 1}}`.
import type { ReportProblem } from './problem.ts';
import type { PointRule, Points } from './types.ts';
import type { YamlNode } from './yaml-node.ts';

const pointsForm =
  'the points of exercises, by the id of the step: a number, or a number for each kind of check';

export function readPoints(node: YamlNode, report: ReportProblem): Points | undefined {
  if (node.kind !== 'map') {
    report(node.line, `"points" is ${pointsForm}`);
    return undefined;
  }
  const points = node.entries.flatMap(({ key, line, value }): readonly [string, PointRule][] => {
    const worth = value.kind === 'map' ? readKinds(value.entries, report) : readNumber(value, report);
    return worth === undefined ? [] : [[key, { line, worth }]];
  });
  return Object.fromEntries(points);
}

function readKinds(
  entries: readonly { readonly key: string; readonly value: YamlNode }[],
  report: ReportProblem,
): Readonly<Record<string, number>> {
  const kinds = entries.flatMap(({ key, value }): readonly [string, number][] => {
    const worth = readNumber(value, report);
    return worth === undefined ? [] : [[key, worth]];
  });
  return Object.fromEntries(kinds);
}

function readNumber(node: YamlNode, report: ReportProblem): number | undefined {
  if (node.kind === 'text' && /^\d{1,4}(\.\d{1,2})?$/.test(node.text)) return Number(node.text);
  report(node.line, 'points are a number from 0 to 9999, with two decimals at most');
  return undefined;
}
