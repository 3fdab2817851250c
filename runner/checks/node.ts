// `node: {worker-2: down}`: whether the server of a node is up, down or paused.
import type { PerTable } from '../lesson/types.ts';
import { type CheckKind, compare } from './check.ts';
import { oneOf, perTable } from './shape.ts';

type State = 'up' | 'down' | 'paused';

export const node: CheckKind<PerTable<State>> = {
  value: perTable(oneOf<State>('up', 'down', 'paused'), 'node'),
  async examine(expected, probe) {
    const nodes = await probe.nodes();
    return Object.entries(expected).map(([name, state]) => {
      const found = nodes.find((each) => each.name === name);
      return compare(`server of ${name}`, state, found?.state ?? 'no such node');
    });
  },
};
