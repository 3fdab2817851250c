/** A whole number as `1,000`. `toLocaleString` would load the data of all languages for it, which takes 30 ms. */
export const grouped = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',');
