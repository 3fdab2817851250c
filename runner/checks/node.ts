// `node: {worker-2: down}`: whether the server of a node is up, down or paused.
import { compare, type Examine } from './check.ts';

export const node: Examine<'node'> = async (expected, probe) => {
  const nodes = await probe.nodes();
  return Object.entries(expected).map(([name, state]) => {
    const found = nodes.find((each) => each.name === name);
    return compare({
      title: `server of ${name}`,
      claim: `the server of ${name} is ${state}`,
      expected: state,
      actual: found?.state ?? 'no such node',
    });
  });
};
