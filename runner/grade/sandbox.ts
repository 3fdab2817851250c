// The sandbox of a cluster of ours: roles without rights for an answer and its checks, and an end to whatever they left.
import { randomBytes } from 'node:crypto';
import { type Cluster, isFirst, type NodeStatus } from '../cluster/port.ts';
import { connect } from '../connect/connection.ts';
import { withSuperuserClient } from '../connect/superuser-client.ts';
import { runSettings } from '../session/blocks/settings.ts';
import type { Sandbox } from '../session/sandbox.ts';
import { watchDisk } from './disk.ts';
import { type Limits, limited } from './limits.ts';
import { readerRole, rolesSql, studentRole } from './roles.ts';

export interface OpenSandbox extends Sandbox {
  /** Makes the roles, on databases that the lesson has brought where the exercise starts. */
  admit(): Promise<void>;
  /**
   * Ends every session of an answer and of its checks. Returns whether a limit was met since the last time. What a server
   * that is gone does not answer is for the next reset.
   */
  expel(): Promise<boolean>;
}

export function openSandbox(
  cluster: Cluster,
  { limits, signal }: { readonly limits: Limits; readonly signal: AbortSignal },
): OpenSandbox {
  const newPassword = () => randomBytes(16).toString('hex');
  const passwords = { student: newPassword(), reader: newPassword() };
  let isExceeded = false;
  const onExceeded = () => {
    isExceeded = true;
  };
  const addressAs = async (node: string, user: string, password: string) => ({
    ...(await cluster.address(node)),
    user,
    password,
  });
  const writable = async () =>
    (await cluster.nodes()).filter(({ state, role }) => state === 'up' && role !== 'standby');
  const runOn = (nodes: readonly NodeStatus[], sql: string) =>
    Promise.all(
      nodes.map(({ address }) =>
        withSuperuserClient(address, { signal, database: address.database }, (client) => client.query(sql)),
      ),
    );
  const endSessions = async () => runOn(await writable(), endSessionsSql);

  return {
    async admit() {
      const sql = rolesSql(passwords, { ...limits, hasEngine: cluster.kind !== 'postgres' });
      const nodes = await writable();
      // The engine creates a role on a worker that lacks it when a table's rights are granted.
      await runOn(
        nodes.filter((node) => !isFirst(node)),
        sql,
      );
      await runOn(nodes.filter(isFirst), sql);
    },
    async answer(node, settings) {
      const connection = await connect(await addressAs(node, studentRole, passwords.student));
      await runSettings(connection, settings, { timeoutMs: limits.timeMs, signal });
      const stop = await watchDisk(cluster, limits.diskMb, async () => {
        onExceeded();
        await endSessions();
      });
      return limited(connection, {
        limits,
        onExceeded,
        onClose: stop,
      });
    },
    async probe(node) {
      const reader = await addressAs(node, readerRole, passwords.reader);
      const connection = await connect({
        ...reader,
        options: `-c lock_timeout=${Math.min(lockMs, Math.ceil(limits.timeMs / 2))}`,
      });
      return {
        run: (sql, options) =>
          connection.run(sql, { ...options, timeoutMs: Math.min(options.timeoutMs, limits.timeMs) }),
        get lost() {
          return connection.lost;
        },
        get inTransaction() {
          return connection.inTransaction;
        },
        close: () => connection.close(),
      };
    },
    async expel() {
      await endSessions().catch(() => signal.throwIfAborted());
      const wasExceeded = isExceeded;
      isExceeded = false;
      return wasExceeded;
    },
  };
}

/** An answer may keep locks that a check would wait for. Less than its deadline, so that one of the two decides. */
const lockMs = 2_000;

/** Until there are none left: one that is being opened is not seen at once. */
const endSessionsSql = `
SET search_path = pg_catalog; -- whose functions an answer cannot write
DO $$
BEGIN
  FOR attempt IN 1..2000 LOOP
    PERFORM pg_terminate_backend(pid)
       FROM pg_stat_activity
      WHERE usename IN ('${studentRole}', '${readerRole}');
    EXIT WHEN NOT FOUND;
    PERFORM pg_sleep(0.005), pg_stat_clear_snapshot();
  END LOOP;
END $$`;
