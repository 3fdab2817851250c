const report = process.env.TEST_REPORT;

/** For each configuration of Vitest. Its closing lines differ between versions; CI counts from a report in JSON. */
export const reporting = report ? { reporters: ['default', 'json'], outputFile: { json: report } } : {};
