// One file for what every start needs, chunks for what a command loads when called. Dependencies of many small files are
// taken in, which is half of the time that `lesson --help` takes. They stay dependencies: their licences come with them.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const inside = ['yargs', 'pg', 'markdown-it', 'js-yaml'];
const outside = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
  (name) => !inside.includes(name),
);

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
