// What the scripts of `lesson completion` ask for: a line a candidate, with a tab before its description. Whatever is
// wrong, there are no candidates then.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from '../cli/command.ts';
import { candidates } from '../cli/completion.ts';
import type { NodeRecord } from '../cluster/orchestration/node-record.ts';
import { exitCodes, type Invocation } from '../invocation.ts';
import { stateDir } from '../system/state-folder.ts';

export async function complete(
  words: readonly string[],
  commands: readonly Command[],
  { cwd, env, stdout }: Invocation,
): Promise<number> {
  const found = await candidates(words, commands, {
    lessons: async (dir) => {
      const { openCourse } = await import('../store/course.ts');
      return (await openCourse(dir, cwd)).ids;
    },
    nodes: (name = env.LESSON_NAME || 'default') => recordedNodes(name),
  }).catch(() => []);
  stdout.write(found.map(({ word, describe = '' }) => `${word}\t${describe}\n`).join(''));
  return exitCodes.ok;
}

/** Read from the record: no server is asked, and a damaged record is left for others to mend. */
async function recordedNodes(cluster: string): Promise<readonly string[]> {
  const read = (folder: string) => readFile(path.join(stateDir(), folder, cluster, 'cluster.json'), 'utf8');
  const { nodes } = JSON.parse(
    await read('clusters')
      .catch(() => read('docker'))
      .catch(() => read('postgres')),
  );
  return nodes.map(({ name }: NodeRecord) => name);
}
