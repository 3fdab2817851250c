// Whom to ask before something is removed or run.
import type { Invocation } from '../invocation.ts';

/** A question that can be answered with yes or no. */
export type Confirm = (question: string) => Promise<boolean>;

/** Undefined where nobody is at a terminal. */
export async function terminalConfirm(invocation: Invocation): Promise<Confirm | undefined> {
  const { stdin, stdout } = invocation;
  if (stdin.isTTY !== true || stdout.isTTY !== true) return undefined;
  const { confirm } = await import('../learner/keys.ts');
  return (question) => confirm(question, invocation);
}
