// A copy of the folders of all nodes, in the folder of their cluster.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '../../../system/files.ts';
import { mirrorFolder } from '../../../system/folder-mirror.ts';
import type { DataCopies } from '../driver.ts';
import type { LocalSite } from './blueprint.ts';

/** No node has such a name. */
const folder = '.checkpoint';
/** The record is not the driver's to put back. */
const leftOut = [folder, 'cluster.json', 'cluster-copy.json'];

export function dataCopies({ dir, state: { owner } }: LocalSite): DataCopies {
  const copies = join(dir, folder);
  return {
    keep: () => mirrorFolder(dir, copies, owner, leftOut),
    exist: () => exists(copies),
    putBack: () => mirrorFolder(copies, dir, owner, leftOut),
    remove: () => rm(copies, { recursive: true, force: true, maxRetries: 5 }),
  };
}
