// `npm run conformance`: all cases on the built-in engine; with `-- --cluster postgres://…` on that cluster.
// @ts-check
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values } = parseArgs({ options: { cluster: { type: 'string' } } });
process.env.CONFORMANCE_VERBOSE = '1';
if (values.cluster !== undefined) process.env.CONFORMANCE_CLUSTER = values.cluster;
const vitest = await startVitest('test', ['test/conformance/'], { watch: false });
await vitest.close();
