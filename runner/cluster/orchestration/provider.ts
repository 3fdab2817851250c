// The clusters of one driver, as commands know them.
import { openStateFolder } from '../../system/state-folder.ts';
import type { Driver } from '../drivers/driver.ts';
import type { ClusterProvider } from '../provider.ts';
import { openCluster } from './cluster.ts';
import { downCluster } from './down.ts';
import { listClusters } from './list.ts';
import { serverSql } from './server-sql.ts';
import type { Ground } from './site.ts';
import { upCluster } from './up.ts';

/** @param stateDir Where all state is; what is usual for the user and the platform unless given. */
export function providerOf(driver: Driver, stateDir?: string): ClusterProvider {
  const ground = async (): Promise<Ground> => ({
    driver,
    state: await openStateFolder(stateDir),
    sql: serverSql,
  });
  return {
    kind: driver.kind,
    async up(options) {
      const reporting = { ...(await ground()), report: options.report };
      const fresh = await upCluster(reporting, options);
      return { ...openCluster(reporting, options.name), fresh };
    },
    async find(name) {
      const cluster = openCluster(await ground(), name);
      await cluster.nodes();
      return cluster;
    },
    list: async () => listClusters(await ground()),
    down: async (name, options) => downCluster(await ground(), name, options),
  };
}
