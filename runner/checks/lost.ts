// `lost: 0`: acknowledged writes of the lesson's background blocks that are not there. `lost: some` where the lesson
// shows that they can be lost. `lost: {writer: some}`: of one of them.

import { plural } from '../lesson/plural.ts';
import { type Examine, type Finding, judge, type Probe, quoteIdentifier } from './check.ts';

type Loss = number | 'some';

export const lost: Examine<'lost'> = async (expected, probe) => {
  const writers = probe.writers();
  const losses = typeof expected === 'object' ? expected : ofEach(writers, expected);
  const findings: Finding[] = [];
  for (const [name, each] of Object.entries(losses)) {
    const writer = writers.find((known) => known.name === name);
    findings.push(writer ? await examineWriter(writer, each, probe) : nothingWrote(name, each));
  }
  return findings.length > 0 ? findings : [nothingWrote('a background block', expected)];
};

const ofEach = (writers: readonly Writer[], expected: Loss) =>
  Object.fromEntries(writers.map(({ name }) => [name, expected]));

const nothingWrote = (name: string, expected: unknown): Finding => ({
  title: `lost writes of ${name}`,
  passed: false,
  expected: `${expected} lost`,
  actual: 'no writes',
});

type Writer = ReturnType<Probe['writers']>[number];

async function examineWriter(
  { name, table, column, acknowledged }: Writer,
  expected: Loss,
  probe: Probe,
): Promise<Finding> {
  const wanted = [...acknowledged];
  const rows = await probe.coordinator(`SELECT ${quoteIdentifier(column)}::text FROM ${table}`);
  const there = new Set(rows.map(([number]) => number));
  const missing = wanted.filter((number) => !there.has(String(number)));
  const passed =
    wanted.length > 0 && (expected === 'some' ? missing.length > 0 : missing.length === expected);
  const which = missing.length > 0 ? ` (${ranges(missing)})` : '';
  const actual = `${missing.length} of ${wanted.length} acknowledged writes of "${name}" lost${which}`;
  const claim =
    missing.length === 0
      ? `${plural(wanted.length, 'acknowledged write')} of "${name}", and none lost`
      : actual;
  return judge(passed, { title: `lost writes of ${name}`, claim, expected: `${expected} lost`, actual });
}

/** `3, 7–9`. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[1] + 1 === number) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
