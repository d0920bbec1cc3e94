/** How the person types it: after `npm start` the command is the repository's own, which npx finds. */
export function commandName(): string {
  return process.env.npm_lifecycle_event === 'start' ? 'npx gantry' : 'gantry';
}
