// Ready means a query answers.
import { UserError } from '../../../errors.ts';
import { withClient } from '../../connect/client.ts';
import { addressOf } from './address.ts';
import type { ClusterRecord, NodeRecord } from './record.ts';

/** @throws UserError that names the node which does not answer within 5 s, or not to our password. */
export async function checkAnswers({ nodes, password }: ClusterRecord, signal: AbortSignal): Promise<void> {
  const wanted = nodes.filter(({ replacedBy }) => replacedBy === undefined);
  await Promise.all(wanted.map((node) => checkNode(node, password, signal)));
}

/** As `checkAnswers`, of one node. */
export async function checkNode(node: NodeRecord, password: string, signal: AbortSignal): Promise<void> {
  try {
    const options = { signal, database: 'template1', timeoutMs: 5000 };
    await withClient(addressOf(node, password), options, (client) => client.query('SELECT 1'));
  } catch (cause) {
    signal.throwIfAborted();
    throw new UserError(
      `${node.name} (127.0.0.1:${node.port}) runs but does not answer: ${(cause as Error).message}`,
      {
        code: 'cluster',
        hint: `Look at "lesson logs ${node.name}", or start afresh with "lesson down --purge" and "lesson up".`,
        cause,
      },
    );
  }
}
