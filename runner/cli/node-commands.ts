// `lesson node VERB`: each verb is a command with its own options, help and example.
import type { NodeVerb } from '../commands/node.ts';
import { type Command, defineCommand, type OptionTable } from './command.ts';
import { type clusterOptions, jsonOption, nodeArgument, readTime } from './options.ts';

type ClusterOptions = ReturnType<typeof clusterOptions>;

const requiredNode = { node: { ...nodeArgument, demandOption: true } } as const;

const standbyOptions = {
  as: { type: 'string', requiresArg: true, describe: 'The name of the standby [default: NODE-standby]' },
  sync: { type: 'boolean', default: false, describe: 'Commits wait for it' },
  slot: { type: 'boolean', default: false, describe: 'The log is kept for it' },
  delay: {
    type: 'string',
    coerce: readTime('delay'),
    requiresArg: true,
    describe: 'Changes are applied so much later, such as 5s',
  },
} as const;

export function nodeCommands(cluster: ClusterOptions): readonly Command[] {
  const verb = (name: NodeVerb, describe: string, example: string, options: OptionTable = {}): Command =>
    defineCommand({
      name: `node ${name}`,
      describe,
      positionals: requiredNode,
      options: { ...cluster, ...options },
      example: [example, ''],
      load: async () => (await import('../commands/node.ts')).changeNode(name),
    });
  return [
    defineCommand({
      name: 'node',
      describe: 'Stop, kill, add, follow and promote the servers of a cluster',
      options: { ...cluster, ...jsonOption, ...standbyOptions },
      load: async () => (await import('../commands/node.ts')).missingVerb,
    }),
    defineCommand({
      name: 'node list',
      describe: 'The servers, whether they run, and where they listen',
      options: { ...cluster, ...jsonOption },
      load: async () => (await import('../commands/node.ts')).listNodes,
    }),
    verb('stop', 'Stop a server in order', 'worker-1'),
    verb('start', 'Start a server that is down', 'worker-1'),
    verb('restart', 'Stop a server and start it again', 'worker-1'),
    verb('kill', 'Kill a server at once, like a power failure', 'worker-1'),
    verb('pause', 'Freeze a server: it accepts connections and does not answer', 'worker-1'),
    verb('resume', 'Let a paused server continue', 'worker-1'),
    verb('add', 'Start one more worker and register it', 'worker-3'),
    verb('remove', 'Remove a server and its data', 'worker-3'),
    verb('standby', 'Make a standby that streams from a node', 'worker-1 --sync', standbyOptions),
    verb('promote', 'Let a standby take the place of the node that it follows', 'worker-1-standby'),
  ];
}
