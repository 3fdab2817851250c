// The primitives, each with a container and its volume. Docker is asked each time: others may have changed something.

import { docker } from '../../../programs/docker.ts';
import { shellQuoted } from '../../../system/shell-quote.ts';
import { type Machines, singleUserSettings } from '../driver.ts';
import { configure, forgetSettings } from './configure.ts';
import { lastLines, listContainers, listMachines, listVolumes } from './containers.ts';
import { copyData } from './copy-data.ts';
import { hasFile, runBeside } from './data-folder.ts';
import { composeDown, containerOf, type DockerSite, projectOf, volumeOf } from './project.ts';
import { startContainers } from './start-containers.ts';

/** What the servers have in their metadata: their names are host names on their network. */
const port = 5432;

/** Where `docker/compose.yml` sets more than PostgreSQL does, data may need it to be recovered. */
const recoverySettings = ['wal_level=logical', 'max_prepared_transactions=200'];

export function dockerMachines(site: DockerSite): Machines {
  const { name } = site;
  const container = (node: string) => containerOf(name, node);
  const stateOf = async (node: string, signal: AbortSignal) =>
    (await listContainers(name, signal)).find((each) => each.node === node)?.state;
  const unpause = async (node: string, signal: AbortSignal) => {
    if ((await stateOf(node, signal)) === 'paused') await docker(['unpause', container(node)], { signal });
  };
  const destroy = async (node: string, signal: AbortSignal) => {
    await forgetSettings(site, node);
    await docker(['rm', '-f', '-v', container(node)], { signal });
    await docker(['volume', 'rm', '-f', volumeOf(name, node)], { signal });
  };
  return {
    list: (signal) => listMachines(name, signal),
    // Compose makes containers and volumes when it starts them.
    async create(nodes, signal) {
      const found = (await listMachines(name, signal)).map(({ node }) => node);
      for (const node of nodes) if (found.includes(node)) await destroy(node, signal);
    },
    start: (nodes, signal) => startContainers(site, nodes, signal),
    async stop(node, signal) {
      await unpause(node, signal); // one that is paused hears nothing
      if ((await stateOf(node, signal)) === 'running') {
        await docker(['stop', '-t', '30', container(node)], { signal });
      }
    },
    // Docker's own kill: all processes of the container at once.
    async kill(node, signal) {
      const state = await stateOf(node, signal);
      if (state === 'paused' || state === 'running') await docker(['kill', container(node)], { signal });
    },
    async pause(node, signal) {
      if ((await stateOf(node, signal)) === 'running') await docker(['pause', container(node)], { signal });
    },
    resume: unpause,
    destroy,
    async shutDown(signal) {
      const containers = await listContainers(name, signal);
      const paused = containers.filter(({ state }) => state === 'paused').map(({ node }) => container(node));
      if (paused.length > 0) await docker(['unpause', ...paused], { signal });
      if (containers.length > 0) await composeDown(name, ['-t', '2'], signal);
      return containers
        .filter(({ state }) => state === 'running' || state === 'paused')
        .map(({ node }) => node);
    },
    async destroyAll(signal) {
      await composeDown(name, ['-t', '0', '-v'], signal);
      const left = await listVolumes(name, signal); // of nodes that no file knows any more
      if (left.length > 0) {
        await docker(['volume', 'rm', '-f', ...left.map((node) => volumeOf(name, node))], { signal });
      }
    },
    copyData: (from, to, finish, signal) =>
      copyData(site, { from, to }, () => destroy(to, signal), finish, signal),
    configure: (settings, signal) => configure(site, settings, signal),
    hasFile: (node, file, signal) => hasFile(site, node, file, signal),
    async removeFile(node, file, signal) {
      await runBeside(site, node, `rm -f "$PGDATA"/${shellQuoted(file)}`, { signal });
      await forgetSettings(site, node);
    },
    async singleUser(node, { database, statements }, signal) {
      const settings = [...recoverySettings, ...singleUserSettings];
      const options = settings.map((set) => `-c ${shellQuoted(set)}`).join(' ');
      const script = `exec postgres --single -D "$PGDATA" ${options} ${shellQuoted(database)}`;
      await runBeside(site, node, script, { signal, user: 'postgres', input: statements });
    },
    async log(node, lines, signal) {
      return (await stateOf(node, signal)) === undefined ? [] : lastLines(name, node, lines, signal);
    },
    peer: async (node) => ({ host: node, port }),
    registered: async (node) => [node, port],
    // Names are host names in there: where the ports are does not matter.
    layout: async (nodes) => [site.blueprint.image, ...nodes].join(' '),
    dataLocation: `compose project ${projectOf(name)}`,
    byHand: `docker exec -it ${container('coordinator')} psql -U postgres`,
  };
}
