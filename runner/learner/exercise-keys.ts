// The commands at an exercise, in a line.

/** Stands above the first prompt, and after each answer that is not right yet: what is above scrolls away. */
export const exerciseKeys =
  '\\hint  \\solution  \\restore  \\e  \\skip  \\back  \\steps  \\map  \\t  \\?  \\q';
