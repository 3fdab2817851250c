// Tells the coordinator which workers there are, and where.
import type { ClusterRecord } from './record.ts';

/** The workers that the coordinator does not know yet. */
export async function registerNodes(_record: ClusterRecord, _signal: AbortSignal): Promise<void> {}

/** After a server came up on another port. */
export async function refreshAddresses(_record: ClusterRecord, _signal: AbortSignal): Promise<void> {}
