import { RolecallError } from '../errors.ts';
import { HeldNamesDocument } from '../operations.ts';
import { type Endpoint, failure, send } from '../send.ts';

/**
 * The names of all permissions that the person holds, aliases included.
 * @throws {RolecallError} if they are not known
 */
export async function fetchHeldNames(endpoint: Endpoint): Promise<readonly string[]> {
  const { data, errors } = await send(endpoint, HeldNamesDocument, {});
  const permissions = data?.viewer?.datadog?.permissions;
  if (permissions) {
    return permissions.flatMap(({ name, nameAliases }) => [
      ...(name === null ? [] : [name]),
      ...(nameAliases ?? []),
    ]);
  }
  const [error] = errors;
  throw error
    ? new RolecallError(error)
    : failure('INVALID_RESPONSE', 'Rolecall does not know the person’s permissions at Datadog.');
}
