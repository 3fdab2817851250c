// `npm test` tries the same random values each time: what fails belongs to the change. With FAST_CHECK_SEED it tries others.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
