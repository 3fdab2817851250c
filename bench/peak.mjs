// Says at its end how much memory a process took at most.
// @ts-check
process.on('exit', () => process.stderr.write(`peak ${process.resourceUsage().maxRSS} kB\n`));
