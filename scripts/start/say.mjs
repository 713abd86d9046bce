const LONGEST_NAME = 8;

/** Prints a line, and who says it. */
export function say(name, line) {
  console.log(`${name.padEnd(LONGEST_NAME)} | ${line}`);
}
