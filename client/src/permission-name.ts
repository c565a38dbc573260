/**
 * The permission names that the compiler knows. Empty until `rolecall-client types` writes a file that adds the member
 * `permissionName`, a union of names.
 */
// biome-ignore lint/suspicious/noEmptyInterface: augmented by the file that `rolecall-client types` writes.
export interface Register {}

/** A known permission name; any string without a file of names. */
export type PermissionName = Register extends { readonly permissionName: infer Name extends string }
  ? Name
  : string;
