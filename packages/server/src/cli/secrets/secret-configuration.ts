import { type Configuration, readConfiguration } from '../../main/configuration.ts';
import { homeEnvironment } from '../rest/api-address.ts';

/** The deployment that this shell's environment and folder lead to, for commands that work on its database themselves. */
export function secretConfiguration(): Configuration {
  return readConfiguration(homeEnvironment(process.env, process.cwd()));
}
