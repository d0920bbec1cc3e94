/** The command line cannot be understood; the sentence names the argument, what was found and what was expected. */
export class UsageError extends Error {}
