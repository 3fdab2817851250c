import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** All that is in a folder, in bytes; what goes away meanwhile is not counted. */
export async function folderSize(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory()
        ? folderSize(path)
        : stat(path).then(
            ({ size }) => size,
            () => 0,
          );
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
