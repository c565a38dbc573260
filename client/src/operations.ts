// Written by `npm run codegen` from operations.graphql and the schema.
import type { Operation } from './operation.ts';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A vendor whose API identifies the owner of its credentials. */
export type Provider =
  /** Datadog. */
  | 'DATADOG'
  /** HeyGen. */
  | 'HEYGEN';

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { readonly viewer: { readonly providers: ReadonlyArray<Provider>, readonly datadog: { readonly id: string, readonly asOf: string | null, readonly username: string, readonly displayName: string, readonly email: string | null, readonly title: string | null, readonly icon: string | null, readonly status: string | null, readonly mfaEnabled: boolean | null, readonly serviceAccount: boolean | null, readonly organization: { readonly id: string, readonly name: string | null } | null, readonly roles: ReadonlyArray<{ readonly id: string, readonly name: string | null }> | null } | null, readonly heygen: { readonly id: string, readonly asOf: string | null, readonly username: string, readonly displayName: string, readonly email: string | null, readonly firstName: string | null, readonly lastName: string | null } | null } };

export type DatadogUserFragment = { readonly id: string, readonly asOf: string | null, readonly username: string, readonly displayName: string, readonly email: string | null, readonly title: string | null, readonly icon: string | null, readonly status: string | null, readonly mfaEnabled: boolean | null, readonly serviceAccount: boolean | null, readonly organization: { readonly id: string, readonly name: string | null } | null, readonly roles: ReadonlyArray<{ readonly id: string, readonly name: string | null }> | null };

export type HeyGenUserFragment = { readonly id: string, readonly asOf: string | null, readonly username: string, readonly displayName: string, readonly email: string | null, readonly firstName: string | null, readonly lastName: string | null };

export type PermissionChecksQueryVariables = Exact<{
  names: ReadonlyArray<string> | string;
}>;


export type PermissionChecksQuery = { readonly viewer: { readonly datadog: { readonly asOf: string | null, readonly permissionChecks: ReadonlyArray<{ readonly name: string, readonly granted: boolean | null, readonly grantedBy: ReadonlyArray<{ readonly id: string, readonly name: string | null }> }> } | null } };

export type HeldNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type HeldNamesQuery = { readonly viewer: { readonly datadog: { readonly permissions: ReadonlyArray<{ readonly name: string | null, readonly nameAliases: ReadonlyArray<string> | null }> | null } | null } };

/** The operation `Viewer`. */
export const ViewerDocument = "query Viewer{viewer{providers datadog{...DatadogUser}heygen{...HeyGenUser}}}fragment DatadogUser on DatadogUser{id asOf username displayName email title icon status mfaEnabled serviceAccount organization{id name}roles{id name}}fragment HeyGenUser on HeyGenUser{id asOf username displayName email firstName lastName}" as Operation<ViewerQuery, ViewerQueryVariables>;
/** The operation `PermissionChecks`. */
export const PermissionChecksDocument = "query PermissionChecks($names:[String!]!){viewer{datadog{asOf permissionChecks(names:$names){name granted grantedBy{id name}}}}}" as Operation<PermissionChecksQuery, PermissionChecksQueryVariables>;
/** The operation `HeldNames`. */
export const HeldNamesDocument = "query HeldNames{viewer{datadog{permissions{name nameAliases}}}}" as Operation<HeldNamesQuery, HeldNamesQueryVariables>;
