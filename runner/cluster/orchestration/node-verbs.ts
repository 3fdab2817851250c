// What `lesson node` does to the servers of a cluster, each with the lock of the cluster held.
import { UserError } from '../../errors.ts';
import type { Servers } from '../port.ts';
import { addNode, removeNode, removeStrays } from './add-remove.ts';
import { explainFailure } from './failures.ts';
import { withSite } from './locks.ts';
import { findNode } from './node-record.ts';
import { publishAddresses } from './registration.ts';
import { machineOf, type Plot, type Site } from './site.ts';
import { makeStandby, promoteStandby } from './standby.ts';
import { startNodes, untilReady } from './start.ts';

type Verb = (site: Site, node: string, signal: AbortSignal) => Promise<unknown>;

export function nodeVerbs(plot: Plot): Servers {
  const locked = (what: string, signal: AbortSignal, use: (site: Site) => Promise<unknown>) => {
    const command = `lesson node ${what}`;
    return withSite(plot, command, signal, async (site) => {
      try {
        await removeStrays(site, signal);
        await use(site);
      } catch (error) {
        signal.throwIfAborted();
        throw await explainFailure(
          error,
          site,
          `"${command}" failed`,
          'Run "lesson node list" to see which servers run.',
        );
      }
    });
  };
  /** On a node that is there. */
  const verb = (what: string, use: Verb) => (node: string, signal: AbortSignal) =>
    locked(`${what} ${node}`, signal, (site) => {
      findNode(plot.name, site.record.nodes, node);
      return use(site, node, signal);
    });
  return {
    start: verb('start', startNode),
    stop: verb('stop', ({ machines }, node, signal) => machines.stop(node, signal)),
    kill: verb('kill', ({ machines }, node, signal) => machines.kill(node, signal)),
    pause: verb('pause', pauseNode),
    resume: verb('resume', resumeNode),
    remove: verb('remove', removeNode),
    promote: verb('promote', promoteStandby),
    add: (node, signal) => locked(`add ${node}`, signal, (site) => addNode(site, node, signal)),
    standby: (options, signal) =>
      locked(`standby ${options.of}`, signal, (site) => makeStandby(site, options, signal)),
  };
}

async function startNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  refuseReplaced(site, node);
  await startNodes(site, [node], signal);
}

async function resumeNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  refuseReplaced(site, node);
  const state = (await machineOf(site, node, signal))?.state;
  if (state !== 'up' && state !== 'paused') return;
  await site.machines.resume(node, signal); // who paused it may have been killed before all of it stood still
  await untilReady(site, node, signal);
  if (state === 'paused') await publishAddresses(site, true, signal);
}

/** @throws UserError for a primary that was replaced: beside its successor both would accept writes. */
function refuseReplaced(site: Site, node: string): void {
  const { replacedBy } = findNode(site.name, site.record.nodes, node);
  if (replacedBy === undefined) return;
  throw new UserError(`${replacedBy} was promoted in place of ${node}: both would accept writes`, {
    code: 'cluster',
    hint: `Make it a standby of the new primary: "lesson node standby ${replacedBy} --as ${node}".`,
  });
}

/** @throws UserError where there is nothing that could be paused. */
async function pauseNode(site: Site, node: string, signal: AbortSignal): Promise<void> {
  const state = (await machineOf(site, node, signal))?.state;
  if (state === 'paused') return;
  if (state === 'up' || state === 'starting') return site.machines.pause(node, signal);
  throw new UserError(`${node} is down: there is nothing to pause`, {
    code: 'cluster',
    hint: `Run "lesson node start ${node}" first.`,
  });
}
