// One file for what every start needs, chunks for what a command loads when called. Of the dependencies only yargs is
// taken in: its 40 small files are half of the time that `lesson --help` takes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const outside = Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => name !== 'yargs');

export default {
  input: 'runner/bin.ts',
  platform: 'node',
  external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
  resolve: {
    // yargs measures its own help, which is ASCII. The package loads the tables of all of Unicode for it: 20 ms.
    alias: { 'string-width': fileURLToPath(new URL('runner/ascii-width.ts', import.meta.url)) },
  },
  output: { dir: 'dist', cleanDir: true },
};
