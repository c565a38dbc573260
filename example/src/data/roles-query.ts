/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type RolesQueryVariables = Exact<{ [key: string]: never; }>;


export type RolesQuery = { readonly viewer: { readonly datadog: { readonly asOf: string | null, readonly roles: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly managed: boolean | null, readonly permissions: ReadonlyArray<{ readonly id: string, readonly name: string | null, readonly displayName: string | null, readonly description: string | null, readonly groupName: string | null, readonly restricted: boolean | null }> | null }> | null } | null } };
