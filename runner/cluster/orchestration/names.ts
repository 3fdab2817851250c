// What clusters and their nodes may be called.
import { UserError } from '../../errors.ts';

/** @throws UserError for what could not be a folder, or part of the name of a container. */
export function checkClusterName(name: string): void {
  if (/^[a-z0-9][a-z0-9_-]{0,29}$/.test(name)) return;
  throw new UserError(`"${name}" is not a valid name for a cluster`, {
    code: 'usage',
    hint: 'Use up to 30 lowercase letters, digits, "-" and "_", starting with a letter or digit.',
  });
}

/** Files of the cluster's own stand beside the folders of its nodes. */
const taken = ['engine', 'pgpass'];

/** @throws UserError */
export function checkNodeName(node: string): void {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(node) && !taken.includes(node)) return;
  throw new UserError(`"${node}" is not a valid name for a node`, {
    code: 'usage',
    hint: 'Use up to 40 lowercase letters, digits and "-", starting with a letter: worker-3.',
  });
}
