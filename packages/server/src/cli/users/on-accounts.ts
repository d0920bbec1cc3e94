import { userInfo } from 'node:os';
import { type AccountAdministration, administerAccounts } from '../../main/account-administration.ts';
import { readConfiguration } from '../../main/configuration.ts';
import { homeEnvironment } from '../rest/api-address.ts';

/** Runs `work` on the accounts of the deployment that this shell's environment and folder lead to. */
export async function onAccounts<Result>(work: (accounts: AccountAdministration) => Promise<Result>): Promise<Result> {
  const configuration = readConfiguration(homeEnvironment(process.env, process.cwd()));
  return administerAccounts(configuration, userInfo().username, work);
}
