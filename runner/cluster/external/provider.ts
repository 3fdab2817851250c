// Clusters that exist already, each reached by a URL; under a name there is nothing but that URL, without its password.
import { callerEnvironment } from '../../caller-environment.ts';
import { locate } from '../../connect/location.ts';
import { requireOwnSession } from '../../connect/pooler.ts';
import { reach } from '../../connect/reach.ts';
import { isUrl, withoutPassword } from '../../connect/url.ts';
import { UserError } from '../../errors.ts';
import { forgetKind, readKinds } from '../cluster-kinds.ts';
import type { Cluster, NodeStatus } from '../port.ts';
import type { ClusterProvider, ClusterStatus, UpCluster, UpOptions } from '../provider.ts';
import { openCluster } from './cluster.ts';
import { inspect } from './inspect.ts';
import { statusOf } from './nodes.ts';

const silent = () => {};

/** @param url Of the cluster that is meant, whatever its name; without it, names mean what is recorded. */
export function externalProvider(url?: string): ClusterProvider {
  return {
    kind: 'external',
    ...(url !== undefined && { url: withoutPassword(url) }),
    up: async (options) => upExternal(await urlOf(options.name, url), options),
    async find(name): Promise<Cluster> {
      return openCluster({
        name,
        location: await locate(await urlOf(name, url), callerEnvironment()),
        report: silent,
      });
    },
    list,
    async down(name) {
      await urlOf(name);
      await forgetKind(name);
      return { stopped: [] };
    },
  };
}

async function urlOf(name: string, url?: string): Promise<string> {
  const known = url ?? (await readKinds())[name];
  if (known !== undefined && isUrl(known)) return known;
  throw new UserError(`the URL of the cluster "${name}" is not known`, {
    code: 'cluster',
    hint: 'Specify it with --cluster postgres://user@host:5432/database',
  });
}

async function upExternal(url: string, { name, workers = 0, report, signal }: UpOptions): Promise<UpCluster> {
  const location = await locate(url, callerEnvironment());
  const address = await reach(location, signal);
  await requireOwnSession(address, signal);
  const found = await inspect(address, signal);
  if (found.workers < workers) {
    report(
      `The cluster has ${found.workers} of ${workers} workers. Workers are not added to a cluster that lesson does not manage.`,
    );
  }
  return { ...openCluster({ name, location, report }), fresh: false };
}

/** How long a server may take to answer before it counts as down. */
const connectMs = 3_000;

async function list(): Promise<readonly ClusterStatus[]> {
  const urls = Object.entries({ ...(await readKinds()), ...ofTheLesson() }).filter(([, cluster]) =>
    isUrl(cluster),
  );
  return Promise.all(
    urls.map(async ([name, url]): Promise<ClusterStatus> => {
      return { kind: 'external', name, dataLocation: url, condition: 'sound', nodes: await nodesOf(url) };
    }),
  );
}

/** In a shell block: the cluster of the lesson, which may be known under no name. */
function ofTheLesson(): Readonly<Record<string, string>> {
  const { LESSON_NAME: name, LESSON_CLUSTER: cluster } = process.env;
  return name && cluster ? { [name]: cluster } : {};
}

async function nodesOf(url: string): Promise<readonly NodeStatus[]> {
  const location = await locate(url, callerEnvironment());
  const signal = AbortSignal.timeout(connectMs);
  try {
    return await statusOf(await reach(location, signal), signal);
  } catch {
    const { host, port, user, database } = location;
    const address = { host, port, user, database, password: '' };
    return [{ name: 'coordinator', role: 'coordinator', state: 'down', address }];
  }
}
