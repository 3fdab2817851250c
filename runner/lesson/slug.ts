/**
 * The anchor that a code host gives a heading: small letters, no punctuation, dashes for blanks, all scripts kept.
 * The rule is that of GitHub's own slugger (npm `github-slugger`), without its numbering of repeated headings;
 * its table of letters ends with Unicode 13, Node's own goes on.
 */
export function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{Alphabetic}\p{Mark}\p{Decimal_Number}\p{Connector_Punctuation}\- ]/gu, '')
    .replaceAll(' ', '-');
}
