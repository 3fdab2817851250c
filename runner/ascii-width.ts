// Stands in for the package string-width in the bundle, for the help text of yargs and nothing else.

// biome-ignore lint/style/noDefaultExport: the package has one
export default (text: string): number => text.length;
