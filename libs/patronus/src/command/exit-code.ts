/** Exit codes for scripts: success, a fault was found, wrong usage. */
export const EXIT = { fine: 0, wrong: 1, usage: 2 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
