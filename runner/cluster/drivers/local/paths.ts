// Where the files of a local cluster are, in its folder.
import { join } from 'node:path';

export const nodeDir = (cluster: string, node: string): string => join(cluster, node);
export const dataDir = (cluster: string, node: string): string => join(cluster, node, 'data');
/** The data of a standby while it is copied. */
export const halfDir = (cluster: string, node: string): string => join(cluster, node, 'data.half');
export const logFile = (cluster: string, node: string): string => join(cluster, node, 'server.log');
/** The port on which its server listens, or did when it was last up. */
export const portFile = (cluster: string, node: string): string => join(cluster, node, 'port');
/** There until a server that was made from a template has the password of its cluster: holds that of the template. */
export const initialPasswordFile = (cluster: string, node: string): string =>
  join(cluster, node, 'initial-password');
/** There while the server is down in order: see data-seal.ts. */
export const sealFile = (cluster: string, node: string): string => join(cluster, node, 'seal');
/** The passwords with which the servers connect to each other. */
export const passFile = (cluster: string): string => join(cluster, 'pgpass');
/** The engine's extension, for clusters that have it from us. */
export const engineFolder = (cluster: string): string => join(cluster, 'engine');
