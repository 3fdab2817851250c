// `npm run conformance`: all cases on the built-in engine; with `-- --cluster postgres://…` on that cluster.
// @ts-check
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values } = parseArgs({ options: { cluster: { type: 'string' } } });
if (values.cluster !== undefined) process.env.CONFORMANCE_CLUSTER = values.cluster;
const vitest = await startVitest('test', ['test/conformance/'], { watch: false });
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
await vitest.close();
for (const test of tests) {
  const { score } = /** @type {{ score?: string }} */ (test.meta());
  if (score !== undefined) console.log(score);
}
