import { findApiAddress } from './api-address.ts';
import { RestClient } from './rest-client.ts';

/** A client of the API server that this shell's environment and folder lead to. */
export function connect(): RestClient {
  return new RestClient(findApiAddress(process.env, process.cwd()));
}
