// One file for what every start needs, chunks for what a command loads when called. Dependencies of many small files are
// taken in, which is half of the time that `lesson --help` takes. They stay dependencies: their licences come with them.
import { readFileSync } from 'node:fs';

const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const inside = ['yargs', 'pg', 'markdown-it', 'js-yaml', 'get-east-asian-width', 'lowlight', 'highlight.js'];
const outside = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
  (name) => !inside.includes(name),
);

/**
 * yargs, and what it draws its help with, measure words that are ours and have no wide characters. Their string-width
 * compiles tables of all of Unicode for that, which takes as long as Node itself takes to start.
 */
const narrowHelp = {
  name: 'narrow-help',
  resolveId: {
    filter: { id: /^string-width$/ },
    handler: (_id, importer) =>
      /[\\/]node_modules[\\/](yargs|cliui|wrap-ansi)[\\/]/.test(importer) ? 'narrow-width' : undefined,
  },
  load: {
    filter: { id: /^narrow-width$/ },
    handler: () => 'export default (text) => text.length;',
  },
};

export default {
  input: 'runner/bin.ts',
  platform: 'node',
  external: (id) => outside.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [narrowHelp],
  output: { dir: 'dist', cleanDir: true },
};
