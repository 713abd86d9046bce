/** How a command ends, for scripts: all well, something is wrong, or it was called wrongly. */
export const EXIT = { fine: 0, wrong: 1, usage: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
