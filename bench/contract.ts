/** What all participants share: the sizes, the queries, and how a credential selects what the upstream sends. */

export const SIZES = {
  S: { roles: 1, permissionsPerRole: 60, permissions: 60 },
  M: { roles: 6, permissionsPerRole: 300, permissions: 400 },
  L: { roles: 50, permissionsPerRole: 400, permissions: 2_000 },
} as const;

export type Size = keyof typeof SIZES;
/** `fresh`: each response of the upstream differs from the last. `unchanged`: all are equal. */
export type Mode = 'fresh' | 'unchanged';
export type QueryName = 'Full' | 'Light';

/** Permission nodes in the response to the full query: one per permission of each role. */
export function nodes(size: Size): number {
  return SIZES[size].roles * SIZES[size].permissionsPerRole;
}

const QUERIES: Record<QueryName, string> = {
  Full: `query Full {
    viewer {
      datadog {
        id name handle email title icon status disabled verified serviceAccount createdAt
        lastLoginTime
        organization { id publicId name sharing createdAt }
        roles {
          id name createdAt modifiedAt
          permissions { id name displayName description groupName restricted createdAt }
        }
      }
      heygen { id email firstName lastName }
    }
  }`,
  Light: 'query Light { viewer { datadog { id email } heygen { id email } } }',
};

export function requestBody(operationName: QueryName): string {
  return JSON.stringify({ operationName, query: QUERIES[operationName] });
}

/** The key tells the upstream everything. `caller` only distinguishes callers. */
export function credential(size: Size, mode: Mode, caller: string): string {
  return `${size}-${mode}-${caller}`;
}

/** The headers with the caller's keys, for all peers, in lower case as in `node:http`. */
export const KEY_HEADERS = {
  datadogApi: 'dd-api-key',
  datadogApplication: 'dd-application-key',
  heygen: 'x-heygen-api-key',
} as const;

export function requestHeaders(key: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    [KEY_HEADERS.datadogApi]: key,
    [KEY_HEADERS.datadogApplication]: key,
    [KEY_HEADERS.heygen]: key,
  };
}
