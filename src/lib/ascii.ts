/** Lowers ASCII letters only: `toLowerCase` also changes other characters, such as the Kelvin sign into k, or their length. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
