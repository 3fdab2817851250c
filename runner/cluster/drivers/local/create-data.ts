// Gives machines their data: a copy of a template, whose server never ran.

import { installEngine } from '../../../programs/engine-extension.ts';
import { readIfThere, writePrivate } from '../../../system/files.ts';
import { copyFolder, makePrivate } from '../../../system/folder-copy.ts';
import { findFreePorts } from '../../../system/free-ports.ts';
import { makeFolder } from '../../../system/state-folder.ts';
import { hasBuiltIn, type LocalSite } from './blueprint.ts';
import { dataDir, engineFolder, initialPasswordFile, nodeDir, passFile, portFile } from './paths.ts';
import { constantFolder, getTemplate } from './template.ts';

/** What the servers connect to each other with; libpq reads it at each connection. */
export async function writePassFile({ state, dir, password }: LocalSite): Promise<void> {
  const file = passFile(dir);
  const text = `*:*:*:postgres:${password}\n`;
  if ((await readIfThere(file)) !== text) await writePrivate(file, text, state.owner);
}

/** Of machines that are not there. */
export async function createData(
  site: LocalSite,
  nodes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { state, dir, blueprint } = site;
  const { owner } = state;
  const template = await getTemplate(state, blueprint, signal);
  const ports = await findFreePorts(nodes.length);
  await makeFolder(dir, owner);
  await writePassFile(site);
  if (hasBuiltIn(blueprint)) {
    await installEngine(engineFolder(dir));
    makePrivate(engineFolder(dir), owner);
  }
  for (const [i, node] of nodes.entries()) {
    await makeFolder(nodeDir(dir, node), owner);
    await writePrivate(portFile(dir, node), String(ports[i]), owner);
    await writePrivate(initialPasswordFile(dir, node), template.password, owner);
  }
  const constant = constantFolder(template.dataDir);
  const copies = nodes.map((node) => dataDir(dir, node));
  await copyFolder(template.dataDir, copies, { owner, constant });
}
