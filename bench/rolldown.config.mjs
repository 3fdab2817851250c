// The benchmark from its TypeScript, with the parts of the runner that it measures alone. `.bench` stands beside
// `dist`, so that what ships is found from there too.
import build from '../rolldown.config.mjs';

export default {
  ...build,
  input: 'bench/main.ts',
  external: (id) => id === 'playwright-core' || build.external(id),
  output: { dir: '.bench', cleanDir: true },
};
