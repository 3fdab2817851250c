// A node in one line, for `lesson status` and `lesson node list`.
import type { NodeStatus } from '../cluster/port.ts';

/** @param width Of the longest name. */
export function describeNode(
  { name, state, role, address, pid, follows, replacedBy }: NodeStatus,
  width: number,
): string {
  const parts = [name.padEnd(width), state.padEnd('paused'.length)];
  if (state !== 'down') parts.push(`${address.host}:${address.port}`);
  if (pid !== undefined) parts.push(`process ${pid}`);
  if (follows !== undefined) parts.push(`standby of ${follows}`);
  else if (name !== role && name !== 'postgres' && !name.startsWith(`${role}-`)) parts.push(role);
  if (replacedBy !== undefined) parts.push(`replaced by ${replacedBy}`);
  return parts.join('  ').trimEnd();
}
