// `lost: 0`: acknowledged writes of the lesson's background blocks that are not there. `lost: some` where the lesson
// shows that they can be lost.
import { type CheckKind, type Finding, type Probe, quoteIdentifier } from './check.ts';
import { count, either, oneOf } from './shape.ts';

export const lost: CheckKind<number | 'some'> = {
  value: either(count, oneOf('some')),
  async examine(expected, probe) {
    const writers = probe.writers();
    if (writers.length === 0) {
      return [{ title: 'lost writes', held: false, expected: `${expected}`, actual: 'nothing wrote' }];
    }
    const findings: Finding[] = [];
    for (const writer of writers) findings.push(await examineWriter(writer, expected, probe));
    return findings;
  },
};

type Writer = ReturnType<Probe['writers']>[number];

async function examineWriter(
  { name, table, column, acknowledged }: Writer,
  expected: number | 'some',
  probe: Probe,
): Promise<Finding> {
  const wanted = [...acknowledged];
  const rows = await probe.coordinator(`SELECT ${quoteIdentifier(column)}::text FROM ${table}`);
  const there = new Set(rows.map(([number]) => number));
  const missing = wanted.filter((number) => !there.has(String(number)));
  const held = wanted.length > 0 && (expected === 'some' ? missing.length > 0 : missing.length === expected);
  const which = missing.length > 0 ? ` (${ranges(missing)})` : '';
  const actual = `${missing.length} of ${wanted.length} acknowledged writes of "${name}" lost${which}`;
  return { title: actual, held, expected: `${expected} lost`, actual };
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
