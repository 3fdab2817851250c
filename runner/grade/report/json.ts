import type { ClassReport } from './class-report.ts';

export const json = (report: ClassReport): string => `${JSON.stringify(report, null, 2)}\n`;
