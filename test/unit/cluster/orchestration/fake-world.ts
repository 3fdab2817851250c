// Machines and servers in memory, for the rules of orchestration: each primitive and each command is a step, at any of
// which the command that takes it can be killed.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver, Machine, Machines, ServerSettings } from '../../../../runner/cluster/drivers/driver.ts';
import { ServerFailure } from '../../../../runner/cluster/drivers/driver.ts';
import type {
  NodeCommands,
  ReplicationState,
} from '../../../../runner/cluster/orchestration/node-commands.ts';
import type { Ground } from '../../../../runner/cluster/orchestration/site.ts';

export interface FakeServer {
  state: Machine['state'];
  port: number;
  /** Whose rows it has. */
  data: string;
  /** Changes with each new data folder: data that was lost, or made anew, shows. */
  generation: number;
  isStandby: boolean;
  settings: ServerSettings;
  /** What its metadata says, on a coordinator. */
  workers: Set<string>;
  slots: Set<string>;
  replay?: ReplicationState['replay'];
  database: 'sound' | 'no extension' | 'no database';
  /** Does not start, or lets nobody in, until it is repaired, or ever. */
  fault?: 'settings' | 'login' | 'data' | 'memory';
}

/** What a killed command meets at each further step. */
export class Killed extends Error {}

const folders: string[] = [];

/** All state folders of fake worlds. */
export const removeFolders = () => Promise.all(folders.splice(0).map((dir) => rm(dir, { recursive: true })));

export class FakeWorld {
  readonly servers = new Map<string, FakeServer>();
  /** The steps that were taken: `start worker-1`. */
  readonly steps: string[] = [];
  readonly messages: string[] = [];
  blueprint = 'one';
  /** Of all servers that are made from now on. */
  faultOfNew: FakeServer['fault'];
  /** Commits of the coordinator wait for a synchronous standby that is away. */
  commitsWait = false;
  doesNotStream = false;
  /** What copying all data meets. */
  copyFault: string | undefined;
  private copies: Map<string, FakeServer> | undefined;
  private generation = 0;
  private port = 20_000;
  private stepsLeft = Number.POSITIVE_INFINITY;

  /** The command that comes next is killed in its n-th step: the step is taken, or not. */
  killAt(step: number): void {
    this.stepsLeft = step;
  }

  revive(): void {
    this.stepsLeft = Number.POSITIVE_INFINITY;
  }

  async ground(): Promise<Ground> {
    const dir = await mkdtemp(join(tmpdir(), 'lesson fake '));
    folders.push(dir);
    for (const part of ['clusters', 'locks']) await mkdir(join(dir, part));
    return {
      driver: this.driver,
      state: { dir, owner: undefined },
      sql: {
        commandsOf: () => this.commands,
        resetDatabases: async ({ record }) => {
          this.step('reset databases');
          for (const { name } of record.nodes) this.running(name).database = 'sound';
        },
        keepCheckpoint: async () => false,
        restoreCheckpoint: async () => false,
        noteNewCluster: async () => {},
      },
      report: (message) => this.messages.push(message),
    };
  }

  server(node: string): FakeServer {
    const server = this.servers.get(node);
    if (!server) throw new Error(`the fake world has no ${node}`);
    return server;
  }

  private step(what: string): void {
    if (this.stepsLeft-- <= 0) throw new Killed(what);
    this.steps.push(what);
  }

  private newServer(data: string, isStandby = false): FakeServer {
    return {
      state: 'stopped',
      port: this.port++,
      data,
      generation: this.generation++,
      isStandby,
      settings: {},
      workers: new Set(),
      slots: new Set(),
      database: 'sound',
      ...(this.faultOfNew && { fault: this.faultOfNew }),
    };
  }

  /** As a server that can be asked. */
  private running(node: string): FakeServer {
    const server = this.server(node);
    if (server.state !== 'up') throw new Error(`connect ECONNREFUSED ${node}`);
    if (server.fault === 'login')
      throw Object.assign(new Error('no login'), { code: '28000', severity: 'FATAL' });
    return server;
  }

  private readonly driver: Driver = {
    kind: 'local',
    hasWorkers: true,
    folder: 'clusters',
    roomBytes: 1,
    blueprint: async () => this.blueprint,
    outdated: (made, wanted) => (made === wanted ? undefined : `was created by another version (${made})`),
    machines: () => this.machines,
  };

  private readonly machines: Machines = {
    dataLocation: 'memory',
    list: async () =>
      [...this.servers].map(([node, { state, port }]) => ({ node, state, host: '127.0.0.1', port })),
    create: async (nodes) => {
      for (const node of nodes) {
        this.step(`create ${node}`);
        this.servers.set(node, this.newServer(node));
      }
    },
    start: async (nodes) => {
      for (const node of nodes) {
        const server = this.server(node);
        if (server.state === 'up') continue;
        this.step(`start ${node}`);
        if (server.fault === 'settings' || server.fault === 'data') {
          throw new ServerFailure(node, 'ended', `${node} did not start`);
        }
        if (server.fault === 'memory') {
          throw new ServerFailure(node, 'starved', `${node} ran out of memory`);
        }
        server.state = 'up';
      }
    },
    stop: async (node) => {
      this.step(`stop ${node}`);
      this.server(node).state = 'stopped';
    },
    kill: async (node) => {
      this.step(`kill ${node}`);
      this.server(node).state = 'killed';
    },
    pause: async (node) => {
      this.step(`pause ${node}`);
      this.server(node).state = 'paused';
    },
    resume: async (node) => {
      this.step(`resume ${node}`);
      if (this.server(node).state === 'paused') this.server(node).state = 'up';
    },
    destroy: async (node) => {
      this.step(`destroy ${node}`);
      this.servers.delete(node);
    },
    shutDown: async () => {
      const ran = [...this.servers].filter(([, { state }]) => state === 'up' || state === 'paused');
      for (const [, server] of ran) server.state = 'stopped';
      return ran.map(([node]) => node);
    },
    destroyAll: async () => {
      this.step('destroyAll');
      this.servers.clear();
    },
    copyData: async (from, to, finish) => {
      this.step(`copy ${from} to ${to}`);
      await finish();
      this.step(`swap ${to}`);
      const port = this.servers.get(to)?.port;
      const copy = this.newServer(this.server(from).data, true);
      this.servers.set(to, { ...copy, database: this.server(from).database, ...(port && { port }) });
    },
    configure: async (settings) => {
      this.step('configure');
      for (const [node, own] of settings) if (this.servers.has(node)) this.server(node).settings = own;
    },
    copies: {
      keep: async () => {
        this.step('keep data');
        if (this.copyFault) throw new Error(this.copyFault);
        this.copies = structuredClone(this.servers);
      },
      exist: async () => this.copies !== undefined,
      putBack: async () => {
        this.servers.clear();
        this.step('put back data');
        if (this.copyFault) throw new Error(this.copyFault);
        for (const [node, server] of structuredClone(this.copies!)) this.servers.set(node, server);
      },
      remove: async () => {
        this.copies = undefined;
      },
    },
    hasFile: async (node, file) =>
      this.servers.has(node) && (file !== 'standby.signal' || this.server(node).isStandby),
    removeFile: async (node) => {
      this.step(`remove file of ${node}`);
      if (this.server(node).fault === 'settings') delete this.server(node).fault;
    },
    singleUser: async (node) => {
      this.step(`single-user ${node}`);
      if (this.server(node).isStandby) throw new Error('standby mode is not supported');
      if (this.server(node).fault === 'login') delete this.server(node).fault;
    },
    log: async () => [],
    peer: async (node) => ({ host: '127.0.0.1', port: this.servers.get(node)?.port ?? 0 }),
    registered: async (node) => [node, 5432],
    layout: async (nodes) => nodes.map((node) => `${node}=${this.servers.get(node)?.port}`).join(' '),
  };

  private readonly commands: NodeCommands = {
    ping: async (node) => this.running(node).database,
    createExtension: async (node) => {
      this.step(`create extension on ${node}`);
      this.running(node).database = 'sound';
    },
    register: async (coordinator, _, workers) => {
      this.step('register');
      for (const [worker] of workers) this.running(coordinator).workers.add(worker);
    },
    unregister: async (coordinator, [worker]) => {
      this.step(`unregister ${worker}`);
      this.running(coordinator).workers.delete(worker);
    },
    refreshAddresses: async (coordinator) => {
      this.step('refresh addresses');
      this.running(coordinator);
      if (this.commitsWait) throw new Error('canceling statement due to statement timeout');
    },
    reload: async (node) => {
      this.step(`reload ${node}`);
      this.running(node);
    },
    makeSlot: async (node, standby) => {
      this.step(`make slot of ${standby}`);
      this.running(node).slots.add(standby);
    },
    dropSlot: async (node, standby) => {
      this.step(`drop slot of ${standby}`);
      this.running(node).slots.delete(standby);
    },
    backUp: async (node, use) => {
      this.step(`back up ${node}`);
      this.running(node);
      await use(async () => ({ 'standby.signal': '' }));
    },
    streams: async (node, standby) => {
      const { settings, isStandby } = this.running(standby);
      const port = this.running(node).port;
      return (
        isStandby && !this.doesNotStream && settings.primary_conninfo?.includes(`port=${port} `) === true
      );
    },
    replication: async (node) => {
      const { port } = this.running(node);
      const follows = ({ isStandby, settings, state }: FakeServer) =>
        isStandby && state === 'up' && settings.primary_conninfo?.includes(`port=${port} `) === true;
      const standbys = [...this.servers].filter(([, server]) => follows(server));
      return {
        replay: this.server(node).replay ?? 'none',
        standbys: standbys.map(([standby]) => ({ standby, isSynchronous: false })),
      };
    },
    promote: async (node) => {
      this.step(`promote ${node}`);
      this.running(node).isStandby = false;
      return true;
    },
  };
}
